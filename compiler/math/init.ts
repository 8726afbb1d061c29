// How a weight begins: a constant, `normal(mean, std)`, `uniform(low, high)`, or its values in a file.
import type { Arg, Expr, Weight } from "../../grammar/index.ts";
import { missingArgument } from "../diagnostics/missing_argument.ts";
import { wrongType } from "../diagnostics/wrong_type.ts";
import { asTensor } from "./operators.ts";
import { fault, type Scope } from "./scope.ts";
import { wholeOf } from "./size.ts";
import type { Init } from "./trace.ts";
import { evaluate } from "./walk.ts";

/**
 * The initialiser of a weight; undefined after a fault. A weight without one begins as normal(0, 1 / sqrt(n)), n being the
 * places it is summed over (LeCun et al. 1998, Efficient BackProp): the usual beginning of a projection.
 */
export function initOf(scope: Scope, s: Weight): Init | undefined {
  const { init } = s;
  if (!init) return fanIn(scope, s);
  if (init.kind === "Call" && init.callee.kind === "Name" && (init.callee.text === "normal" || init.callee.text === "uniform")) {
    const name = init.callee.text;
    const names = name === "normal" ? ["mean", "std"] : ["low", "high"];
    const args = match(names, init.args);
    const missing = names.filter((n) => !args.has(n));
    if (missing.length > 0 || init.args.length > 2) {
      fault(scope, missingArgument, init.span, { names: missing, callee: name, signature: `${name}(${names.join(", ")})` });
      return undefined;
    }
    const [a, b] = names.map((n) => numberOf(scope, args.get(n)!));
    if (a === undefined || b === undefined) return undefined;
    return name === "normal" ? { kind: "normal", mean: a, std: b } : { kind: "uniform", low: a, high: b };
  }
  const value = numberOf(scope, init);
  return value === undefined ? undefined : { kind: "constant", value };
}

/** Arguments by name: those without a label in order. */
const match = (names: readonly string[], args: readonly Arg[]): Map<string, Expr> =>
  new Map(args.filter((a) => a.value.kind !== "Missing").map((a, i) => [a.label?.text ?? names[i] ?? "", a.value]));

/** A number known while compiling; while only checking, a symbolic one counts as 0. */
function numberOf(scope: Scope, e: Expr): number | undefined {
  const t = asTensor(scope, evaluate(scope, e), e.span, "An initialiser");
  if (!t) return undefined;
  if (t.number !== undefined) return t.number;
  if (!scope.world.trace && t.axes.length === 0) return 0;
  fault(scope, wrongType, e.span, {
    what: "An initialiser",
    expected: "a number known while compiling",
    found: "one known later",
  });
  return undefined;
}

/** Places summed over: the axes of the body's inputs, or, for a weight without them, those that earlier weights introduced. */
function fanIn(scope: Scope, s: Weight): Init {
  if (s.type.kind !== "TensorType") return { kind: "constant", value: 0 };
  const old = s.type.axes.flatMap((a) => (a.kind === "Axis" && !a.size ? (scope.axes.get(a.name.text) ?? []) : []));
  const inputs = old.filter((a) => a.frame !== scope.frame);
  const count = (inputs.length > 0 ? inputs : old).reduce((n, a) => n * (wholeOf(a.size) ?? 1), 1);
  return { kind: "normal", mean: 0, std: 1 / Math.sqrt(count) };
}
