/**
 * The n-th largest value over axes: what divides the largest share of a tensor from the rest. Engines find it by halving the range that
 * holds it, which works for any size; whoever has the values at hand may select it (`nthLargestOf`).
 */
import { add, ge, mul, select } from "../ir/elementwise.ts";
import { fail, hasAxis, make, type Node, without } from "../ir/node.ts";
import { reduceMax, reduceMin, sum } from "../ir/reduce.ts";
import { constant } from "../ir/source.ts";
import { composed } from "./op.ts";

const halvings = 40;
/** Stands for infinity where an engine may have none. */
const beyond = 3e38;

type Over = { readonly over: readonly string[] };

composed<Over>("nthLargest", {
  signature: ([x, count], { over }) => {
    if (x!.dtype !== "f32" || count!.dtype !== "f32") fail("nthLargest", "takes f32 and a count of f32", [x!, count!]);
    for (const name of over) if (!hasAxis(x!, name)) fail("nthLargest", `no axis ${name}`, [x!]);
    const axes = without(x!.axes, over);
    if (count!.axes.some((a) => !axes.some(({ name }) => name === a.name)))
      fail("nthLargest", "a count has other axes", [x!, count!]);
    return { dtype: "f32", axes };
  },
  lower: ([x, count], { over }) => {
    const names = over as readonly string[];
    let low = reduceMin(x!, names);
    let high = reduceMax(x!, names);
    for (let i = 0; i < halvings; i++) {
      const middle = mul(add(low, high), 0.5);
      const enough = ge(sum(select(ge(x!, middle), constant(1), 0), names), count!);
      low = select(enough, middle, low);
      high = select(enough, high, middle);
    }
    const found = reduceMin(select(ge(x!, low), x!, constant(beyond)), names);
    return select(ge(count!, 1), found, constant(beyond));
  },
  cases: (given) => {
    const x = given("x", "b s d");
    return [
      ["third largest over one axis", nthLargest(x, constant(3), ["d"])],
      ["as many as there are", nthLargest(given("y", "n=6"), constant(6), ["n"])],
      ["of none", nthLargest(given("y", "n=6"), constant(0.5), ["n"])],
      ["over several axes", nthLargest(x, constant(2), ["s", "d"])],
    ];
  },
});

/** The `count`-th largest of x over the named axes, counted with repeats; 3e38 for a count below 1. */
export const nthLargest = (x: Node, count: Node, over: readonly string[]): Node =>
  make("nthLargest", [x, count], { over: [...over].sort() });

/**
 * The `count`-th largest of float32 values, by their bits: two passes over them, whatever their number, and no copy. What a program's
 * `nthLargest` means over all of one tensor.
 */
export function nthLargestOf(values: Float32Array, count: number): number {
  if (!(count >= 1)) return beyond;
  const wanted = Math.min(Math.ceil(count), values.length);
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
  const counts = new Uint32Array(65536);
  for (let i = 0; i < bits.length; i++) counts[ordered(bits[i]!) >>> 16]!++;
  let left = wanted;
  let high = 65535;
  while (counts[high]! < left) left -= counts[high--]!;
  counts.fill(0);
  for (let i = 0; i < bits.length; i++) {
    const key = ordered(bits[i]!);
    if (key >>> 16 === high) counts[key & 0xffff]!++;
  }
  let low = 65535;
  while (counts[low]! < left) left -= counts[low--]!;
  const key = ((high << 16) | low) >>> 0;
  return new Float32Array(Uint32Array.of(key & 0x80000000 ? key & 0x7fffffff : ~key).buffer)[0]!;
}

/** Bits of a float whose order as whole numbers is that of the floats. */
const ordered = (bits: number): number => (bits ^ ((bits >> 31) | 0x80000000)) >>> 0;
