/** What must hold of any graph: gradients are slopes, passes keep values and the law, onnxruntime agrees. */
import { expect } from "vitest";
import { broken, gradients, inputOf, interpret, type Node, namesOf, output, passes, program, topological } from "../index.ts";
import { drawn } from "../ops/drawn.ts";
import { runOnnx } from "../render/onnx-session.ts";
import { graphBinding, randomGraph } from "./random-graph.ts";

const inputsOf = (node: Node): Node[] => topological([node]).filter((n) => n.op === "input");

const scaled = (a: Float64Array, b: Float64Array): number => {
  const size = Math.max(1, ...b.map(Math.abs));
  return a.reduce((worst, v, i) => Math.max(worst, v === b[i] ? 0 : Math.abs(v - b[i]!) / size), 0);
};

/** Checks one random graph; the error names the seed. */
export async function holds(seed: number, steps: number): Promise<void> {
  const loss = randomGraph(seed, steps);
  const wanted = inputsOf(loss);
  const found = gradients(loss, wanted);
  const outputs = found.flatMap((g, i) => (g ? [output(`g${i}`, "value", g, namesOf(wanted[i]!.axes))] : []));
  const whole = program(`seed ${seed}`, [output("loss", "loss", loss), ...outputs], wanted);
  expect(broken(whole), `seed ${seed}`).toEqual([]);
  const feeds = drawn(whole, graphBinding, seed);
  const exact = interpret(whole, feeds, graphBinding);
  let after = whole;
  for (const pass of passes) {
    after = pass.run(after);
    expect(broken(after), `seed ${seed} after ${pass.name}`).toEqual([]);
  }
  const simple = interpret(after, feeds, graphBinding);
  const device = await runOnnx(after, feeds, graphBinding);
  for (const o of whole.outputs) {
    expect(scaled(simple[o.name]!, exact[o.name]!), `seed ${seed}: ${o.name} after passes`).toBeLessThan(1e-7);
    const off = scaled(device[o.name]!, exact[o.name]!);
    if (off < 1e-4) continue;
    // Where the graph itself magnifies rounding, a device may be as far off as inputs rounded otherwise would put it.
    const nudged = Object.fromEntries(
      Object.entries(feeds).map(([n, v]) => [n, v.map((x, i) => x * (1 + ((i % 3) - 1) * 1e-6))]),
    );
    const sensitive = scaled(interpret(whole, nudged, graphBinding)[o.name]!, exact[o.name]!);
    expect(off, `seed ${seed}: ${o.name} on onnxruntime`).toBeLessThan(10 * sensitive);
  }
  slopes(seed, loss, wanted, feeds, exact);
}

/** One place of each gradient against a central difference; places where the graph has a corner are told by two widths. */
function slopes(
  seed: number,
  loss: Node,
  wanted: readonly Node[],
  feeds: Record<string, Float64Array>,
  exact: Record<string, Float64Array>,
): void {
  const value = program("v", [output("loss", "loss", loss)], wanted);
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
