/** What is asked for at the caret: the parameter or field whose value is being written, and the function whose arguments are. */
import type { Declaration } from "../../../compiler/declarations.ts";
import { stageExtras } from "../../../compiler/infer/arguments.ts";
import { specialSignature } from "../../../compiler/infer/special.ts";
import { evaluateParameters, fitParameters } from "../../../compiler/kinds/fit.ts";
import { seconds } from "../../../compiler/kinds/kind.ts";
import { tokenizerKind } from "../../../compiler/kinds/library.ts";
import { float, host, int, type Parameter, type Signature, type Type, unknown } from "../../../compiler/types.ts";
import type { View } from "../../service.ts";
import { declarationOf, fieldsOf } from "../typing.ts";
import { type Caret, type Frame, isCallableWord } from "./caret.ts";

/** A function whose call is being written. */
export interface Callee {
  readonly name: string;
  readonly signature: Signature;
  readonly declaration?: Declaration;
  /** Arguments that any call of its kind takes besides: those of a stage. */
  readonly extras: readonly Parameter[];
}

const extras: readonly Parameter[] = [
  { name: "within", type: seconds.type, unit: "s", optional: true, doc: "How long it may take." },
  { name: "retries", type: int(), optional: true, doc: "How often it is tried again." },
  {
    name: "otherwise",
    type: unknown,
    optional: true,
    doc: "What stands for its result when it fails or is late; the answer's `missing` names it.",
  },
].filter(({ name }) => stageExtras.includes(name));

/** What follows `=` in a declaration of a kind. */
const values: Readonly<Record<string, Type>> = {
  tokenizer: tokenizerKind,
  source: host("Source"),
  index: host("Index"),
  dataset: { kind: "rows", of: "Rows", row: unknown },
};

/** The parameter or field that the innermost bracket is about; its type is `unknown` where nothing is known. */
export function wantedAt(view: View, caret: Caret): Parameter {
  return wanted(view, caret, caret.frames.length - 1);
}

/** `over` is a reserved word, so no parameter has that name: it is given to the one that takes an enumeration. */
const taking =
  (label: string) =>
  ({ name, type }: Parameter): boolean =>
    name === label || (label === "over" && type.kind === "enumeration");

const anything: Parameter = { name: "", type: unknown, optional: true };

function wanted(view: View, caret: Caret, depth: number): Parameter {
  const frame = caret.frames[depth];
  if (!frame) return anything;
  const label = frame.item[1]?.image === ":" ? frame.item[0]!.image : undefined;
  switch (frame.kind) {
    case "root":
      return rootWanted(view, caret, frame);
    case "fields":
      return fieldsIn(view, caret)?.find(({ name }) => name === label) ?? anything;
    case "call": {
      const callee = calleeAt(view, caret, depth);
      if (!callee || frame.barred) return anything;
      const all = [...callee.signature.parameters, ...callee.extras];
      // What has a name comes after what has none.
      const place = frame.labels.length > 0 ? undefined : callee.signature.parameters[frame.places];
      return (label === undefined ? place : all.find(taking(label))) ?? anything;
    }
    case "record": {
      const { type } = wanted(view, caret, depth - 1);
      const field = type.kind === "record" && label !== undefined ? type.fields.get(label) : undefined;
      return field ? { name: label!, ...field } : anything;
    }
    case "list": {
      const outer = wanted(view, caret, depth - 1);
      const { type } = outer;
      // A list of names may stand where one is asked for, as the pipelines of an eval.
      return { ...outer, type: type.kind === "list" ? type.of : type.kind === "host" ? type : unknown };
    }
    case "group":
      return wanted(view, caret, depth - 1);
    case "body":
      return bodyWanted(view, caret, frame, depth);
    default:
      return anything;
  }
}

function rootWanted(view: View, caret: Caret, { item }: Frame): Parameter {
  if (!item.some(({ image }) => image === "=")) return anything;
  const set = caret.word === undefined ? undefined : values[caret.word];
  if (set) return { ...anything, type: set };
  const own = declarationAround(view, caret);
  return { ...anything, type: (own && isCallableWord(own.word) ? view.checked.signature(own)?.result : undefined) ?? unknown };
}

/** The last expression of a body is its result; the value of a goal is a number. */
function bodyWanted(view: View, caret: Caret, { item }: Frame, depth: number): Parameter {
  const first = item[0]?.image;
  if (first === "minimize" || first === "maximize") return { ...anything, type: float() };
  if (first === "repeat") return { ...anything, type: int() };
  if (item.length > 0 || depth > 1) return anything;
  const own = declarationAround(view, caret);
  return { ...anything, type: (own && view.checked.signature(own)?.result) ?? unknown };
}

/** The declaration that the caret's first words declare. */
export function declarationAround(view: View, caret: Caret): Declaration | undefined {
  const item = caret.frames[0]?.item ?? [];
  const name = item[caret.extern ? 2 : 1]?.image;
  return name === undefined ? undefined : view.module.declarations.get(name);
}

/** The fields of the record in which the caret stands, of a setting or a model. */
export function fieldsIn(view: View, caret: Caret): readonly Parameter[] | undefined {
  const item = caret.frames[0]!.item;
  const colon = item.findIndex(({ image }) => image === ":");
  return fieldsOf(view, caret.word, colon < 0 ? undefined : item[colon + 1]?.image);
}

/** The function whose arguments stand in a frame. */
export function calleeAt(view: View, caret: Caret, depth: number): Callee | undefined {
  const before = caret.frames[depth - 1];
  const name = before?.item.at(-1)?.image;
  if (name === undefined || before!.item.at(-2)?.image === ".") return undefined;
  const { type } = wanted(view, { ...caret }, depth - 1);
  const choice = type.kind === "variant" ? type.cases.get(name) : undefined;
  if (choice) return { name, signature: choice, extras: [] };
  if (name === "fit" || name === "evaluate") {
    const parameters = name === "fit" ? fitParameters : evaluateParameters;
    const model: Parameter = { name: "model", type: { kind: "model", head: "Model" }, optional: false, doc: "What is trained." };
    return { name, signature: { parameters: [model, ...parameters], result: unknown }, extras: [] };
  }
  const special = specialSignature(name);
  if (special) return { name, signature: special, extras: [] };
  const declaration = declarationOf(view, name);
  const signature = declaration && view.checked.signature(declaration);
  if (!declaration || !signature) return undefined;
  const applied = declaration.word === "objective" && insideFit(caret, depth) ? withoutSupplied(signature) : signature;
  const isStage = declaration.word === "stage" || (declaration.word === "source" && signature.parameters.length > 0);
  return { name, signature: applied, declaration, extras: isStage ? extras : [] };
}

/** Whether a call stands in the `by:` of a `fit`, which supplies models and rows. */
const insideFit = ({ frames }: Caret, depth: number): boolean => frames[depth - 1]?.item[0]?.image === "by";

const withoutSupplied = (signature: Signature): Signature => ({
  ...signature,
  parameters: signature.parameters.filter(({ role, type }) => role !== "train" && type.kind !== "record"),
});
