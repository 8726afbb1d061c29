/** Offers inside expressions: what fits what is asked for first, then names of the body, of the file, of the library. */
import type { Declaration } from "../../../compiler/declarations.ts";
import { fits } from "../../../compiler/fits.ts";
import { specialNames, specialSignature } from "../../../compiler/infer/special.ts";
import { innerWords } from "../../../compiler/kinds/words.ts";
import { builtinDocs } from "../../../compiler/math/index.ts";
import { show, showRange, showSignature } from "../../../compiler/show.ts";
import { declaring } from "../../../compiler/suggest.ts";
import { isNumber, type Parameter, type Type } from "../../../compiler/types.ts";
import { sameUnits } from "../../../compiler/units.ts";
import type { Node } from "../../../grammar/index.ts";
import { pathTo } from "../../../grammar/path.ts";
import type { View } from "../../service.ts";
import { membersOf, typeOf, typeOfLocal } from "../typing.ts";
import { type Caret, type Frame, isCallableWord } from "./caret.ts";
import type { Offer } from "./item.ts";
import { declared, importable, inSight } from "./kinds.ts";
import { calleeAt, declarationAround, fieldsIn, wantedAt } from "./wanted.ts";

/** What begins a statement of a body, and every expression. */
export function statements(view: View, caret: Caret): Offer[] {
  const words: Record<string, readonly string[]> = {
    objective: ["minimize", "maximize", "fn"],
    layer: ["weight", "repeat", "fn"],
    model: ["weight", "repeat", "fn"],
    train: ["repeat", "fn", "for"],
    fn: ["repeat", "fn"],
    reward: ["fn"],
    pipeline: ["fn"],
  };
  const own = (words[caret.word ?? ""] ?? []).map((word): Offer => keyword(word, 4));
  const total: Offer = {
    label: "total",
    kind: "value",
    insert: "total = ",
    detail: "the last term: what the answer is worth",
    rank: 3,
  };
  const last = caret.word === "reward" && !caret.frames.at(-1)?.names.some(({ name }) => name === "total") ? [total] : [];
  return [...expressions(view, caret), ...last, ...own];
}

const keyword = (word: string, rank: number): Offer => {
  const known = innerWords.get(word);
  return {
    label: word,
    kind: "keyword",
    insert: `${word} `,
    ...(known ? { documentation: known.doc, detail: known.form } : {}),
    rank,
  };
};

/** Words that join an operand to what follows. */
export function keywordsBehind({ frames, before }: Caret): Offer[] {
  const top = frames.at(-1);
  const item = top?.item ?? [];
  const has = (word: string) => item.some(({ image }) => image === word);
  const words = ["and", "or", "in"];
  if (has("if") && !has("then")) words.unshift("then");
  if (has("then") && !has("else")) words.unshift("else");
  if (top?.kind === "call") words.push(...(has("over") ? [] : ["over"]), ...(has("where") ? [] : ["where"]));
  if (top?.kind === "body" && item[0]?.image === "repeat") words.push("until");
  if (before?.image === "]" && top && top.kind !== "call") words.push("of");
  return words.map((word, at) => keyword(word, 6 + (at > 9 ? 1 : 0)));
}

/** The fields of a record that are not given yet. */
export function fields(view: View, caret: Caret): Offer[] {
  const frame = caret.frames.at(-1)!;
  const given = new Set(frame.labels);
  const all =
    frame.kind === "fields"
      ? (fieldsIn(view, caret) ?? [])
      : recordFields(wantedAt(view, { ...caret, frames: caret.frames.slice(0, -1) }).type);
  const rest = hasColon(view.text, caret.end);
  return all.filter(({ name }) => !given.has(name)).map((field) => argument(field, field.optional ? 1 : 0, rest));
}

const recordFields = (type: Type): Parameter[] =>
  type.kind === "record" ? [...type.fields].map(([name, field]) => ({ name, ...field })) : [];

const hasColon = (text: string, at: number): boolean => /^\s*:/.test(text.slice(at, at + 20));

/** A field or a named argument, with its documentation, its range and what it may be. */
function argument(parameter: Parameter, rank: number, bare = false): Offer {
  const { name, type, doc, range, unit } = parameter;
  const kinds = type.kind === "variant" ? `One of ${[...type.cases.keys()].join(", ")}.` : "";
  const bounds = range ? `Must be ${showRange(range)}${unit ? ` ${unit}` : ""}.` : "";
  const documentation = [doc, kinds, bounds].filter(Boolean).join("\n\n");
  const detail = `${show(type)}${parameter.optional ? "" : " (must be given)"}`;
  return {
    label: name,
    kind: "field",
    insert: bare ? name : `${name}: `,
    detail,
    ...(documentation ? { documentation } : {}),
    rank,
  };
}

