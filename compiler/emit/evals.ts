/** An eval as a handle of the system: its pipelines by name with what each takes of a row, its task, its metrics. */
import type * as ast from "../../grammar/index.ts";
import type { Declaration } from "../declarations.ts";
import type { Emitter } from "./emitter.ts";
import { Writer } from "./expression.ts";
import { textLiteral } from "./literal.ts";
import { propertyName } from "./types.ts";

/** `system.eval("facts", "main.neuro:91", { of: [{ name: "answer", run: answer, takes: ["prompt"] }], task: .., report: [..] });` */
export function evalText(declaration: Declaration, emit: Emitter): string {
  const { node } = declaration;
  if (node.kind !== "Setting" || node.value?.kind !== "Record") return "";
  const w = new Writer(emit, { place: "fn", promised: new Set() });
  const fields = node.value.entries.map(({ label, value }) => {
    if (label.text === "of")
      return `of: [${(value.kind === "List" ? value.items : [value]).map((item) => measuredText(item, emit)).join(", ")}]`;
    return w.entry(propertyName(label.text), label.text === "against" ? measuredText(value, emit) : w.expr(value));
  });
  return `system.eval(${textLiteral(declaration.name)}, ${textLiteral(emit.where(node.span))}, { ${fields.join(", ")} });`;
}

function measuredText(node: ast.Expr, emit: Emitter): string {
  const declaration = node.kind === "Name" ? emit.checked.resolved(node) : undefined;
  if (declaration?.entity !== "declaration") return "undefined";
  const takes = emit.checked.signature(declaration)?.parameters.map(({ name }) => textLiteral(name)) ?? [];
  return `{ name: ${textLiteral(declaration.name)}, run: ${emit.declaration(declaration)}, takes: [${takes.join(", ")}] }`;
}
