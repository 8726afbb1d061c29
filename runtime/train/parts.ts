/**
 * A training step in parts of its batch: numbers of the whole batch first, then the gradients of the parts one after another, added up
 * in place, and one update. It holds no more than one part's activations. Knows nothing of objectives: programs say what they need.
 */
import { type Collated, type Feeds, filled } from "../data/feeds.ts";
import type { Device, ProgramSource, Runnable, Tensor, Tensors } from "../device/device.ts";

/** The programs of a step in parts, as a build has them. */
export type PartsPrograms = {
  readonly whole: { readonly program: ProgramSource; readonly feeds: Feeds } | undefined;
  readonly gradient: { readonly program: ProgramSource; readonly feeds: Feeds };
  readonly apply: { readonly program: ProgramSource; readonly feeds: Feeds };
};

/** The same, ready on a device. */
export type PartsReady = { readonly whole: Runnable | undefined; readonly gradient: Runnable; readonly apply: Runnable };

/** Compiles the programs. */
export async function readyParts(device: Device, parts: PartsPrograms): Promise<PartsReady> {
  const [whole, gradient, apply] = [parts.whole, parts.gradient, parts.apply].map((p) => p && device.prepare(p.program));
  return { whole: await whole, gradient: (await gradient)!, apply: (await apply)! };
}

/** What a program takes besides what stays on the device: a batch's values and numbers. Uploaded anew; release them. */
export function passing(
  device: Device,
  program: Runnable,
  batch: Collated,
  numbers: Readonly<Record<string, number>>,
  held: Tensors,
): Record<string, Tensor> {
  const made: Record<string, Tensor> = {};
  for (const { name, role, dtype } of program.inputs) {
    if (held[name] !== undefined) continue;
    if (role === "data") {
      const values = batch.values[name];
      if (values === undefined) throw new Error(`${program.name}: no feed says what ${name} holds`);
      made[name] = device.upload(values.dtype, values.shape, values.data);
    } else if (role === "scalar") {
      const value = numbers[name];
      if (value === undefined) throw new Error(`${program.name}: nothing gives the scalar ${name}`);
      const { shape, data } = filled(dtype, [], () => value);
      made[name] = device.upload(dtype, shape, data);
    }
  }
  return made;
}

/** One step over `parts` of a batch; `kept` (weights and moments) moves on in place. Gives loss and metrics of the whole batch. */
export async function stepInParts(
  device: Device,
  { whole, gradient, apply }: PartsReady,
  kept: Record<string, Tensor>,
  { batch, parts }: { readonly batch: Collated; readonly parts: readonly Collated[] },
  numbers: Readonly<Record<string, number>>,
): Promise<Record<string, number>> {
  const sums: Record<string, Tensor> = {};
  for (const { name, role, axes } of gradient.outputs)
    if (role === "state")
      sums[name] = device.allocate(
        "f32",
        axes.map((a) => Number(a.size)),
      );
  const all = whole ? await over(device, whole, batch, numbers, kept) : {};
  const measured: Record<string, number> = {};
  let first = 0;
  for (const part of parts) {
    const held = { ...kept, ...sums, ...all };
    const given = passing(device, gradient, part, { ...numbers, first, part: part.rows.length / batch.rows.length }, held);
    const out = await device.run(gradient, { ...held, ...given }, sums);
    await read(device, gradient, out, measured);
    device.release(...Object.values(given));
    first += part.rows.length;
  }
  const into: Record<string, Tensor> = {};
  for (const { name, role } of apply.outputs) if (role === "weight" || role === "state") into[name] = kept[name]!;
  const held = { ...kept, ...sums };
  const given = passing(device, apply, batch, numbers, held);
  const out = await device.run(apply, { ...held, ...given }, into);
  await read(device, apply, out, measured);
  device.release(...Object.values(given), ...Object.values(sums), ...Object.values(all));
  return measured;
}

/** A program over the whole batch; its outputs are to be released. */
async function over(
  device: Device,
  program: Runnable,
  batch: Collated,
  numbers: Readonly<Record<string, number>>,
  kept: Tensors,
) {
  const given = passing(device, program, batch, numbers, kept);
  const out = await device.run(program, { ...kept, ...given });
  device.release(...Object.values(given));
  return out;
}

/** Adds what a program measured to what was measured, and gives it back. */
async function read(device: Device, program: Runnable, out: Tensors, into: Record<string, number>): Promise<void> {
  for (const { name, role } of program.outputs) {
    if (role !== "loss" && role !== "metric") continue;
    const key = role === "loss" ? "loss" : name;
    into[key] = (into[key] ?? 0) + (await device.read(out[name]!))[0]!;
    device.release(out[name]!);
  }
}
