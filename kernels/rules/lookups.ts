/** A gather of few places is drawn towards the sources, so that what is not looked at is never made. */
import { cast, eq, exp, mul, select, sub } from "../ir/elementwise.ts";
import { gather } from "../ir/lookup.ts";
import { type Axis, hasAxis, make, type Node } from "../ir/node.ts";
import { sum } from "../ir/reduce.ts";
import { logSoftmax } from "../ops/logsoftmax.ts";
import { logSumExp } from "../ops/logsumexp.ts";
import { LOG_ZERO } from "../ops/op.ts";
import { overOf } from "../ops/softmax.ts";
import { isPointwise } from "./pointwise.ts";
import { rule, table } from "./rule.ts";
import { weight } from "./sums.ts";

const axisOfGather = (node: Node): string => node.attrs.axis as string;

/** Whether a gather leaves fewer values than it looks into. */
const narrows = (node: Node): boolean => weight(node) < weight(node.inputs[0]!);

const through = rule("gather(f(x, y)) -> f(gather(x), gather(y))", (node) => {
  const [x, index] = node.inputs as [Node, Node];
  if (!isPointwise(x.op) || !narrows(node)) return undefined;
  const axis = axisOfGather(node);
  return make(
    x.op,
    x.inputs.map((i) => (hasAxis(i, axis) ? gather(i, index, axis) : i)),
    x.attrs,
  );
});

const overGathered = (node: Node, op: string): boolean =>
  node.inputs[0]!.op === op && overOf(node.inputs[0]!.attrs).join() === axisOfGather(node);

const ofLogSoftmax = rule("gather(logSoftmax(x)) -> gather(x) - logSumExp(x)", (node) => {
  if (!overGathered(node, "logSoftmax")) return undefined;
  const [[x, present], index, axis] = [node.inputs[0]!.inputs as [Node, Node?], node.inputs[1]!, axisOfGather(node)];
  if (!hasAxis(x, axis)) return undefined;
  const out = sub(gather(x, index, axis), logSumExp(x, [axis], present));
  if (!present) return out;
  return select(hasAxis(present, axis) ? gather(present, index, axis) : present, out, LOG_ZERO);
});

const ofSoftmax = rule("gather(softmax(x)) -> exp(gather(logSoftmax(x)))", (node) => {
  if (!overGathered(node, "softmax") || !narrows(node)) return undefined;
  const [x, present] = node.inputs[0]!.inputs as [Node, Node?];
  return exp(gather(logSoftmax(x, [axisOfGather(node)], present), node.inputs[1]!, axisOfGather(node)));
});

const ofScatter = rule("gather(scatterAdd(v at i), j) -> sum(v where i == j)", (node) => {
  const [spot, wanted] = node.inputs as [Node, Node];
  if (spot.op !== "scatterAdd" || (spot.attrs.into as Axis).name !== axisOfGather(node)) return undefined;
  const [values, index] = spot.inputs as [Node, Node];
  const from = spot.attrs.from as readonly string[];
  if (wanted.axes.some((a) => from.includes(a.name) || !hasAxis(values, a.name))) return undefined;
  return sum(mul(values, cast(eq(index, wanted), "f32")), from);
});

/** Gathers. */
export const lookups = table("lookups", { gather: [through, ofLogSoftmax, ofSoftmax, ofScatter] });
