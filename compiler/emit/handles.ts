/** Declarations of things, not of functions, as handles of the running system: sources, indexes, datasets, tokenizers, models, settings of decoding. */
import type * as ast from "../../grammar/index.ts";
import type { Declaration } from "../declarations.ts";
import { unknown } from "../types.ts";
import type { Emitter } from "./emitter.ts";
import { evalText } from "./evals.ts";
import { Writer } from "./expression.ts";
import { textLiteral } from "./literal.ts";
import { formText, shapeText } from "./shape.ts";
import { propertyName, typeText } from "./types.ts";

/** What `handleText` can write. */
export function isHandle(declaration: Declaration): boolean {
  const { kind } = declaration.node;
  return kind === "Model" || (kind === "Setting" && !["eval", "serve"].includes(declaration.word));
}

/** Whether it stands on what runs, and so comes after it: what is served, what is measured. */
export const isLate = ({ node }: Declaration): boolean => node.kind === "Setting" && ["eval", "serve"].includes(node.word);

/** `const library = system.index("library", { over: pages, .. });` */
export function handleText(declaration: Declaration, emit: Emitter): string {
  const { node } = declaration;
  const name = emit.declaration(declaration);
  const w = new Writer(emit, { place: "fn", promised: new Set() });
  if (node.kind === "Model") {
    const fields = node.fields.entries.filter((entry) => runtimeFields.has(entry.label.text));
    return `const ${name} = system.model(${textLiteral(declaration.name)}, { ${fields.map((entry) => field(entry, w)).join(", ")} });`;
  }
  if (node.kind !== "Setting") return "";
  if (node.word === "decoding" || node.word === "quantization") return `const ${name} = ${valueText(node, w)};`;
  if (node.word === "dataset") {
    const rows = new Writer(emit, { place: "fn", promised: new Set() }).expr(node.value!);
    const shape = shapeText(emit.checked.declared(declaration));
    // The dataset awaits what it is given, once for each pass.
    const given = [textLiteral(declaration.name), `() => ${rows.replace(/^await /, "")}`, ...(shape ? [shape] : [])];
    return `const ${name} = system.dataset(${given.join(", ")});`;
  }
  if (node.word === "eval") return evalText(declaration, emit);
  if (node.word === "serve")
    return `system.server(${textLiteral(declaration.name)}, ${textLiteral(emit.where(node.span))}, ${valueText(node, w)});`;
  if (node.word === "tokenizer")
    return `const ${name} = system.tokenizer(${textLiteral(declaration.name)}, ${tokenizerText(node, w)});`;
  if (node.word === "source" && node.params) return toolText(declaration, node, emit);
  return `const ${name} = system.${node.word}(${textLiteral(declaration.name)}, ${valueText(node, w)});`;
}

/** `const weather = system.tool<[city: string], { .. }>("weather", tool(".."), { takes: { .. }, gives: { .. } });` */
function toolText(declaration: Declaration, node: ast.Setting, emit: Emitter): string {
  const { parameters = [], result = unknown } = emit.checked.signature(declaration) ?? {};
  // What is given stands in the address under its name until it is known.
  const names = new Map(parameters.map(({ name }) => [name, textLiteral(`{${name}}`)]));
  const w = new Writer(emit, { place: "fn", promised: new Set(), given: names });
  const types = parameters.map((parameter) => `${emit.local(parameter.name)}: ${typeText(parameter.type, emit)}`).join(", ");
  const takes = parameters.map((parameter) => w.entry(propertyName(parameter.name), formText(parameter.type))).join(", ");
  const form = `{ takes: { ${takes} }, gives: ${formText(result)} }`;
  const given = `${textLiteral(declaration.name)}, ${valueText(node, w)}, ${form}`;
  return `const ${emit.declaration(declaration)} = system.tool<[${types}], ${typeText(result, emit)}>(${given});`;
}

/** What a spec learns by says which special words its own tokenizers have, where they do not say it themselves. */
const wordsFor: readonly (readonly [by: string, setting: string, value: string])[] = [
  ["ul2", "sentinels", "100"],
  ["masked", "mask", "true"],
];

function tokenizerText(node: ast.Setting, w: Writer): string {
  const text = valueText(node, w);
  const call = node.value?.kind === "Call" ? node.value : undefined;
  if (call?.callee.kind !== "Name" || call.callee.text !== "bpe") return text;
  const said = new Set(call.args.map((arg) => arg.label?.text));
  const more = wordsFor.filter(([by, setting]) => !said.has(setting) && mentions(w.emit, by));
  return more.reduce((all, [, setting, value]) => all.replace(/ \}$/, `, ${setting}: ${value} }`), text);
}

/** Fields of a model that matter while it runs; the others shaped its programs and stand in the manifest. */
const runtimeFields = new Set(["tokenizer", "window", "prompt", "remote", "from", "name", "key", "timeout"]);

const valueText = (node: ast.Setting, w: Writer): string => (node.value ? w.expr(node.value) : "{}");
const field = (entry: ast.Entry, w: Writer): string => w.entry(propertyName(entry.label.text), w.expr(entry.value));

/** Whether a declaration of the spec mentions what the library declares under a name. */
function mentions({ checked }: Emitter, name: string): boolean {
  const own = checked.modules.filter((module) => !module.std).flatMap((module) => [...module.declarations.values()]);
  return own.some((declaration) => [...checked.mentions(declaration).keys()].some((one) => one.module.std && one.name === name));
}
