/**
 * Merges of weights, tensor by tensor and by name (language-core, section 7): `lerp`, `liti`, `slerp`, `ema`. Numbers are computed in
 * float64 and rounded once. WARP (Ramé et al. 2024) for how they are used together.
 */
import { NeuroError } from "../error.ts";
import type { VersionTensors } from "./version.ts";

type Numbers = Float64Array;
type Tensorwise = (tensors: readonly Numbers[], numbers: readonly number[]) => Numbers;

const zip = (a: Numbers, b: Numbers, f: (x: number, y: number) => number): Numbers => a.map((x, i) => f(x, b[i]!));
const dot = (a: Numbers, b: Numbers): number => a.reduce((sum, x, i) => sum + x * b[i]!, 0);

/** a + t (b - a) */
export const lerp = (a: Numbers, b: Numbers, t: number): Numbers => zip(a, b, (x, y) => x + t * (y - x));

/** From a to b along the great circle (Shoemake 1985), in a line where they point the same way. */
export function arc(a: Numbers, b: Numbers, t: number): Numbers {
  const c = Math.min(1, Math.max(-1, dot(a, b) / Math.max(Math.sqrt(dot(a, a) * dot(b, b)), 1e-8)));
  if (Math.abs(c) > 0.9995) return lerp(a, b, t);
  const angle = Math.acos(c);
  const [p, q] = [Math.sin((1 - t) * angle) / Math.sin(angle), Math.sin(t * angle) / Math.sin(angle)];
  return zip(a, b, (x, y) => p * x + q * y);
}

/** The runs' differences from where they began, averaged on the sphere one after the other. `tensors`: from, then the runs. */
const slerp: Tensorwise = ([from, ...runs]) => {
  const deltas = runs.map((run) => zip(run, from!, (x, y) => x - y));
  const mean = deltas.slice(1).reduce((made, delta, i) => arc(made, delta, 1 / (i + 2)), deltas[0]!);
  return zip(from!, mean, (x, y) => x + y);
};

/** Linear interpolation towards the initial weights: `tensors` are start and end, `numbers` how far. */
const liti: Tensorwise = ([start, end], [share]) => lerp(start!, end!, share!);

/** One step of a moving average: the old one, the new weights, and how much of the old stays. */
const ema: Tensorwise = ([old, now], [decay]) => lerp(now!, old!, decay!);

const merges: Readonly<Record<string, Tensorwise>> = { lerp: liti, liti, slerp, ema };

/** Merges sets of one model's tensors. Throws `merge_unknown`; the sets have the same names and shapes (the compiler saw to it). */
export function merge(name: string, sets: readonly VersionTensors[], numbers: readonly number[]): VersionTensors {
  const by = merges[name];
  if (by === undefined) {
    throw new NeuroError("merge_unknown", `This version does not run the merge ${name}.`, {
      hint: `It runs ${Object.keys(merges).join(", ")}.`,
    });
  }
  const [first] = sets;
  return new Map(
    [...first!].map(([tensor, { shape }]) => {
      const merged = by(
        sets.map((set) => Float64Array.from(set.get(tensor)!.data)),
        numbers,
      );
      return [tensor, { shape, data: Float32Array.from(merged) }];
    }),
  );
}
