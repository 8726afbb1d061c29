/**
 * A merge of weights is a compiled program of one tensor (language-core, section 7): it runs tensor by tensor, by name, on a device.
 * Knows nothing of which merges there are.
 */
import { filled } from "../data/feeds.ts";
import type { Device, ProgramSource, Runnable, Tensor } from "../device/device.ts";
import { NeuroError } from "../error.ts";
import { loopOf, type Numbers } from "../merge/loop.ts";
import type { WeightTensor } from "../weights/tensors.ts";
import { Version, type VersionTensors } from "./version.ts";

/** The versions among a merge's arguments by the names of its program's inputs: `from`, and `runs.1`, `runs.2` for a list. */
export function versionsOf(given: Readonly<Record<string, unknown>>): Map<string, Version> {
  const found = new Map<string, Version>();
  for (const [name, value] of Object.entries(given)) {
    if (value instanceof Version) found.set(name, value);
    const list = Array.isArray(value) ? value.flat(9) : [];
    for (const [i, one] of list.entries()) if (one instanceof Version) found.set(`${name}.${i + 1}`, one);
  }
  return found;
}

/** The program for these arguments. Throws `merge_unknown` where the build has none, which is so when a list is longer than it could tell. */
export function chooseMerge(
  name: string,
  programs: readonly ProgramSource[],
  versions: ReadonlyMap<string, Version>,
  where: string,
): ProgramSource {
  const lists = [...versions.keys()].filter((key) => /\.\d+$/.test(key));
  const longest = Math.max(0, ...lists.map((key) => Number(key.slice(key.lastIndexOf(".") + 1))));
  const fits = ({ name: built, inputs }: ProgramSource): boolean =>
    (longest === 0 || built.split(".").includes(String(longest))) &&
    inputs.every((port) => port.role !== "data" || versions.has(port.name) || typeof port.axes[0]?.size === "number");
  const found = programs.find(fits);
  if (found !== undefined) return found;
  const of = longest > 0 ? ` of ${longest} runs` : "";
  throw new NeuroError("merge_unknown", `The build has no program for the merge ${name}${of}.`, {
    where,
    hint: "Name the runs by a list or a `for` over a range that is known while compiling, and build again.",
  });
}

/** Throws `weights_differ` with the first tensor that only one of two versions has, or that has another shape in each. */
function alike({ name: merge, where }: { readonly name: string; readonly where: string }, left: Version, right: Version): void {
  for (const name of new Set([...left.tensors.keys(), ...right.tensors.keys()])) {
    const [a, b] = [left, right].map(({ tensors }) => tensors.get(name)?.shape.join(", "));
    if (a === b) continue;
    const is = (shape: string | undefined): string => (shape === undefined ? "absent" : `[${shape}]`);
    const [x, y] = [left.model.name, right.model.name];
    const what = `${name} is ${is(a)} in ${x} and ${is(b)} in ${y}`;
    throw new NeuroError("weights_differ", `${merge} was given ${x} and ${y}, whose tensors differ: ${what}.`, {
      where,
      hint: "Merge runs of one model, or of models that are declared alike.",
    });
  }
}

/** A tensor's name as one 32-bit word, for merges that draw (FNV-1a). */
const wordOf = (name: string): number =>
  [...name].reduce((hash, c) => Math.imul(hash ^ c.codePointAt(0)!, 0x01000193) >>> 0, 0x811c9dc5);

/** Runs the program over every tensor of the versions. Throws `weights_differ` where they do not have the same ones. */
export async function merge(
  device: () => Promise<Device>,
  source: ProgramSource,
  versions: ReadonlyMap<string, Version>,
  numbers: Readonly<Record<string, unknown>>,
  at: { readonly name: string; readonly where: string },
): Promise<VersionTensors> {
  const merger = await mergerOf(source, device);
  const [first, ...others] = [...versions.values()] as [Version, ...Version[]];
  for (const other of others) alike(at, first, other);
  const merged = new Map<string, WeightTensor>();
  for (const [name, { shape, data }] of first.tensors) {
    const given = new Map([...versions].map(([input, version]) => [input, version.tensors.get(name)!.data]));
    merged.set(name, { shape, data: await merger(name, given, numbers, new Float32Array(data.length)) });
  }
  return merged;
}

/**
 * One tensor of a merge: its values by the program's inputs, and the rest of the inputs: a number, or a list with one for each run (a number
 * alone counts for all of them). The result may be written into `into`, which may be one of the tensors.
 */
export type Merger = (
  name: string,
  tensors: ReadonlyMap<string, Float32Array>,
  numbers: Readonly<Record<string, unknown>>,
  into: Float32Array,
) => Promise<Float32Array>;

/** A program of one tensor made ready: a loop in this process, or on a device where it is more than passes over places. */
export async function mergerOf(source: ProgramSource, device: () => Promise<Device>): Promise<Merger> {
  const loop = loopOf(await source.ir());
  if (loop !== undefined)
    return async (_, tensors, numbers, into) => {
      loop(Object.fromEntries(tensors), numbers as Numbers, into);
      return into;
    };
  const on = await device();
  const program = await on.prepare(source);
  return (name, tensors, numbers) => onDevice(on, program, name, tensors, numbers);
}

async function onDevice(
  device: Device,
  program: Runnable,
  name: string,
  tensors: ReadonlyMap<string, Float32Array>,
  numbers: Readonly<Record<string, unknown>>,
): Promise<Float32Array> {
  const inputs: Record<string, Tensor> = {};
  for (const { name: input, role, dtype, axes } of program.inputs) {
    const tensor = role === "data" ? tensors.get(input) : undefined;
    const number = numbers[input];
    const { shape, data } =
      tensor !== undefined
        ? { shape: [tensor.length], data: tensor.slice() }
        : input === "tensor"
          ? filled(dtype, [], () => wordOf(name))
          : filled(dtype, role === "scalar" ? [] : [Number(axes[0]!.size)], (i) =>
              Number(Array.isArray(number) ? number[i] : number),
            );
    inputs[input] = device.upload(dtype, shape, data);
  }
  const out = await device.run(program, inputs);
  const value = Float32Array.from(await device.read(out.value!));
  device.release(...Object.values(inputs), ...Object.values(out));
  return value;
}
