/**
 * A training step of a small encoder-decoder as one ONNX graph: time per step, and where it goes with --profile.
 *   node bench/training-step.ts [--steps 10] [--threads 1] [--profile]
 * Batch 32, source 256, target 24, width 128, 4 heads, 4 + 2 layers, vocabulary 4096, copying head. bench/training-step.py is
 * the same step in PyTorch.
 */
import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { inputPorts, outputPorts, type Program, renderOnnx, trainingStep } from "../kernels/index.ts";
import { inputOf, nodesOf } from "../kernels/ir/program.ts";
import { evaluate } from "../kernels/ir/size.ts";
import { numbers } from "../kernels/ops/drawn.ts";
import { onnxFeeds, onnxSession } from "../kernels/render/onnx-session.ts";
import { crossEntropy } from "../kernels/tests/encoder-decoder.ts";
import { openCpu } from "../runtime/device/cpu.ts";

const { values: flags } = parseArgs({
  options: {
    steps: { type: "string", default: "10" },
    threads: { type: "string", default: "1" },
    profile: { type: "boolean", default: false },
  },
});

const shape = { width: 128, heads: 4, encoder: 4, decoder: 2, vocabulary: 4096 };
const binding = { b: 32, s: 256, t: 24 };

/** Weights near those of a fresh model, ids anywhere in the vocabulary, everything present. */
function feedsOf(p: Program): Record<string, Float32Array | Int32Array | Uint8Array> {
  const next = numbers(7);
  const scalars: Record<string, number> = { rate: 1e-3, step: 1, beta1: 0.9, beta2: 0.98, epsilon: 1e-9, decay: 0.01, clip: 1 };
  return Object.fromEntries(
    p.inputs.map((n) => {
      const { name, role } = inputOf(n);
      const count = n.axes.reduce((c, a) => c * evaluate(a.size, binding), 1);
      const values = Array.from({ length: count }, () => {
        if (n.dtype === "bool") return 1;
        if (n.dtype === "i32") return Math.floor(next() * shape.vocabulary);
        if (role === "state") return 0;
        return scalars[name] ?? (name.endsWith("scale") ? 1 : (next() - 0.5) * 0.1);
      });
      return [
        name,
        n.dtype === "f32" ? Float32Array.from(values) : n.dtype === "i32" ? Int32Array.from(values) : Uint8Array.from(values),
      ];
    }),
  );
}

const started = performance.now();
const step = trainingStep(crossEntropy(shape), { name: "step" });
const derived = performance.now();
const model = renderOnnx(step);
console.log(
  `${nodesOf(step).length} nodes; derived in ${(derived - started).toFixed(0)} ms, rendered in ${(performance.now() - derived).toFixed(0)} ms (${(model.length / 1024).toFixed(0)} KB)`,
);

async function profiled(): Promise<void> {
  const prefix = join(mkdtempSync(join(tmpdir(), "neuro-")), "profile");
  const session = await onnxSession(step, {
    enableProfiling: true,
    profileFilePrefix: prefix,
    intraOpNumThreads: Number(flags.threads),
  });
  const feeds = onnxFeeds(step, feedsOf(step), binding);
  for (let i = 0; i < 3; i++) await session.run(feeds);
  session.endProfiling();
  const { globSync } = await import("node:fs");
  const [file] = globSync(`${prefix}*`);
  const events = JSON.parse(readFileSync(file!, "utf8")) as {
    cat: string;
    name: string;
    dur: number;
    args?: { op_name?: string; output_size?: string };
  }[];
  const nodes = events.filter((e) => e.cat === "Node" && e.name.endsWith("_kernel_time"));
  const total = (key: (e: (typeof nodes)[number]) => string) => {
    const sums = new Map<string, number>();
    for (const e of nodes) sums.set(key(e), (sums.get(key(e)) ?? 0) + e.dur / 3000);
    return [...sums].sort((a, b) => b[1] - a[1]);
  };
  for (const [name, ms] of total((e) => e.args?.op_name ?? "?").slice(0, 25))
    console.log(`${ms.toFixed(1).padStart(8)} ms  ${name}`);
  console.log("\nthe longest nodes");
  for (const [name, ms] of total((e) => `${e.args?.op_name} ${e.name} ${Number(e.args?.output_size) / 1e6}MB`).slice(0, 60))
    console.log(`${ms.toFixed(1).padStart(8)} ms  ${name}`);
}

async function timed(): Promise<void> {
  const device = await openCpu({ threads: Number(flags.threads) });
  const source = {
    name: "step",
    inputs: inputPorts(step),
    outputs: outputPorts(step),
    ir: () => step,
    onnx: () => model,
    wgsl: () => Promise.reject(new Error("not here")),
  };
  const runnable = await device.prepare(source);
  const feeds = feedsOf(step);
  const tensors = Object.fromEntries(
    source.inputs.map((port) => [
      port.name,
      device.upload(
        port.dtype,
        port.axes.map((a) => evaluate(a.size, binding)),
        feeds[port.name]!,
      ),
    ]),
  );
  const [times, work]: [number[], number[]] = [[], []];
  for (let i = 1; i <= Number(flags.steps); i++) {
    device.write(tensors.step!, Float32Array.of(i));
    const from = performance.now();
    const before = process.cpuUsage();
    const found = await device.run(runnable, tensors, tensors);
    times.push(performance.now() - from);
    const used = process.cpuUsage(before);
    work.push((used.user + used.system) / 1000);
    console.log(
      `step ${i}: loss ${(await device.read(found.loss!))[0]!.toFixed(5)}, ${times.at(-1)!.toFixed(0)} ms, of them ${work.at(-1)!.toFixed(0)} at work`,
    );
  }
  const told = (list: number[]) =>
    `median ${list.sort((a, b) => a - b)[Math.floor(list.length / 2)]!.toFixed(0)} ms, least ${list[0]!.toFixed(0)} ms`;
  console.log(`${told(times)}; at work ${told(work)}; ${flags.threads} thread(s)`);
  await device.close();
}

await (flags.profile ? profiled() : timed());
