/**
 * A training step of an encoder-decoder (training-step.neuro, compiled) against the same step in PyTorch eager (training-step.py), both in one run, taking
 * turns: width 256, 4 + 4 layers, 8 heads, vocabulary 8192, batch 16, 128 + 64 tokens, clipping and AdamW.
 *   node bench/training-step.ts [--threads 1,2] [--rounds 7] [--python python3] [--profile]
 * `--profile` tells instead where the time of our step goes. The table is in training-step.md.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { objectivePrograms } from "../compiler/lower/objective.ts";
import { modelOf, stdlib } from "../compiler/lower/testing.ts";
import type { Callable } from "../grammar/index.ts";
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
import { numbers } from "../kernels/ops/drawn.ts";
import { openCpu } from "../runtime/device/cpu.ts";
import { arrayOf, type Data, type Device, type ProgramSource, type Tensor } from "../runtime/device/device.ts";
import { byKind, median, printed, Worker } from "./peer.ts";

const { values: flags } = parseArgs({
  options: {
    threads: { type: "string", default: "1,2" },
    rounds: { type: "string", default: "7" },
    python: { type: "string", default: "python3" },
    profile: { type: "boolean", default: false },
    serve: { type: "string" },
  },
});

const vocabulary = 8192;
const sizes = { batch: 16, source: 128, answer: 64 };
const scalars: Record<string, number> = { rate: 1e-3, beta1: 0.9, beta2: 0.98, epsilon: 1e-9, decay: 0.01, clip: 1 };

function compiled(): Program {
  const spec = readFileSync(new URL("./training-step.neuro", import.meta.url), "utf8").replace(/^use .*$/gm, "");
  const { context, instance, objective } = modelOf([stdlib("models"), stdlib("objectives"), spec], "translator", vocabulary);
  const decl = objective("cross_entropy") as Callable;
  const made = objectivePrograms(context, { decl, models: new Map([["policy", instance]]), name: "translator.cross_entropy" });
  if (!made) throw new Error("the specification has faults");
  return made.step.program;
}

const shapeOf = (port: Port): number[] => port.axes.map((a) => evaluate(a.size, sizes));

/** Weights near those of a fresh model, ids anywhere in the vocabulary, all of the text there. */
function valuesOf(port: Port, next: () => number): Data {
  const count = shapeOf(port).reduce((n, s) => n * s, 1);
  const value = (): number => {
    if (port.name.endsWith(".present")) return 1;
    if (port.dtype === "i32") return Math.floor(next() * vocabulary);
    if (port.role !== "weight") return scalars[port.name] ?? 0;
    return port.name.endsWith("scale") ? 1 : (next() - 0.5) * 0.1;
  };
  return arrayOf(port.dtype).from(Array.from({ length: count }, value));
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
async function serve(folder: string, threads: number): Promise<void> {
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

function prepared(): string {
  const folder = mkdtempSync(join(tmpdir(), "neuro-step-"));
  const step = compiled();
  const next = numbers(7);
  const ports = inputPorts(step);
  ports.forEach((port, i) => void writeFileSync(join(folder, `${i}.bin`), valuesOf(port, next)));
  writeFileSync(join(folder, "ports.json"), JSON.stringify(ports.map((port) => ({ ...port, shape: shapeOf(port) }))));
  writeFileSync(join(folder, "outputs.json"), JSON.stringify(outputPorts(step)));
  writeFileSync(join(folder, "step.json"), JSON.stringify(programToJson(step)));
  writeFileSync(join(folder, "step.onnx"), renderOnnx(step));
  return folder;
}

async function compared(folder: string, threads: number): Promise<void> {
  const ours = new Worker(process.execPath, [import.meta.filename, "--serve", folder, "--threads", String(threads)]);
  // PyTorch's own number of threads leaves its BLAS with all cores.
  const count = String(threads);
  const env = { ...process.env, OMP_NUM_THREADS: count, OPENBLAS_NUM_THREADS: count, MKL_NUM_THREADS: count };
  const theirs = new Worker(flags.python, [join(import.meta.dirname, "training-step.py"), folder, count], env);
  const sides = [ours, theirs].map((worker) => ({
    worker,
    seconds: [] as number[],
    work: [] as number[],
    losses: [] as number[],
    memory: 0,
  }));
  for (let round = 0; round <= Number(flags.rounds); round++)
    for (const side of sides) {
      const { seconds, losses, memory, work } = (await side.worker.ask("run 2")) as {
        seconds: number[];
        losses: number[];
        memory: number;
        work: number;
      };
      side.losses.push(...losses);
      side.memory = memory;
      if (round > 0) side.seconds.push(...seconds);
      if (round > 0) side.work.push(work / 2);
    }
  const [a, b] = sides.map((side) => median(side.seconds)) as [number, number];
  for (const [i, name] of ["neuro", "PyTorch"].entries()) {
    const { seconds, work, losses, memory, worker } = sides[i]!;
    const first = losses.slice(0, 3).map((l) => l.toFixed(5));
    console.log(
      `| ${threads} | ${name} | ${(1000 * median(seconds)).toFixed(0)} ms | ${(1000 * Math.min(...seconds)).toFixed(0)} ms | ${(1000 * median(work)).toFixed(0)} ms | ${(memory / 2 ** 20).toFixed(0)} MB | ${first.join(" ")} |`,
    );
    worker.end();
  }
  console.log(`PyTorch / neuro on ${threads} thread(s): ${(b / a).toFixed(2)}`);
}

const threads = flags.threads.split(",").map(Number);
if (flags.serve !== undefined) await serve(flags.serve, threads[0]!);
else {
  const folder = prepared();
  try {
    if (flags.profile) {
      const { device, program, state } = await opened(folder, threads[0]!);
      device.write(state.step!, Float32Array.of(1));
      const times = await device.profile(program, state);
      printed(byKind(times));
      await device.close();
    } else {
      console.log(
        "| threads | | median | least | at work | peak memory | first losses |\n| --- | --- | --- | --- | --- | --- | --- |",
      );
      for (const n of threads) await compared(folder, n);
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
}
