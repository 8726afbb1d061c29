// Words that are hidden in a text are told from both sides, in place; only those that were chosen count, and they are learned.
import { expect, test } from "vitest";
import * as k from "../../kernels/index.ts";
import { interpret } from "../../kernels/interp/interpret.ts";
import { objectivePrograms } from "./objective.ts";
import { modelOf, stdlib } from "./testing.ts";

const noise = (n: number, seed: number): number[] =>
  Array.from({ length: n }, (_, i) => 0.5 * Math.sin(12.9898 * (i + 1) + 78.233 * seed));
const masked = "type Masked = { masked: Answer, answer: Answer, keep: [token(answer)] of Bool }";
const model = "model m: Bert { depth: 1 layers, width: 8, heads: 2, inner: 12, positions: 8 }";
const std = ["models", "decoders", "encoders"].map(stdlib);
const { context, instance, objective } = modelOf([...std, masked, model], "m", 11, "MaskedModel");
const use = { decl: objective("masked_words"), models: new Map([["model", instance]]), name: "m.masked_words" };
const { loss, step } = objectivePrograms(context, use)!;
const sizes = { batch: 2, answer: 5 };
const scalars: Record<string, number> = { rate: 0.03, step: 1, beta1: 0.9, beta2: 0.98, epsilon: 1e-9, decay: 0, clip: 1 };
const ids = [3, 5, 7, 4, 6, 3, 8, 9, 0, 0];
const row = { "answer.ids": ids, "answer.masked": [3, 10, 7, 10, 6, 3, 10, 9, 0, 0], keep: [0, 1, 0, 1, 0, 0, 1, 0, 0, 0] };

function feedsOf(program: k.Program, more: Record<string, number[]> = {}): Record<string, ArrayLike<number>> {
  const given: Record<string, number[]> = { ...row, "answer.present": [1, 1, 1, 1, 1, 1, 1, 1, 0, 0], ...more };
  return Object.fromEntries(
    k.inputPorts(program).map(({ name, axes, role }, i) => {
      const n = axes.reduce((size, a) => size * k.evaluate(a.size, sizes), 1);
      if (role === "scalar") return [name, [scalars[name] ?? 0]];
      return [name, given[name] ?? (role === "state" ? new Array<number>(n).fill(0) : noise(n, i + 1))];
    }),
  );
}
const lossOf = (more: Record<string, number[]>): number => interpret(loss.program, feedsOf(loss.program, more), sizes).loss![0]!;

test("the loss is that of the words which count alone, and what is shown decides it from both sides", () => {
  const whole = lossOf({});
  expect(lossOf({ "answer.ids": ids.map((id, i) => (row.keep[i] ? id : 1)) })).toBe(whole);
  expect(lossOf({ "answer.ids": ids.map((id, i) => (i === 3 ? 2 : id)) })).not.toBeCloseTo(whole, 5);
  for (const place of [0, 4]) {
    const shown = row["answer.masked"].map((id, i) => (i === place ? 2 : id));
    expect(lossOf({ "answer.masked": shown })).not.toBeCloseTo(whole, 5);
  }
  // Padding is neither seen nor told.
  expect(lossOf({ "answer.masked": [...row["answer.masked"].slice(0, 8), 5, 5] })).toBe(whole);
  const each = [0, 1, 2].map((which) => {
    const places = row.keep.flatMap((keep, i) => (keep ? [i] : []));
    return lossOf({ keep: row.keep.map((_, i) => (i === places[which] ? 1 : 0)) });
  });
  expect(each.reduce((sum, x) => sum + x, 0) / 3).toBeCloseTo(whole, 9);
});

test("hidden words are learned", () => {
  let feeds = feedsOf(step.program);
  const losses: number[] = [];
  for (let round = 1; round <= 30; round++) {
    const out = interpret(step.program, { ...feeds, step: [round] }, sizes);
    losses.push(out.loss![0]!);
    feeds = { ...feeds, ...Object.fromEntries(Object.entries(out).filter(([name]) => name in feeds)) };
  }
  expect(losses.at(-1)).toBeLessThan(0.3 * losses[0]!);
});
