import { expect, test } from "vitest";
import { trainingStep } from "./derive/training.ts";
import { add, exp, mul } from "./ir/elementwise.ts";
import { axis, type Node } from "./ir/node.ts";
import { nodesOf, output, program } from "./ir/program.ts";
import { contract, sum } from "./ir/reduce.ts";
import { input } from "./ir/source.ts";
import { plan } from "./plan.ts";
import { optimized, targeted } from "./rules/passes.ts";
import { livesOf, peakOf, scheduled } from "./schedule.ts";
import { crossEntropy } from "./tests/encoder-decoder.ts";

const x = input("x", "data", "f32", [axis("b", "b"), axis("d", 8)]);
const w = input("w", "weight", "f32", [axis("d", 8), axis("e", 16)]);

test("costs are counted and a chain needs room for two", () => {
  const y = contract(x, w, ["d"]);
  const p = program("p", [output("out", "value", sum(exp(mul(add(y, 1), 2)), ["e"]))]);
  const found = plan(p, { b: 10 });
  expect(found.flops).toBe(2 * 10 * 8 * 16 + 4 * 160);
  expect(found.arena).toBe(2 * 640);
  expect(found.peak).toBe(2 * 640);
});

test("the memory planned for a training step of 4 + 4 layers is within 1.15 of what is alive at once", () => {
  const step = trainingStep(crossEntropy({ width: 32, heads: 4, encoder: 4, decoder: 4, vocabulary: 512 }), { name: "step" });
  for (const p of [step, targeted(step, "onnx"), targeted(step, "wgsl")])
    for (const sizes of [
      { b: 8, s: 64, t: 12 },
      { b: 1, s: 7, t: 300 },
      { b: 16, s: 128, t: 64 },
    ]) {
      const found = plan(p, sizes);
      expect(found.arena / found.peak).toBeLessThan(1.15);
    }
});

test("the order of nodes is the same each time, keeps the law of reads, and holds fewer bytes than the order of outputs", () => {
  const p = trainingStep(crossEntropy({ width: 32, heads: 4, encoder: 2, decoder: 2, vocabulary: 512 }), { name: "step" });
  const sizes = { b: 8, s: 64, t: 12 };
  const order = scheduled(p, sizes);
  expect(scheduled(p, sizes)).toEqual(order);
  expect(new Set(order)).toEqual(new Set(nodesOf(p)));
  const place = new Map(order.map((n, i) => [n, i]));
  for (const n of order) for (const i of n.inputs) expect(place.get(i)!).toBeLessThan(place.get(n)!);
  const alive = (nodes: readonly Node[]) => peakOf(livesOf(p, nodes, sizes), nodes.length).bytes;
  expect(alive(order)).toBeLessThan(alive(nodesOf(p)));
});

test("the next value of an input is written over it", () => {
  const grown = program("p", [output("x", "state", add(x, 1))]);
  expect(plan(grown, { b: 4 }).arena).toBe(0);
  const both = program("p", [output("x", "state", add(x, 1)), output("y", "value", add(x, 1))]);
  expect(plan(both, { b: 4 }).arena).toBe(4 * 8 * 4);
});

test("a result that is an output is never overwritten", () => {
  const y = exp(x);
  const p = optimized(program("p", [output("y", "value", y), output("z", "value", exp(mul(y, 2)))]));
  const found = plan(p, { b: 2 });
  const [first, ...later] = found.kernels;
  for (const k of later) expect(k.at).toBeGreaterThanOrEqual(first!.at + 2 * 8 * 4);
});
