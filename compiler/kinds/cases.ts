/** Which names in a setting's fields are cases of the library's choices: known by the field alone, before any name is resolved. */
import type * as ast from "../../grammar/index.ts";
import type { Declaration } from "../declarations.ts";
import type { Type } from "../types.ts";
import { kinds } from "./index.ts";

/** The written names, `bm25` of `text: bm25(language: "en")` and `f1` of `report: [f1]`. */
export function casesIn({ node }: Declaration): ReadonlySet<ast.Node> {
  const found = new Set<ast.Node>();
  const kind = node.kind === "Setting" ? kinds.get(node.word) : undefined;
  if (!kind || node.kind !== "Setting" || node.value?.kind !== "Record") return found;
  for (const { label, value } of node.value.entries) {
    const field = kind.fields.find(({ name }) => name === label.text);
    if (field) collect(value, field.type, found);
  }
  return found;
}

function collect(value: ast.Expr, type: Type, into: Set<ast.Node>): void {
  if (type.kind === "list" && value.kind === "List") for (const item of value.items) collect(item, type.of, into);
  if (type.kind !== "variant") return;
  const name = value.kind === "Call" ? value.callee : value;
  const signature = name.kind === "Name" ? type.cases.get(name.text) : undefined;
  if (!signature) return;
  into.add(name);
  if (value.kind !== "Call") return;
  for (const { label, value: given } of value.args) {
    const parameter = signature.parameters.find((each) => each.name === label?.text);
    if (parameter) collect(given, parameter.type, into);
  }
}
