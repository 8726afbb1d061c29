/** What must hold of any graph: gradients are slopes, passes keep values and the law, onnxruntime agrees. */
import { expect } from "vitest";
import {
  broken,
  gradients,
  inputOf,
  interpret,
  type Node,
  namesOf,
  optimized,
  output,
  type Program,
  program,
  topological,
} from "../index.ts";
import { drawn } from "../ops/drawn.ts";
import { runOnnx } from "../render/onnx-session.ts";
import { stagesOf } from "../rules/passes.ts";
import { graphBinding, randomGraph } from "./random-graph.ts";

/** The inputs that a graph reads. */
export const inputsOf = (node: Node): Node[] => topological([node]).filter((n) => n.op === "input");

/** The largest difference, relative to the largest of what is expected (or 1). */
export const scaled = (a: Float64Array, b: Float64Array): number => {
  const size = Math.max(1, ...b.map(Math.abs));
  return a.reduce((worst, v, i) => Math.max(worst, v === b[i] ? 0 : Math.abs(v - b[i]!) / size), 0);
};

/** How far each output moves when inputs are rounded otherwise: where a graph magnifies that, a device may be ten times as far off. */
export function sensitivity(whole: Program, feeds: Record<string, Float64Array>, rounding: number): Record<string, number> {
  const [exact, moved] = [interpret(whole, feeds, graphBinding), interpret(whole, nudged(feeds, rounding), graphBinding)];
  return Object.fromEntries(whole.outputs.map(({ name }) => [name, 10 * scaled(moved[name]!, exact[name]!)]));
}

/** Inputs nudged as rounding would nudge them. */
const nudged = (feeds: Record<string, Float64Array>, by: number): Record<string, Float64Array> =>
  Object.fromEntries(
    Object.entries(feeds).map(([n, v]) => [n, /^(q\.|below)/.test(n) ? v : v.map((x, i) => x * (1 + ((i % 3) - 1) * by))]),
  );

/** How far results may be from the interpreter's: after passes, on a device; and how inputs are rounded. */
interface Tolerance {
  readonly passes: number;
  readonly device: number;
  readonly rounding: number;
}

/** Runs a program through passes and on onnxruntime, and compares with the interpreter, whose results it returns. */
async function agrees(
  whole: Program,
  seed: number,
  { passes, device, rounding }: Tolerance,
): Promise<Record<string, Float64Array>> {
  expect(broken(whole), `seed ${seed}`).toEqual([]);
  const feeds = drawn(whole, graphBinding, seed);
  const exact = interpret(whole, feeds, graphBinding);
  const stages = stagesOf(whole, "onnx");
  for (const stage of stages) expect(broken(stage.program), `seed ${seed} after ${stage.name}`).toEqual([]);
  const simple = interpret(stages.at(-1)!.program, feeds, graphBinding);
  const found = await runOnnx(optimized(whole), feeds, graphBinding);
  for (const o of whole.outputs) {
    const moved = scaled(simple[o.name]!, exact[o.name]!);
    const off = scaled(found[o.name]!, exact[o.name]!);
    if (moved < passes && off < device) continue;
    const sensitive = sensitivity(whole, feeds, rounding)[o.name]!;
    const rewritten = passes < device ? passes : Math.max(passes, sensitive);
    expect(moved, `seed ${seed}: ${o.name} after passes`).toBeLessThan(rewritten);
    expect(off, `seed ${seed}: ${o.name} on onnxruntime`).toBeLessThan(Math.max(device, sensitive));
  }
  return exact;
}

/** Checks one random graph of f32 and its gradients; the error names the seed. */
export async function holds(seed: number, steps: number): Promise<void> {
  const loss = randomGraph(seed, steps);
  const inputs = inputsOf(loss);
  const wanted = inputs.filter((n) => n.dtype === "f32");
  const found = gradients(loss, wanted);
  const outputs = found.flatMap((g, i) => (g ? [output(`g${i}`, "value", g, namesOf(wanted[i]!.axes))] : []));
  const whole = program(`seed ${seed}`, [output("loss", "loss", loss), ...outputs], inputs);
  const exact = await agrees(whole, seed, { passes: 1e-7, device: 1e-5, rounding: 1e-6 });
  slopes(seed, loss, wanted, drawn(whole, graphBinding, seed), exact);
}

/** Checks one random graph that computes in f16 here and there. */
export async function holdsNarrow(seed: number, steps: number): Promise<void> {
  const loss = randomGraph(seed, steps, true);
  const whole = program(`seed ${seed}`, [output("loss", "loss", loss)], inputsOf(loss));
  await agrees(whole, seed, { passes: 1e-2, device: 1e-2, rounding: 1e-3 });
}

/** One place of each gradient against a central difference; places where the graph has a corner are told by two widths. */
function slopes(
  seed: number,
  loss: Node,
  wanted: readonly Node[],
  feeds: Record<string, Float64Array>,
  exact: Record<string, Float64Array>,
): void {
  const value = program("v", [output("loss", "loss", loss)], inputsOf(loss));
  wanted.forEach((node, i) => {
    const { name } = inputOf(node);
    const k = seed % feeds[name]!.length;
    const at = (by: number) =>
      interpret(value, { ...feeds, [name]: feeds[name]!.map((v, j) => (j === k ? v + by : v)) }, graphBinding).loss![0]!;
    const slope = (width: number) => (at(width) - at(-width)) / (2 * width);
    const [fine, coarse] = [slope(1e-6), slope(1e-5)];
    if (Math.abs(fine - coarse) > 1e-6 * Math.max(1, Math.abs(fine))) return;
    const gradient = exact[`g${i}`]?.[k] ?? 0;
    expect(Math.abs(fine - gradient) / Math.max(1, Math.abs(fine)), `seed ${seed}: slope along ${name}`).toBeLessThan(1e-5);
  });
}
