// A `List<Float>` may be reduced like a tensor without other axes.
import type { Expr } from "../../../grammar/index.ts";
import type { Scope } from "../scope.ts";
import { known, tensor, type Value } from "../value.ts";
import { evaluate } from "../walk.ts";

/** The reduction of a list; undefined when the argument is no list (it is evaluated again then, which has no effect). */
export function numbers(scope: Scope, arg: Expr, fold: (xs: readonly number[]) => number): Value | undefined {
  if (arg.kind !== "List" && arg.kind !== "Name") return undefined;
  const value = evaluate(scope, arg);
  if (value.kind !== "list") return undefined;
  const xs = value.items?.map((item) => (item.kind === "tensor" ? item.number : undefined));
  return xs?.every((x) => x !== undefined) ? known(fold(xs), "float") : tensor("float", []);
}
