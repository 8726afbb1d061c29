/**
 * Weights that follow trained ones at a distance: after each step a share of what lies between is made up for, in one program over all of
 * them where they lie. Knows nothing of objectives or of steps.
 */
import { add, axis, input, mul, namesOf, type Output, optimized, output, program, renderOnnx, sub } from "../../kernels/index.ts";
import type { Device, Tensor, Tensors } from "../device/device.ts";
import { sourceOf } from "../device/source.ts";

/** Which weights follow which: `to` and `from` are prefixes of names, and `decay` of the old stays at each step. */
export type Average = { readonly to: string; readonly from: string; readonly decay: number };

/** Whether a weight is one of those that follow. */
export const follows = (averages: readonly Average[], name: string): boolean => averages.some(({ to }) => name.startsWith(to));

/**
 * `old + (1 - decay) (now - old)` for each weight that follows (WARP: Ramé et al. 2024, section 3.1), as one output under its name, which is one
 * input's too. Nothing where none does.
 */
function outputsOf(averages: readonly Average[], held: Tensors): Output[] {
  return averages.flatMap(({ to, from, decay }) =>
    Object.entries(held).flatMap(([name, { shape }]) => {
      const followed = `${from}${name.slice(to.length)}`;
      if (!name.startsWith(to) || held[followed] === undefined) return [];
      const axes = shape.map((size, i) => axis(`a${i}`, size));
      const [old, now] = [input(name, "state", "f32", axes), input(followed, "weight", "f32", axes)];
      return [output(name, "state", add(old, mul(sub(now, old), 1 - decay)), namesOf(axes))];
    }),
  );
}

/** What moves the averages among tensors on a device after those that they follow. */
export async function openAverages(
  device: Device,
  averages: readonly Average[],
  held: Record<string, Tensor>,
): Promise<() => Promise<void>> {
  const outputs = outputsOf(averages, held);
  if (outputs.length === 0) return async () => {};
  const ready = await device.prepare(sourceOf(optimized(program("averages", outputs)), renderOnnx));
  const given = Object.fromEntries(ready.inputs.map(({ name }) => [name, held[name]!]));
  const into = Object.fromEntries(ready.outputs.map(({ name }) => [name, held[name]!]));
  return async () => void (await device.run(ready, given, into));
}
