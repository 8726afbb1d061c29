import { expect, test } from "vitest";
import { interpret } from "../interp/interpret.ts";
import { mul, sub, tanh } from "../ir/elementwise.ts";
import { axis } from "../ir/node.ts";
import { inputOf, output, program } from "../ir/program.ts";
import { contract } from "../ir/reduce.ts";
import { input } from "../ir/source.ts";
import { broken } from "../ir/spec.ts";
import { drawn } from "../ops/drawn.ts";
import { mean } from "../ops/mean.ts";
import { runOnnx } from "../render/onnx-session.ts";
import { inParts } from "./accumulate.ts";
import { applyStep, gradientStep, trainingStep } from "./training.ts";

const [b, i, o] = [axis("b", "b"), axis("i", 3), axis("o", 2)];
const w = input("w", "weight", "f32", [i, o]);
const bias = input("bias", "weight", "f32", [o]);
const unused = input("unused", "weight", "f32", [o]);
const [x, y] = [input("x", "data", "f32", [b, i]), input("y", "data", "f32", [b, o])];
const error = sub(mul(tanh(contract(x, w, ["i"])), bias), y);
const loss = program(
  "loss",
  [output("loss", "loss", mean(mul(error, error), ["b", "o"])), output("error", "metric", mean(error, ["b", "o"]))],
  [w, bias, unused, x, y],
);

const scalars = { rate: [0.1], step: [1], beta1: [0.9], beta2: [0.98], epsilon: [1e-8], decay: [0.01], clip: [0.05] };

/** AdamW and clipping as written in the papers, by finite differences, independent of the compiler. */
function byHand(feeds: Record<string, ArrayLike<number>>, steps: number): Record<string, Float64Array> {
  const state: Record<string, Float64Array> = { w: Float64Array.from(feeds.w!), bias: Float64Array.from(feeds.bias!) };
  const m: Record<string, Float64Array> = { w: new Float64Array(6), bias: new Float64Array(2) };
  const v: Record<string, Float64Array> = { w: new Float64Array(6), bias: new Float64Array(2) };
  for (let t = 1; t <= steps; t++) {
    const at = (name: string, k: number, by: number) =>
      interpret(loss, { ...feeds, ...state, [name]: state[name]!.map((n, j) => (j === k ? n + by : n)) }, { b: 4 }).loss![0]!;
    const g = Object.fromEntries(
      Object.keys(state).map((n) => [n, state[n]!.map((_, k) => (at(n, k, 1e-6) - at(n, k, -1e-6)) / 2e-6)]),
    );
    const norm = Math.sqrt(Object.values(g).reduce((s, list) => s + list.reduce((a, n) => a + n * n, 0), 0));
    const factor = Math.min(1, 0.05 / (norm + 1e-6));
    for (const n of Object.keys(state))
      for (let k = 0; k < state[n]!.length; k++) {
        const gk = g[n]![k]! * factor;
        m[n]![k] = 0.9 * m[n]![k]! + 0.1 * gk;
        v[n]![k] = 0.98 * v[n]![k]! + 0.02 * gk * gk;
        const decay = n === "w" ? 0.01 : 0;
        const step = m[n]![k]! / (1 - 0.9 ** t) / (Math.sqrt(v[n]![k]! / (1 - 0.98 ** t)) + 1e-8);
        state[n]![k] = state[n]![k]! * (1 - 0.1 * decay) - 0.1 * step;
      }
  }
  return state;
}

const zero = {
  "m.w": new Float64Array(6),
  "v.w": new Float64Array(6),
  "m.bias": new Float64Array(2),
  "v.bias": new Float64Array(2),
};

test("three training steps are AdamW with clipping, and onnxruntime makes the same", async () => {
  const p = trainingStep(loss, { name: "step" });
  expect(broken(p, { final: true })).toEqual([]);
  expect(p.outputs.map((out) => out.name)).toEqual([
    "loss",
    "error",
    "gradient_norm",
    "w",
    "bias",
    "m.w",
    "m.bias",
    "v.w",
    "v.bias",
  ]);
  const feeds = drawn(loss, { b: 4 });
  let state: Record<string, ArrayLike<number>> = { ...feeds, ...scalars, ...zero };
  let device = state;
  for (let t = 1; t <= 3; t++) {
    state = { ...state, ...interpret(p, { ...state, step: [t] }, { b: 4 }) };
    device = { ...device, ...(await runOnnx(p, { ...device, step: [t] }, { b: 4 })) };
  }
  const expected = byHand(feeds, 3);
  for (const name of ["w", "bias"])
    expected[name]!.forEach((n, k) => {
      expect(state[name]![k]).toBeCloseTo(n, 6);
      expect(device[name]![k]).toBeCloseTo(n, 4);
    });
});

test("two half batches added up are one batch", () => {
  const whole = trainingStep(loss, { name: "step" });
  const parts = inParts(loss, { names: { whole: "whole", part: "part" }, rows: "b", trained: () => true })!;
  const half = gradientStep(parts.part, { name: "gradient" });
  const apply = applyStep(loss, { name: "apply" });
  expect([...broken(half), ...broken(apply)]).toEqual([]);
  const feeds = drawn(loss, { b: 4 });
  const expected = interpret(whole, { ...feeds, ...scalars, ...zero }, { b: 4 });
  let sums: Record<string, ArrayLike<number>> = { "sum.w": new Float64Array(6), "sum.bias": new Float64Array(2) };
  const counted = interpret(parts.whole!, feeds, { b: 4 });
  for (const part of [0, 1]) {
    const rows = { x: feeds.x!.slice(part * 6, part * 6 + 6), y: feeds.y!.slice(part * 4, part * 4 + 4) };
    const given = { ...feeds, ...rows, ...sums, ...counted, first: [2 * part], part: [0.5] };
    sums = { ...sums, ...interpret(half, given, { b: 2 }) };
  }
  const found = interpret(apply, { ...feeds, ...scalars, ...zero, ...sums }, {});
  for (const name of ["w", "bias", "v.w", "gradient_norm"])
    expected[name]!.forEach((n, k) => void expect(found[name]![k]).toBeCloseTo(n, 9));
});

test("weights that are not trained have no moments and no next value", () => {
  const p = trainingStep(loss, { name: "step", trained: (path) => path === "bias" });
  expect(p.outputs.filter((out) => out.role === "weight").map((out) => out.name)).toEqual(["bias"]);
  expect(p.inputs.map((n) => inputOf(n).name)).not.toContain("m.w");
});