/** What may stand behind a dot. */
export function members(view: View, caret: Caret): Offer[] {
  const dot = caret.before?.startOffset ?? caret.start;
  return membersOf(typeBefore(view, caret, dot)).map(
    ({ name, type, doc }): Offer => ({
      label: name,
      kind: "field",
      ...(type.kind === "unknown" ? {} : { detail: show(type) }),
      ...(doc ? { documentation: doc } : {}),
      rank: 0,
    }),
  );
}

const values = new Set<Node["kind"]>(["Name", "Field", "Call", "Index", "Select"]);

/** The type of the expression that ends at a dot: as the tree has it, or by the name that stands there. */
function typeBefore(view: View, caret: Caret, dot: number): Type {
  const nodes = pathTo(view.tree, dot).concat(pathTo(view.tree, Math.max(0, dot - 1), dot));
  const object = nodes.find(({ kind, span }) => values.has(kind) && span.end === dot);
  const type = object ? typeOf(view.checked, object as Parameters<typeof typeOf>[1]) : undefined;
  if (type && type.kind !== "unknown") return type;
  const name = object?.kind === "Name" ? object.text : (/[\p{L}_][\p{L}\p{N}_]*$/u.exec(view.text.slice(0, dot))?.[0] ?? "");
  const local = typeOfLocal(view, declarationAround(view, caret), name, dot);
  if (local.kind !== "unknown") return local;
  const declaration = view.module.declarations.get(name) ?? view.module.imports.get(name)?.declaration;
  return declaration ? view.checked.declared(declaration) : { kind: "unknown" };
}

/** Everything that can be an operand here. */
export function expressions(view: View, caret: Caret): Offer[] {
  const wanted = wantedAt(view, caret);
  const type = caret.fresh ? wanted.type : ({ kind: "unknown" } as const);
  const all = operands(view, caret, type);
  // What a setting asks for is nearly always one of few things.
  const setting = !isCallableWord(caret.word) && type.kind !== "unknown";
  const fitting = setting ? all.filter(({ rank }) => rank <= 2) : all;
  return fitting.some(({ rank }) => rank <= 2) ? fitting : all;
}

function operands(view: View, caret: Caret, type: Type): Offer[] {
  const own = declarationAround(view, caret);
  return [
    ...cases(type),
    ...namedArguments(view, caret),
    ...locals(view, caret, own, type),
    ...inSight(view, ({ word, name }) => word !== "architecture" && name !== own?.name).flatMap((each) =>
      value(view, caret, each, type),
    ),
    ...builtins(caret),
    ...importable(
      view,
      ({ node }) => node.kind === "Callable" && importableIn(caret, node.word, type),
      ({ node }) => (node.kind === "Callable" && declaring(type).includes(node.word) ? 2 : 7),
    ),
    ...["if", "not", "true", "false"].map((word) => keyword(word, 8)),
    ...(caret.word === "train" ? [keyword("for", 8)] : []),
  ];
}

/** Functions of std that make sense in a kind of declaration, for auto-import: stages in pipelines, layers in models. */
function importableIn({ word, fresh, frames }: Caret, kind: string, type: Type): boolean {
  if (type.kind === "host" && type.name === "Objective") return kind === "objective";
  if (kind === "objective") return frames.at(-1)?.item[0]?.image === "by";
  if (kind === "layer") return word === "layer" || word === "model" || (type.kind === "host" && type.name === "Head");
  if (kind === "stage") return word === "pipeline" || word === "reward" || word === "fn";
  return kind === "fn" || kind === "reward" || (kind === "train" && word === "train" && !fresh);
}

/** The cases of the choice or the enumeration that is asked for. */
function cases(type: Type): Offer[] {
  if (type.kind === "enum") return type.cases.map((label): Offer => ({ label, kind: "case", detail: type.name, rank: 0 }));
  if (type.kind === "bool") return ["true", "false"].map((label): Offer => ({ label, kind: "case", detail: "Bool", rank: 0 }));
  if (type.kind !== "variant") return [];
  return [...type.cases].map(([label, signature]): Offer => {
    const takes = signature.parameters.length > 0;
    const must = signature.parameters.filter(({ optional }) => !optional);
    const filled = must.map(({ name }, at) => `${name}: \${${at + 1}}`).join(", ");
    const documentation = signature.parameters
      .map(({ name, doc, type: of }) => `- \`${name}: ${show(of)}\`${doc ? `: ${doc}` : ""}`)
      .join("\n");
    return {
      label,
      kind: "case",
      detail: takes ? showSignature(label, { ...signature, result: { kind: "nothing" } }) : type.name,
      ...(documentation ? { documentation } : {}),
      ...(must.length > 0 ? { insert: `${label}(${filled})`, snippet: true } : {}),
      rank: 0,
    };
  });
}

