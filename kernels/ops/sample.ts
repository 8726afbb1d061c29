/**
 * sample(logits, uniform): the place along an axis that a uniform number draws: temperature, then the k largest, then the
 * fewest of these that make up a share p (Holtzman et al. 2020), then those that have a share of the likeliest one's probability
 * (Nguyen et al. 2024, "min-p"), then the first place at which the running sum exceeds the draw. Equal logits go in order of
 * place. It is what `runtime/decode/choose.ts` does for the same uniform number, without leaving the device.
 */
import { abs, add, cast, div, exp, ge, gt, le, lt, maximum, minimum, mul, or, select, sub, tanh } from "../ir/elementwise.ts";
import { cumsum, gather, topIndices, topValues } from "../ir/lookup.ts";
import { type Attrs, type Axis, axisOf, fail, make, type Node, without } from "../ir/node.ts";
import { reduceMax, sum } from "../ir/reduce.ts";
import { constant, constantValue, iota } from "../ir/source.ts";
import { argmax } from "./argmax.ts";
import { composed } from "./op.ts";

interface Sample extends Attrs {
  readonly axis: string;
  readonly k: number;
}

/** How a place is drawn: numbers, or f32 nodes where they differ between runs or rows. Left out, they cut nothing off. */
export interface Sampling {
  /** 0 is greedy: the largest, the first of equals. */
  readonly temperature?: Node | number;
  /** How many of the largest are kept; 0 keeps all. */
  readonly k?: number;
  /** The share that is kept at least; 1 keeps all. */
  readonly p?: Node | number;
  /** The share of the largest one's probability that is asked of the others; 0 asks nothing. */
  readonly minP?: Node | number;
}

/** The candidates in falling order where an order is needed, else as they stand: their logits, and the place of the i-th. */
function candidates(x: Node, along: Axis, k: number, sorted: boolean): { values: Node; axis: Axis; placeOf: (i: Node) => Node } {
  if (!sorted) return { values: x, axis: along, placeOf: (i) => i };
  const most = k > 0 && !(typeof along.size === "number" && along.size <= k) ? k : along.size;
  const axis = { name: `${along.name}.rank`, size: most };
  return {
    values: topValues(x, along.name, axis),
    axis,
    placeOf: (i) => gather(topIndices(x, along.name, axis), i, axis.name),
  };
}

/** The probability of each candidate, up to a factor, 0 of what is cut off. */
function oddsOf(values: Node, name: string, [temperature, p, minP]: readonly [Node, Node, Node]): Node {
  const all = exp(div(sub(values, reduceMax(values, [name])), maximum(temperature, 1e-30)));
  const before = cumsum(all, name, { exclusive: true });
  // What comes before the share is full; at least the first.
  const kept = or(ge(p, 1), lt(before, mul(p, sum(all, [name]))));
  const first = constantValue(p) === 1 ? all : select(or(kept, le(before, 0)), all, 0);
  return constantValue(minP) === 0 ? first : select(ge(first, minP), first, 0);
}

function drawn(x: Node, uniform: Node, cuts: readonly [Node, Node, Node], { axis: name, k }: Sample): Node {
  const [, p] = cuts;
  const { values, axis, placeOf } = candidates(x, axisOf(x, name)!, k, k > 0 || constantValue(p) !== 1);
  const odds = oddsOf(values, axis.name, cuts);
  const running = cumsum(odds, axis.name);
  const passed = sum(cast(le(running, mul(uniform, sum(odds, [axis.name]))), "i32"), [axis.name]);
  // Rounding may put the draw past the sum: then it is the last that may be drawn.
  const last = reduceMax(select(gt(odds, 0), iota(axis), 0), [axis.name]);
  return placeOf(minimum(passed, last));
}

composed<Sample>("sample", {
  signature: (inputs, { axis: name, k }) => {
    const [logits, ...scalars] = inputs as [Node, ...Node[]];
    if (inputs.length !== 5 || inputs.some((i) => i.dtype !== "f32")) fail("sample", "takes five operands in f32", inputs);
    if (!axisOf(logits, name) || !(Number.isInteger(k) && k >= 0)) fail("sample", `no axis ${name}, or ${k} of it`, inputs);
    const rest = without(logits.axes, [name]);
    for (const a of scalars.flatMap((s) => s.axes))
      if (!rest.some((b) => b.name === a.name && b.size === a.size)) fail("sample", `no rows along ${a.name}`, inputs);
    return { dtype: "i32", axes: rest };
  },
  lower: ([logits, uniform, temperature, p, minP], attrs) => {
    const greedy = argmax(logits!, (attrs as Sample).axis);
    const known = constantValue(temperature!);
    if (known === 0) return greedy;
    const found = drawn(logits!, uniform!, [temperature!, p!, minP!], attrs as Sample);
    return known === undefined ? select(gt(temperature!, 0), found, greedy) : found;
  },
  cases: (given) => {
    const within = (x: Node): Node => mul(add(tanh(x), 1), 0.5);
    const [x, u] = [given("lv", "b s n=11"), within(given("l", "b s"))];
    const asked = { temperature: abs(given("rate", "b")), p: within(given("share", "")), minP: within(given("g", "s")) };
    return [
      ["sample of all", sample(x, u, "n")],
      ["sample of the three largest", sample(x, u, "n", { k: 3, temperature: 0.7 })],
      ["sample of a share", sample(x, u, "n", { p: 0.8, temperature: 1.3 })],
      ["sample of what is likely enough", sample(x, u, "n", { minP: 0.2 })],
      ["sample with numbers that are given", sample(x, u, "n", { ...asked, k: 7 })],
      ["sample without a temperature is greedy", sample(x, u, "n", { temperature: 0 })],
      ["sample of equal logits", sample(mul(x, 0), u, "n", { p: 0.5 })],
      ["sample of no share is the largest", sample(x, u, "n", { p: 0 })],
      ["sample along a symbolic axis", sample(given("xs", "b s"), within(given("gs", "b")), "s", { p: 0.9 })],
    ];
  },
});

/**
 * The place (i32) along `axis` that `uniform` (f32 in 0..1; one a row, or fewer) draws from `logits` (f32): one for every place of the
 * other axes.
 */
export const sample = (
  logits: Node,
  uniform: Node,
  name: string,
  { temperature = 1, k = 0, p = 1, minP = 0 }: Sampling = {},
): Node =>
  make("sample", [logits, uniform, ...[temperature, p, minP].map((x) => (typeof x === "number" ? constant(x) : x))], {
    axis: name,
    k,
  });
