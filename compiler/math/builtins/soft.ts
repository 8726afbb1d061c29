// soft(c): 1 where one comparison holds, falling with the distance from making it true; the indicator as `by` goes to 0.
//
// The value is exp(-distance / w). The width w is half of a range, a quarter of a bound, at least 1. For Int, `> 6` means `>= 7`.
import type { Compare } from "../../../grammar/index.ts";
import * as k from "../../../kernels/index.ts";
import { softNeedsComparison } from "../../diagnostics/soft_needs_comparison.ts";
import { align } from "../align.ts";
import { join } from "../flow.ts";
import { numberNode } from "../nodes.ts";
import { asNumber, tensorOf } from "../operators.ts";
import { fault, type Scope } from "../scope.ts";
import { known, type Tensor, tensor, type Value } from "../value.ts";
import { evaluate } from "../walk.ts";
import { type Builtin, numberArg, read, unknownValue } from "./builtin.ts";

const signature = "soft(c: comparison, by: Float, shape: logistic) -> [..]";

export const soft: Builtin = {
  name: "soft",
  doc: "1 where one comparison holds, and exp(-distance / by) where it does not: a condition with a slope.",
  signature,
  wrong: { code: "soft_needs_comparison", text: "fn f(x: [t]) -> [t] = soft(x > 1 and x < 3)" },
  right: "fn f(x: [t]) -> [t] = soft(x in 1..3, by: 0.5)",
  apply(scope, e) {
    const args = read(scope, e, "soft", signature, 1, ["by", "shape"]);
    const c = args?.positional[0];
    if (!c) return unknownValue;
    if (c.kind !== "Compare" || c.op === "==" || c.op === "!=") {
      return fault(scope, softNeedsComparison, c.span, {
        found: c.kind === "Compare" ? `\`${c.op}\`, which has no distance` : "something else",
      });
    }
    const by = args.labelled.get("by");
    const shape = args.labelled.get("shape");
    const logistic = shape?.kind === "Name" && shape.text === "logistic";
    return softly(scope, c, by && numberArg(scope, by, "soft"), logistic);
  },
};

interface Bounds {
  readonly low?: Tensor;
  readonly high?: Tensor;
}

function bounds(scope: Scope, c: Compare, x: Tensor): Bounds | undefined {
  if (c.op === "in") {
    const range = evaluate(scope, c.right);
    return range.kind === "range" ? { low: range.from, high: range.to } : undefined;
  }
  const right = tensorOf(scope, c.right);
  const bound = right && asNumber(scope, right, c.right.span, "soft");
  if (!bound) return undefined;
  // Between whole numbers `> 6` means `>= 7`.
  const step = x.elem === "int" && bound.elem === "int" && bound.number !== undefined ? 1 : 0;
  const moved = (by: number): Tensor => (bound.number === undefined ? bound : known(bound.number + by));
  if (c.op === ">" || c.op === ">=") return { low: moved(c.op === ">" ? step : 0) };
  return { high: moved(c.op === "<" ? -step : 0) };
}

function softly(scope: Scope, c: Compare, by: Tensor | undefined, logistic: boolean): Value {
  const left = tensorOf(scope, c.left);
  const x = left && asNumber(scope, left, c.left.span, "soft");
  const b = x && bounds(scope, c, x);
  if (!x || !b) return unknownValue;
  const ends = [b.low, b.high].filter((t): t is Tensor => t !== undefined);
  let axes: Tensor["axes"] | undefined = x.axes;
  for (const t of ends)
    axes = axes && align(scope, c.op, { axes, span: c.left.span }, { axes: t.axes, span: c.right.span }, c.span);
  if (!axes) return unknownValue;
  const width = by?.number ?? defaultWidth(b);
  if (x.number !== undefined && ends.every((t) => t.number !== undefined) && (by === undefined || by.number !== undefined)) {
    return known((logistic ? logisticOf : plainOf)(x.number, b.low?.number, b.high?.number, width), "float");
  }
  const flow = join([x, ...ends], false, c.span);
  if (!scope.world.trace) return tensor("float", axes, { flow });
  const w = by ? numberNode(by) : k.constant(width);
  return tensor("float", axes, { flow, node: softNode(numberNode(x), b, w, logistic) });
}

const defaultWidth = ({ low, high }: Bounds): number => {
  if (low && high) return Math.max(1, ((high.number ?? 0) - (low.number ?? 0)) / 2);
  return Math.max(1, Math.abs((low ?? high)?.number ?? 0) / 4);
};

function plainOf(x: number, low: number | undefined, high: number | undefined, w: number): number {
  return Math.exp(-Math.max(0, (low ?? x) - x, x - (high ?? x)) / w);
}

const sigma = (z: number): number => 1 / (1 + Math.exp(-z));

function logisticOf(x: number, low: number | undefined, high: number | undefined, w: number): number {
  const rise = low === undefined ? 1 : sigma((x - low) / w);
  const fall = high === undefined ? 1 : sigma((high - x) / w);
  return (rise * fall) / (low !== undefined && high !== undefined ? sigma((high - low) / (2 * w)) ** 2 : 1);
}

function softNode(x: k.Node, { low, high }: Bounds, w: k.Node, logistic: boolean): k.Node {
  const lo = low && numberNode(low);
  const hi = high && numberNode(high);
  if (!logistic) {
    const below = lo ? k.sub(lo, x) : k.constant(0);
    const distance = k.maximum(hi ? k.maximum(below, k.sub(x, hi)) : below, 0);
    return k.exp(k.neg(k.div(distance, w)));
  }
  const rise = lo && k.sigmoid(k.div(k.sub(x, lo), w));
  const fall = hi && k.sigmoid(k.div(k.sub(hi, x), w));
  if (!rise || !fall) return (rise ?? fall)!;
  const peak = k.sigmoid(k.div(k.sub(hi, lo), k.mul(w, 2)));
  return k.div(k.mul(rise, fall), k.mul(peak, peak));
}
