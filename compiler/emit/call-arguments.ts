/** The arguments of a call in TypeScript's order: parameters without default, those with one in a last object, always filled. */
import type * as ast from "../../grammar/index.ts";
import type { BoundCall, Declaration } from "../declarations.ts";
import type { Writer } from "./expression.ts";

/** Name and arguments of a call; an extern's defaults are written out, a function of the spec has its own. */
export function plainCall(callee: Declaration, bound: BoundCall | undefined, w: Writer): { name: string; list: string[] } {
  const declared = callee.node;
  const params = declared.kind === "Callable" || declared.kind === "Setting" ? (declared.params ?? []) : [];
  const external = "from" in declared && declared.from !== undefined;
  // What stands after the arguments of a tool is found by its place.
  const whole = external || declared.kind === "Setting";
  const name = w.reference(callee, callee.name);
  const texts = new Map<string, string>();
  for (const param of params) {
    const arg = bound?.args.get(param.name.text);
    if (arg) texts.set(param.name.text, w.expr(arg.value));
    else if (param.default && whole) texts.set(param.name.text, defaultText(param.default, texts, w));
  }
  const list = params.filter((param) => !param.default || !external).map((param) => texts.get(param.name.text) ?? "undefined");
  while (list.at(-1) === "undefined") list.pop();
  const optional = external
    ? params.filter((param) => param.default).map((param) => w.entry(param.name.text, texts.get(param.name.text)!))
    : [];
  return { name, list: optional.length > 0 ? [...list, `{ ${optional.join(", ")} }`] : list };
}

/** A default written out at the call: earlier parameters stand for their arguments. */
function defaultText(value: ast.Expr, given: ReadonlyMap<string, string>, w: Writer): string {
  const inner = w.within({ given: new Map(given) });
  const text = inner.expr(value);
  if (inner.awaits) w.awaits = true;
  return text;
}
