/** A declared model: the configuration of its architecture, and what every model has. Its type says all that two models must share to meet. */
import type * as ast from "../../grammar/index.ts";
import type { Declaration } from "../declarations.ts";
import type { Program } from "../program.ts";
import { literalRange, readType } from "../read-type.ts";
import { host, type ModelType, type Parameter, type Type, text, unknown } from "../types.ts";
import { units } from "../units.ts";
import { optional, required, seconds, tokens, words } from "./kind.ts";

/** Fields that every model has besides its architecture's configuration. */
export const modelFields: readonly Parameter[] = [
  required("tokenizer", host("Tokenizer"), "How text becomes tokens: a part of the model's type."),
  optional("window", tokens.type, "How many tokens it sees at once.", { unit: "tokens", range: { low: 1 } }),
  optional("head", host("Head"), "What it gives: scalar, scores(over: ..), pairwise(over: ..), per_token or embedding(n)."),
  optional("prompt", unknown, "A function that turns what is given into text; the chat template with documents otherwise."),
  optional("from", text, "A folder or file of weights to begin with."),
  optional("remote", text, "The address of an OpenAI-compatible endpoint: it samples and judges, and has no weights here."),
  optional("name", text, "What the endpoint calls the model."),
  optional("key", text, "The environment variable that holds the endpoint's key; NEURO_API_KEY, then OPENAI_API_KEY otherwise."),
  optional("timeout", seconds.type, "How long the endpoint may take for one request: 120 s unless said.", {
    unit: seconds.unit,
    range: { low: 1 },
  }),
  optional("lora", words.int, "Trains only corrections of this rank.", { range: { low: 1 } }),
];

/** The architecture that a model names. */
export function architectureOf(node: ast.Model, program: Program, declaration: Declaration): Declaration | undefined {
  const found = program.find(node.architecture.text, declaration.module);
  return found?.word === "architecture" ? found : undefined;
}

/** The configuration of an architecture: its parameters without axes. `head` is a field of every model. */
export function configuration(architecture: Declaration, program: Program): Parameter[] {
  const { node } = architecture;
  if (node.kind !== "Architecture") return [];
  const place = { program, module: architecture.module };
  return node.params.flatMap((param) => {
    if (param.type?.kind === "TensorType" || param.name.text === "head") return [];
    const range = param.range && literalRange(param.range);
    const unit = param.type?.kind === "NamedType" ? param.type.unit?.text : undefined;
    const type = param.type ? readType(param.type, place) : unknown;
    return [
      {
        name: param.name.text,
        type,
        optional: param.default !== undefined,
        ...(param.docs ? { doc: param.docs.text } : {}),
        ...(unit ? { unit } : {}),
        ...(range ? { range } : {}),
      },
    ];
  });
}

/** Every field that this model may have. A remote one needs no tokenizer. */
export function fieldsOf(declaration: Declaration, architecture: Declaration, program: Program): Parameter[] {
  const own = configuration(architecture, program);
  const remote = entryOf(declaration, "remote") !== undefined;
  const common = modelFields.map((field) => (remote && field.name === "tokenizer" ? { ...field, optional: true } : field));
  return [...common, ...own];
}

function entryOf(declaration: Declaration, name: string): ast.Expr | undefined {
  const { node } = declaration;
  return node.kind === "Model" ? node.fields.entries.find((entry) => entry.label.text === name)?.value : undefined;
}

/** The type of a declared model. What is wrong with its fields is said where they are checked. */
export function modelType(declaration: Declaration, program: Program): Type {
  const { node } = declaration;
  if (node.kind !== "Model") return unknown;
  const architecture = architectureOf(node, program, declaration);
  if (architecture?.node.kind !== "Architecture") return unknown;
  const result = readType(architecture.node.result, { program, module: architecture.module });
  if (result.kind !== "model") return unknown;
  const tokenizer = namedSetting(entryOf(declaration, "tokenizer"), "tokenizer", declaration, program);
  const window = literal(entryOf(declaration, "window"));
  const width = literal(entryOf(declaration, "width"));
  const head = headOf(declaration, architecture, program);
  return {
    kind: "model",
    head: result.head,
    ...(result.over ? { over: result.over } : {}),
    ...head,
    name: declaration.name,
    architecture: `${architecture.module.path}#${architecture.name}`,
    ...(tokenizer ? { tokenizer: `${tokenizer.module.path}#${tokenizer.name}`, tokenizerName: tokenizer.name } : {}),
    ...(window === undefined ? {} : { window }),
    ...(width === undefined ? {} : { width }),
    sizes: sizesOf(declaration, architecture.node),
    ...(entryOf(declaration, "remote") ? { remote: true } : {}),
  };
}

/** The whole numbers of a model's configuration that are written out, or stand in its architecture. */
function sizesOf(declaration: Declaration, { params }: ast.Architecture): Map<string, number> {
  const whole = params.filter(({ type }) => type?.kind === "NamedType" && type.name.text === "Int");
  return new Map(
    whole.flatMap(({ name, default: standard }) => {
      const value = literal(entryOf(declaration, name.text) ?? standard);
      return value === undefined ? [] : [[name.text, value] as const];
    }),
  );
}

function namedSetting(
  value: ast.Expr | undefined,
  word: string,
  declaration: Declaration,
  program: Program,
): Declaration | undefined {
  if (value?.kind !== "Name") return undefined;
  const found = program.find(value.text, declaration.module);
  return found?.word === word ? found : undefined;
}

const literal = (value: ast.Expr | undefined): number | undefined =>
  value?.kind === "Number" ? value.value * ((value.unit && units.get(value.unit.text)?.factor) ?? 1) : undefined;

/** A head is a layer whose declared result is what the model becomes; `over:` gives its axis. */
function headOf(declaration: Declaration, architecture: Declaration, program: Program): Partial<ModelType> {
  const own = entryOf(declaration, "head");
  const standard =
    architecture.node.kind === "Architecture"
      ? architecture.node.params.find((param) => param.name.text === "head")?.default
      : undefined;
  const value = own ?? standard;
  const module = own ? declaration.module : architecture.module;
  const name = value?.kind === "Call" ? value.callee : value;
  const layer = name?.kind === "Name" ? program.find(name.text, module) : undefined;
  if (layer?.node.kind !== "Callable" || !layer.node.result) return {};
  const result = readType(layer.node.result, { program, module: layer.module });
  if (result.kind !== "model") return {};
  const takesCases = layer.node.params?.some(
    (param) => param.type?.kind === "NamedType" && param.type.name.text === "Enumeration",
  );
  const over = value?.kind === "Call" && takesCases ? value.args[0]?.value : undefined;
  const enumeration = over?.kind === "Name" ? program.find(over.text, module) : undefined;
  const cases =
    enumeration?.node.kind === "TypeDecl" && enumeration.node.body.kind === "Cases" ? enumeration.node.body.cases : undefined;
  return {
    head: result.head,
    ...(over && !cases ? { over: unknown } : {}),
    ...(cases && enumeration
      ? { over: { kind: "enum", name: enumeration.name, declaration: enumeration, cases: cases.map((each) => each.text) } }
      : {}),
  };
}
