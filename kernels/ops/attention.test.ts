import { expect, test } from "vitest";
import { gradients } from "../autodiff.ts";
import { interpret } from "../interp/interpret.ts";
import { add, le, mul, select } from "../ir/elementwise.ts";
import { axis, type Node, namesOf } from "../ir/node.ts";
import { output, type Program, program } from "../ir/program.ts";
import { contract, sum } from "../ir/reduce.ts";
import { input, iota } from "../ir/source.ts";
import { runOnnx } from "../render/onnx-session.ts";
import { beforeGradients, optimized, through } from "../rules/passes.ts";
import { attention } from "./attention.ts";
import { scoreLogSumExp } from "./score-logsumexp.ts";
import { softmax } from "./softmax.ts";

const [b, t, s, d] = [axis("b", 2), axis("t", 3), axis("s", 4), axis("d", 2)];
const [q, k, v] = [
  input("q", "data", "f32", [b, t, d]),
  input("k", "data", "f32", [b, s, d]),
  input("v", "data", "f32", [b, s, d]),
];
const present = input("present", "data", "bool", [b, s]);
const scoring = { over: ["d"], along: "s", scale: 0.7 };

/** The sum of a result's squares and its gradients with respect to q, k and v, optimized. */
function graded(y: Node): Program {
  const simple = through(program("loss", [output("loss", "loss", sum(mul(y, y), namesOf(y.axes)))]), beforeGradients);
  const found = gradients(simple.outputs[0]!.node, [q, k, v]);
  const outputs = found.flatMap((g, i) => (g ? [output(`g${i}`, "value", g, namesOf([q, k, v][i]!.axes))] : []));
  return optimized(program("p", [...simple.outputs, output("y", "value", y), ...outputs], [q, k, v]));
}

const line = (n: number, of: (i: number) => number): number[] => Array.from({ length: n }, (_, i) => of(i));
const soft = { q: line(12, (i) => Math.sin(i)), k: line(16, (i) => Math.cos(2 * i)), v: line(16, (i) => Math.sin(3 * i)) };

/** What techniques of attention stumble on. */
const delicate: Readonly<Record<string, Record<string, number[]>>> = {
  "nothing is present in one row": { ...soft, present: [1, 0, 1, 1, 0, 0, 0, 0] },
  "nothing is present at all": { ...soft, present: line(8, () => 0) },
  "logits are huge": {
    ...soft,
    q: line(12, (i) => (i % 2 ? -1e8 : 1e8)),
    k: line(16, (i) => (i % 3) * 1e8),
    present: line(8, () => 1),
  },
  "logits are hugely negative": { ...soft, q: line(12, () => 1e8), k: line(16, () => -1e8), present: line(8, () => 1) },
  "all logits are equal": { ...soft, k: line(16, () => 0.25), present: line(8, () => 1) },
};

const forms: readonly (readonly [string, Program])[] = [
  ["attention", graded(attention(q, k, v, { ...scoring, present }))],
  ["attention as it is written", graded(contract(softmax(mul(contract(q, k, ["d"]), 0.7), ["s"], present), v, ["s"]))],
  ["causal attention of the present", graded(attention(q, k, v, { ...scoring, present: le(iota(s), iota(t)) }))],
  ["the logarithm of the sum", graded(select(le(iota(t), 5), scoreLogSumExp(q, k, scoring), 0))],
];

test.each(Object.keys(delicate))("where %s every number is finite, on the interpreter and on onnxruntime", async (why) => {
  for (const [name, p] of forms)
    for (const found of [interpret(p, delicate[why]!, {}), await runOnnx(p, delicate[why]!, {})])
      for (const o of p.outputs) expect([...found[o.name]!].every(Number.isFinite), `${o.name} of ${name}`).toBe(true);
});

test("a row where nothing is present gives 0 and moves nothing", async () => {
  const p = graded(attention(q, k, v, { ...scoring, present }));
  const feeds = delicate["nothing is present in one row"]!;
  for (const found of [interpret(p, feeds, {}), await runOnnx(p, feeds, {})])
    for (const name of ["y", "g0", "g1", "g2"]) {
      const values = [...found[name]!];
      expect(values.slice(values.length / 2).every((x) => Math.abs(x) === 0)).toBe(true);
      expect(values.slice(0, values.length / 2).some((x) => x !== 0)).toBe(true);
    }
});

test("equal logits are shared equally, and a bias alike for all keys changes nothing", () => {
  const feeds = delicate["all logits are equal"]!;
  const biased = attention(q, k, v, { ...scoring, bias: add(mul(sum(q, ["d"]), 3), 1) });
  const p = program("p", [output("y", "value", attention(q, k, v, scoring)), output("z", "value", biased)]);
  const { y, z } = interpret(p, feeds, {});
  const mean = (row: number, c: number) => [0, 1, 2, 3].reduce((n, i) => n + feeds.v![row * 8 + i * 2 + c]! / 4, 0);
  y!.forEach((x, i) => {
    expect(x).toBeCloseTo(mean(Math.floor(i / 6), i % 2), 12);
    expect(z![i]).toBeCloseTo(x, 12);
  });
});
