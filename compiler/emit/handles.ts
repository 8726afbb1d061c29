/** Declarations of things, not of functions, as handles of the running system: sources, indexes, datasets, tokenizers, models, settings of decoding. */
import type * as ast from "../../grammar/index.ts";
import type { Declaration } from "../declarations.ts";
import type { Emitter } from "./emitter.ts";
import { Writer } from "./expression.ts";
import { textLiteral } from "./literal.ts";
import { shapeText } from "./shape.ts";
import { propertyName } from "./types.ts";

/** What `handleText` can write. */
export function isHandle(declaration: Declaration): boolean {
  const { kind } = declaration.node;
  return kind === "Model" || (kind === "Setting" && !["eval", "serve"].includes(declaration.word));
}

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
  return `const ${name} = system.${node.word}(${textLiteral(declaration.name)}, ${valueText(node, w)});`;
}

/** Fields of a model that matter while it runs; the others shaped its programs and stand in the manifest. */
const runtimeFields = new Set(["tokenizer", "window", "prompt", "remote", "from", "name"]);

const valueText = (node: ast.Setting, w: Writer): string => (node.value ? w.expr(node.value) : "{}");
const field = (entry: ast.Entry, w: Writer): string => w.entry(propertyName(entry.label.text), w.expr(entry.value));
