/** How long programs take on a device, and what the device can do at most. Times are medians of several rounds. */
import type { Program } from "../../kernels/index.ts";
import { axis, input, inputOf, mul, output, program } from "../../kernels/index.ts";
import { bits } from "../../kernels/ir/dtype.ts";
import { productsProgram } from "../../runtime/calibrate/programs.ts";
import { countOf, type Device, type Runnable, type Tensor, type Tensors } from "../../runtime/device/device.ts";
import { drawnInputs } from "../../runtime/device/drawn-inputs.ts";
import { sourceOf } from "../../runtime/device/source.ts";

export interface Measured {
  /** Seconds of a token, a prompt or a step. */
  readonly seconds: number;
  /** Bytes of all constants: what a token must read at least. */
  readonly weights: number;
  /** Operations of one run, as its plan counts them. */
  readonly flops: number;
  /** Seconds that kernels took by the card's own clock, and how many ran. */
  readonly kernels: number;
  readonly dispatches: number;
}

const source = (p: Program) => sourceOf(p, () => new Uint8Array());
const median = (list: readonly number[]): number => [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)]!;

/** Seconds of one of `count` runs recorded after one another, the median of rounds. What `run` gives last is read, so that all are over. */
async function timed(device: Device, rounds: number, count: number, run: () => Promise<Tensor>): Promise<number> {
  const round = async (): Promise<number> => {
    const from = performance.now();
    let last = await run();
    for (let i = 1; i < count; i++) last = await run();
    await device.read(last);
    return (performance.now() - from) / 1000 / count;
  };
  await round();
  const found: number[] = [];
  for (let i = 0; i < rounds; i++) found.push(await round());
  return median(found);
}

/** A program with its constants prepared, and the inputs that are left. */
async function prepared(
  device: Device,
  p: Program,
  sizes: Readonly<Record<string, number>>,
): Promise<{ runnable: Runnable; inputs: Record<string, Tensor>; weights: number }> {
  const inputs = drawnInputs(device, p, sizes);
  const written = new Set(p.outputs.map((o) => o.name));
  const fixed = p.inputs.map(inputOf).filter(({ name, role }) => role === "weight" && !written.has(name));
  const constants = Object.fromEntries(fixed.map(({ name }) => [name, inputs[name]!]));
  const runnable = await device.prepare(source(p), { constants });
  const weights = Object.values(constants).reduce((n, t) => n + (countOf(t.shape) * bits(t.dtype)) / 8, 0);
  for (const { name } of fixed) delete inputs[name];
  device.release(...Object.values(constants));
  return { runnable, inputs, weights };
}

/** Measures a program: `moving` runs pass their state on to the next. */
export async function measure(
  device: Device,
  p: Program,
  sizes: Readonly<Record<string, number>>,
  { rounds, runs }: { rounds: number; runs: number },
): Promise<Measured> {
  const { runnable, inputs, weights } = await prepared(device, p, sizes);
  const into: Tensors = Object.fromEntries(runnable.outputs.flatMap(({ name }) => (inputs[name] ? [[name, inputs[name]!]] : [])));
  const free = runnable.outputs.find(({ name }) => !inputs[name])?.name;
  const last = free ?? (inputs.token ? "token" : runnable.outputs[0]!.name);
  const past = sizes.past;
  const told = runnable.inputs.some(({ name }) => name === "past");
  let done = 0;
  const seconds = await timed(device, rounds, runs, async () => {
    if (past !== undefined && told) {
      const here = past + (done++ % runs);
      inputs.past = device.upload("i32", [], Int32Array.of(here));
      if (inputs.at)
        device.write(
          inputs.at,
          Int32Array.from({ length: inputs.at.shape[0]! }, () => here),
        );
    }
    const found = await device.run(runnable, inputs, into);
    const result = found[last]!;
    for (const [name, tensor] of Object.entries(found)) if (!into[name] && name !== last) device.release(tensor);
    return result;
  });
  const times = await device.profile(runnable, inputs);
  await device.discard(runnable);
  device.release(...Object.values(inputs));
  return {
    seconds,
    weights,
    flops: times.reduce((n, t) => n + t.flops, 0),
    kernels: times.reduce((n, t) => n + t.seconds, 0),
    dispatches: times.length,
  };
}

/** Bytes a second that a kernel moves which reads and writes so many bytes each. */
export async function copyBandwidth(device: Device, bytes: number, rounds: number): Promise<number> {
  const x = input("x", "data", "f32", [axis("n", bytes / 4)]);
  const { kernels } = await measure(device, program("copy", [output("y", "value", mul(x, 2))]), {}, { rounds, runs: 4 });
  return (2 * bytes) / kernels;
}

/** Operations a second of large square products. */
export async function productRate(device: Device, side: number, rounds: number): Promise<number> {
  const p = productsProgram({ batch: 1, rows: side, columns: side, inner: side }, 1);
  const { kernels } = await measure(device, p, {}, { rounds, runs: 2 });
  return (4 * side ** 3) / kernels;
}
