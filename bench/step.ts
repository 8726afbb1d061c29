/**
 * What benchmarks of training steps share: a step program, its weights and a batch in a folder that both sides read, ours on the CPU in a process of
 * its own, theirs in Python, taking turns.
 */
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  evaluate,
  inputPorts,
  outputPorts,
  type Port,
  type Program,
  type ProgramJson,
  programFromJson,
  programToJson,
  renderOnnx,
} from "../kernels/index.ts";
import { openCpu } from "../runtime/device/cpu.ts";
import { arrayOf, type Data, type Device, type ProgramSource, type Tensor } from "../runtime/device/device.ts";
import { byKind, median, printed, Worker } from "./peer.ts";

/** The numbers of AdamW and clipping, the same on both sides. */
export const optimiser: Readonly<Record<string, number>> = {
  rate: 1e-3,
  beta1: 0.9,
  beta2: 0.98,
  epsilon: 1e-9,
  decay: 0.01,
  clip: 1,
};

const shapeOf = (port: Port, sizes: Readonly<Record<string, number>>): number[] => port.axes.map((a) => evaluate(a.size, sizes));

/** Weights near those of a fresh model. */
export const fresh = (port: Port, next: () => number): number => (port.name.endsWith("scale") ? 1 : (next() - 0.5) * 0.1);

/** Writes a step and what it is given, `value` of each place of each input in order; gives the folder. */
export function written(
  step: Program,
  sizes: Readonly<Record<string, number>>,
  value: (port: Port, place: number) => number,
): string {
  const folder = mkdtempSync(join(tmpdir(), "neuro-step-"));
  const ports = inputPorts(step);
  ports.forEach((port, i) => {
    const count = shapeOf(port, sizes).reduce((n, s) => n * s, 1);
    writeFileSync(join(folder, `${i}.bin`), arrayOf(port.dtype).from(Array.from({ length: count }, (_, at) => value(port, at))));
  });
  writeFileSync(join(folder, "ports.json"), JSON.stringify(ports.map((port) => ({ ...port, shape: shapeOf(port, sizes) }))));
  writeFileSync(join(folder, "outputs.json"), JSON.stringify(outputPorts(step)));
  writeFileSync(join(folder, "step.json"), JSON.stringify(programToJson(step)));
  writeFileSync(join(folder, "step.onnx"), renderOnnx(step));
  return folder;
}

/** A device with the step's program and its inputs on it, from the folder. */
async function opened(folder: string, threads: number) {
  const ports = JSON.parse(readFileSync(join(folder, "ports.json"), "utf8")) as (Port & { shape: number[] })[];
  const outputs = JSON.parse(readFileSync(join(folder, "outputs.json"), "utf8")) as Port[];
  const device: Device = await openCpu({ threads });
  const none = () => Promise.reject(new Error("not here"));
  const onnx = () => readFileSync(join(folder, "step.onnx"));
  const ir = () => programFromJson(JSON.parse(readFileSync(join(folder, "step.json"), "utf8")) as ProgramJson);
  const source: ProgramSource = { name: "step", inputs: ports, outputs, ir, onnx, wgsl: none };
  const program = await device.prepare(source);
  const state: Record<string, Tensor> = {};
  ports.forEach((port, i) => {
    const bytes = new Uint8Array(readFileSync(join(folder, `${i}.bin`)));
    state[port.name] = device.upload(port.dtype, port.shape, new (arrayOf(port.dtype))(bytes.buffer) as Data);
  });
  return { device, program, state };
}

/** Our side of the comparison: answers `run N` with the seconds of N steps. */
export async function serve(folder: string, threads: number): Promise<void> {
  const { device, program, state } = await opened(folder, threads);
  let step = 0;
  await Worker.answer({}, async (count) => {
    const [seconds, losses]: [number[], number[]] = [[], []];
    for (let i = 0; i < count; i++) {
      device.write(state.step!, Float32Array.of(++step));
      const from = performance.now();
      const { loss, ...rest } = await device.run(program, state, state);
      seconds.push((performance.now() - from) / 1000);
      losses.push((await device.read(loss!))[0]!);
      device.release(loss!, ...Object.entries(rest).flatMap(([name, t]) => (state[name] === t ? [] : [t])));
    }
    return { seconds, losses, memory: process.resourceUsage().maxRSS * 1024 };
  });
}

/** Prints where the time of our step goes, by operator. */
export async function profiled(folder: string, threads: number): Promise<void> {
  const { device, program, state } = await opened(folder, threads);
  device.write(state.step!, Float32Array.of(1));
  printed(byKind(await device.profile(program, state)));
  await device.close();
}

type Found = { readonly seconds: number[]; readonly losses: number[]; readonly memory: number; readonly work: number };

/** The head of the table that {@link compared} prints rows of, with the columns of its name in front. */
export const head = (...first: readonly string[]): string => {
  const columns = [...first, "", "median", "least", "at work", "peak memory", "first losses"];
  return `| ${columns.join(" | ")} |\n|${" --- |".repeat(columns.length)}`;
};

/** Lets both sides take turns, prints a row for each, and gives PyTorch's median time over ours. `theirs` is a Python script that reads the folder. */
export async function compared(
  name: string,
  folder: string,
  given: {
    readonly threads: number;
    readonly rounds: number;
    readonly ours: string;
    readonly python: string;
    readonly theirs: readonly string[];
  },
): Promise<number> {
  // PyTorch's own number of threads leaves its BLAS with all cores.
  const count = String(given.threads);
  const env = { ...process.env, OMP_NUM_THREADS: count, OPENBLAS_NUM_THREADS: count, MKL_NUM_THREADS: count };
  const workers = [
    new Worker(process.execPath, [given.ours, "--serve", folder, "--threads", count]),
    new Worker(given.python, [...given.theirs, folder, count], env),
  ];
  const rounds: Found[][] = [[], []];
  for (let round = 0; round <= given.rounds; round++)
    for (const [i, worker] of workers.entries()) rounds[i]!.push((await worker.ask("run 2")) as Found);
  for (const worker of workers) worker.end();
  const medians = rounds.map((found, i) => {
    // The first round of each warms what is kept.
    const counted = found.slice(1);
    const seconds = counted.flatMap((one) => one.seconds);
    const work = median(counted.map((one) => one.work / 2));
    const first = found.flatMap((one) => one.losses).slice(0, 3);
    const ms = [median(seconds), Math.min(...seconds), work].map((s) => `${(1000 * s).toFixed(0)} ms`);
    const memory = `${(found.at(-1)!.memory / 2 ** 20).toFixed(0)} MB`;
    console.log(`| ${[name, ["neuro", "PyTorch"][i], ...ms, memory, first.map((l) => l.toFixed(5)).join(" ")].join(" | ")} |`);
    return median(seconds);
  });
  return medians[1]! / medians[0]!;
}