/** The parameters of the call that are not given yet, by name. */
function namedArguments(view: View, caret: Caret): Offer[] {
  const depth = caret.frames.length - 1;
  const frame = caret.frames[depth]!;
  if (frame.kind !== "call" || frame.item.length > 0 || frame.barred) return [];
  const callee = calleeAt(view, caret, depth);
  const rest = hasColon(view.text, caret.end);
  if (!callee) return builtinArguments(caret.frames[depth - 1]?.item.at(-1)?.image ?? "", frame, rest);
  const given = new Set([...frame.labels, ...callee.signature.parameters.slice(0, frame.places).map(({ name }) => name)]);
  const free = callee.signature.parameters.filter(({ name }) => !given.has(name));
  return [
    ...free.map((parameter) => argument(parameter, parameter.optional ? 2 : 1, rest)),
    ...callee.extras.filter(({ name }) => !given.has(name)).map((parameter) => argument(parameter, 5, rest)),
  ];
}

/** The named arguments of a function of mathematics, as its signature has them behind the first. */
function builtinArguments(name: string, { labels, places }: Frame, bare: boolean): Offer[] {
  const signature = builtinDocs.find((each) => each.name === name)?.signature;
  if (!signature || places === 0) return [];
  const inside = signature.slice(signature.indexOf(",") + 1, Math.max(signature.lastIndexOf(")"), 0));
  const named = [...inside.matchAll(/(?:^|,)\s*(\p{L}+):/gu)].map(([, label]) => label!);
  return named
    .filter((label) => !labels.includes(label))
    .map((label) => ({ label, kind: "field", insert: bare ? label : `${label}: `, detail: signature, rank: 1 }));
}

/** Names of the bodies around the caret, inner ones first; what fits stands before what does not. */
function locals(view: View, caret: Caret, own: Declaration | undefined, wanted: Type): Offer[] {
  const named = caret.frames.flatMap(({ names }) => names);
  const latest = new Map(named.map((each) => [each.name, each.what]));
  return [...latest].reverse().map(([label, what]): Offer => {
    const type = typeOfLocal(view, own, label, caret.start);
    const fit = wanted.kind !== "unknown" && type.kind !== "unknown" && suits(type, wanted);
    const kind = what === "parameter" ? "parameter" : what === "function" ? "function" : "value";
    return { label, kind, detail: type.kind === "unknown" ? what : show(type), rank: fit ? 0 : 2 };
  });
}

/** Whether a value of a type may stand where another is asked for, in the same unit. */
const suits = (type: Type, wanted: Type): boolean =>
  fits(type, wanted) && !(isNumber(type) && isNumber(wanted) && !sameUnits(type.units, wanted.units));

/** Kinds whose values are known by their word alone. */
const setting = new Set<string>([
  "source",
  "dataset",
  "index",
  "tokenizer",
  "model",
  "decoding",
  "quantization",
  "pipeline",
  "reward",
]);

/** A declaration as a value: what it is, or what calling it gives. */
function value(view: View, caret: Caret, declaration: Declaration, wanted: Type): Offer[] {
  const { word } = declaration;
  if (word === "serve" || word === "eval") return [];
  if (word === "type" && wanted.kind !== "enumeration") return [];
  if (word === "train" && caret.word !== "train") return [];
  const asked = declaring(wanted);
  let fit = asked.includes(word);
  if (!fit && wanted.kind !== "unknown" && (asked.length === 0 || !setting.has(word))) {
    const type = view.checked.declared(declaration);
    const result = type.kind === "fn" && wanted.kind !== "fn" ? type.signature.result : type;
    fit = result.kind !== "unknown" && result.kind !== "var" && suits(result, wanted);
  }
  const std = declaration.module.std;
  return [declared(declaration, fit ? 1 : std ? 4 : 3)];
}

/** What the compiler knows by itself: the functions of mathematics, and in recipes `fit` and its like. */
function builtins(caret: Caret): Offer[] {
  const mathematics = builtinDocs.map(
    ({ name, doc, signature }): Offer => ({ label: name, kind: "function", detail: signature, documentation: doc, rank: 5 }),
  );
  if (caret.word !== "train") return mathematics;
  const special = [...specialNames].map(
    (name): Offer => ({ label: name, kind: "function", detail: showSignature(name, specialSignature(name)!), rank: 3 }),
  );
  return [...special, ...mathematics];
}
