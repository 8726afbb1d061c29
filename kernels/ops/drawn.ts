/** Values for inputs, drawn from a seed; what tests and benchmarks feed programs with. */
import { converted, isFloat, rangeOf } from "../ir/dtype.ts";
import type { Node } from "../ir/node.ts";
import { inputOf, type Program } from "../ir/program.ts";
import { type Binding, evaluate } from "../ir/size.ts";

/** Numbers in 0..1 from a seed (Mulberry32). */
export function numbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let z = Math.imul(state ^ (state >>> 15), 1 | state);
    z = (z + Math.imul(z ^ (z >>> 7), 61 | z)) ^ z;
    return ((z ^ (z >>> 14)) >>> 0) / 2 ** 32;
  };
}

function draw(node: Node, count: number, next: () => number): Float64Array {
  const { name, dtype } = inputOf(node);
  const below = Number(/^below(\d+)/.exec(name)?.[1] ?? 5);
  const one = (): number => {
    if (dtype === "f32") return Math.fround(4 * next() - 2);
    if (isFloat(dtype)) return converted(4 * next() - 2, "f32", dtype);
    if (dtype === "i32") return Math.floor(below * next());
    const [least, most] = rangeOf(dtype);
    return least + Math.floor((most - least + 1) * next());
  };
  return Float64Array.from({ length: count }, one);
}

/** Feeds for a program: floats in -2..2 as their dtype holds them, i32 named `below7` in 0..6 (else 0..4), the others anything. */
export function drawn(program: Program, binding: Binding, seed = 1): Record<string, Float64Array> {
  const next = numbers(seed);
  return Object.fromEntries(
    program.inputs.map((n) => [
      inputOf(n).name,
      draw(
        n,
        n.axes.reduce((c, a) => c * evaluate(a.size, binding), 1),
        next,
      ),
    ]),
  );
}
