// Golden numbers of std's objectives, and what their papers say must hold: by the functions of std alone, numbers in and numbers out.
import { expect, test } from "vitest";
import { interpret } from "../../kernels/interp/interpret.ts";
import { programsOf } from "./objective-testing.ts";
import { numbersOf, stdlib } from "./testing.ts";

type Numbers = readonly number[];
const std = stdlib("objectives");
/** A function written here, over those of std. */
const told = (text: string, feeds: Record<string, Numbers>, sizes: Record<string, number>) =>
  numbersOf([std, `fn told${text}`], "told", feeds, sizes);
const close = (got: Numbers, want: Numbers, digits = 6): void =>
  expect([...got]).toEqual(want.map((x) => expect.closeTo(x, digits)));

test("log sigmoid, and so a label that all agree on: 6.715 thousandths at 5, 0.313262 at 1, ln 2 at 0", () => {
  const loss = told("(s: [n], p: [n]) -> [n] = soft_label(s, p)", { s: [-5, -1, 0, 1, 5], p: [1, 1, 1, 1, 1] }, { n: 5 });
  close(loss, [5.006715, 1.313262, Math.LN2, 0.313262, 0.006715]);
});

test("a soft label: turned with its pair it is the same loss, ties are least at even odds, and nothing overflows", () => {
  const of = (s: number, p: number) => told("(s: [n], p: [n]) -> [n] = soft_label(s, p)", { s: [s], p: [p] }, { n: 1 })[0]!;
  for (const [s, p] of [
    [1.3, 0.8],
    [-0.4, 0.1],
    [2, 1],
  ] as const)
    expect(of(s, p)).toBeCloseTo(of(-s, 1 - p), 12);
  expect(of(0, 0.3)).toBeCloseTo(Math.LN2, 12);
  expect([-0.1, 0.1].every((s) => of(s, 0.5) > of(0, 0.5))).toBe(true);
  expect(of(-800, 1)).toBeCloseTo(800, 9);
});

test("generalised advantages: rewards 0 0 1 with values 0.2 0.4 0.6", () => {
  const of = (γ: number, λ: number) =>
    told(
      "(r: [t], v: [t], γ: [n], λ: [n]) -> [t] = gae(r, v, sum(γ), sum(λ))",
      { r: [0, 0, 1], v: [0.2, 0.4, 0.6], γ: [γ], λ: [λ] },
      { t: 3, n: 1 },
    );
  close(of(1, 1), [0.8, 0.6, 0.4]);
  close(of(1, 0.95), [0.751, 0.58, 0.4]);
  close(of(1, 0), [0.2, 0.2, 0.4]);
  close(of(0.99, 0.95), [0.732273, 0.5702, 0.4]);
});

test("with γ = λ = 1 advantages are what is still earned, less the value; a text of one token has r - v", () => {
  const gae = "(r: [t], v: [t]) -> [t] = gae(r, v, 1, 1)";
  close(told(gae, { r: [0.5, -1, 2], v: [0.2, 0.4, 0.6] }, { t: 3 }), [1.5 - 0.2, 1 - 0.4, 2 - 0.6]);
  close(told(gae, { r: [1], v: [0.6] }, { t: 1 }), [0.4]);
});

test("nothing behind the last token counts: neither its reward nor its value", () => {
  const feeds = { r: [0, 0, 1, 7], v: [0.2, 0.4, 0.6, 5] };
  const text = "fn told(r: [b, t], v: [b, t]) -> [b, t] = gae(r, v, 1, 0.95)";
  const out = numbersOf([std, text], "told", feeds, { b: 1, t: 4 }, { t: [1, 1, 1, 0] });
  close(out.slice(0, 3), [0.751, 0.58, 0.4]);
});

const two = { p: [0.3, 0.5, 0.2], q: [0.2, 0.6, 0.2] };

test("estimators of a divergence: k1 and k3 are 0.030478754 in the mean, k2 is 0.032970582; k2 and k3 are never negative", () => {
  const mean = (k: string) => told(`(p: [v] of Prob, q: [v] of Prob) -> Float = sum(p * ${k}(p, q))`, two, { v: 3 })[0]!;
  expect(mean("k1")).toBeCloseTo(0.030478754, 9);
  expect(mean("k3")).toBeCloseTo(0.030478754, 9);
  expect(mean("k2")).toBeCloseTo(0.032970582, 8);
  for (const k of ["k2", "k3"])
    expect(told(`(p: [v] of Prob, q: [v] of Prob) -> [v] = ${k}(p, q)`, two, { v: 3 }).every((x) => x >= 0)).toBe(true);
});

test("estimated picks by number, while compiling", () => {
  for (const k of [1, 2, 3])
    expect(told(`(p: [v] of Prob, q: [v] of Prob) -> [v] = estimated(p, q, ${k})`, two, { v: 3 })).toEqual(
      told(`(p: [v] of Prob, q: [v] of Prob) -> [v] = k${k}(p, q)`, two, { v: 3 }),
    );
});

test("as a loss at fixed samples k1 pulls nowhere, k2 down the divergence, k3 down the one from the other side", () => {
  const [z, sizes] = [[0.4, 0.9, -0.3], { v: 3 }];
  const slope = (text: string) =>
    z.map((_, i) => {
      const at = (by: number) => told(text, { z: z.map((x, j) => (j === i ? x + by : x)), still: z, q: two.q }, sizes)[0]!;
      return (at(1e-5) - at(-1e-5)) / 2e-5;
    });
  const loss = (k: string) =>
    `(z: [v], still: [v], q: [v] of Prob) -> Float = sum(softmax(still over v) * ${k}(softmax(z over v), q))`;
  const whole = (p: string, q: string) => `(z: [v], still: [v], q: [v] of Prob) -> Float = sum(${p} * log(${p} / ${q}))`;
  close(slope(loss("k1")), [0, 0, 0]);
  close(slope(loss("k2")), slope(whole("softmax(z over v)", "q")));
  close(slope(loss("k3")), slope(whole("q", "softmax(z over v)")));
});

test("whitened advantages have mean 0 and variance 1 over what is present; equal ones are 0, not noise", () => {
  const whiten = "fn told(x: [b, t]) -> [b, t] = whiten(x)";
  const out = numbersOf([std, whiten], "told", { x: [1, 2, 3, 99, 5, 7, 11, 99] }, { b: 2, t: 4 }, { t: [1, 1, 1, 0] });
  const there = [...out.slice(0, 3), ...out.slice(4, 7)];
  const mean = there.reduce((a, b) => a + b, 0) / 6;
  expect(mean).toBeCloseTo(0, 12);
  expect(there.reduce((a, b) => a + (b - mean) ** 2, 0) / 6).toBeCloseTo(1, 7);
  expect(told("(x: [n]) -> [n] = whiten(x)", { x: [3, 3, 3.00001] }, { n: 3 })).toEqual([0, 0, 0]);
});

test("clipping kills what would go further, and nothing else", () => {
  const gain = (ρ: number, a: number) =>
    told("(ρ: [n] of Ratio, a: [n]) -> [n] = clipped(ρ, a, 0.2)", { ρ: [Math.log(ρ)], a: [a] }, { n: 1 })[0]!;
  const slope = (ρ: number, a: number) => (gain(ρ + 1e-6, a) - gain(ρ - 1e-6, a)) / 2e-6;
  expect(slope(1.3, 2)).toBe(0);
  expect(slope(0.7, -2)).toBe(0);
  for (const [ρ, a] of [
    [0.7, 2],
    [1.3, -2],
    [1.1, 2],
    [0.9, -2],
  ] as const)
    expect(slope(ρ, a)).toBeCloseTo(a, 6);
});

test("the value's loss is never less for being clipped", () => {
  const text =
    "(v: [n], old: [n], goal: [n]) -> [n] = max((v - goal) ^ 2, (clip(v, old - 0.2, old + 0.2) - goal) ^ 2) - (v - goal) ^ 2";
  const feeds = { v: [-2, -0.1, 0.1, 0.5, 3], old: [0, 0, 0, 0, 0], goal: [1, -1, 0.3, 0.1, -2] };
  expect(told(text, feeds, { n: 5 }).every((x) => x >= 0)).toBe(true);
});

test("general preference: three answers in a circle each beat the next by 0.866025", () => {
  const at = (degrees: number) => [Math.cos((degrees * Math.PI) / 180), Math.sin((degrees * Math.PI) / 180)];
  const skew = (v: Numbers, w: Numbers) =>
    told("(v: [l, p], w: [l, p]) -> Float = skew(v, w)", { v, w }, { l: v.length / 2, p: 2 })[0]!;
  const [a, b, c] = [at(0), at(120), at(240)] as const;
  close([skew(a, b), skew(b, c), skew(c, a)], [0.866025, 0.866025, 0.866025]);
  expect(skew(a, b)).toBeCloseTo(-skew(b, a), 12);
  const [v, w] = [
    [0.3, -1, 2, 0.5],
    [1, 0.2, -0.4, 0.9],
  ] as const;
  expect([skew(v, v), skew(v, w) + skew(w, v)]).toEqual([0, 0]);
  // Bradley-Terry is the case in which the second coordinates are one constant.
  expect(skew([1.7, 0.6], [0.4, 0.6])).toBeCloseTo(0.6 * (1.7 - 0.4), 12);
});

test("SimPO's logit is 0 where the means differ by γ / β, and its loss ln 2", () => {
  const text = "(w: [n], l: [n]) -> [n] = -log(sigmoid(2 * (w - l) - 1))";
  close(told(text, { w: [-1], l: [-1.5] }, { n: 1 }), [Math.LN2]);
});

test("the loss of a uniform distribution is the logarithm of the vocabulary", () => {
  const { program } = programsOf("cross_entropy", { policy: "lm" }).loss;
  const ids = [1, 2, 3, 4, 5, 6];
  const feeds = {
    "answer.ids": ids,
    "answer.input": ids,
    "answer.present": ids.map(() => 1),
    "source.ids": [1, 1],
    "source.present": [1, 1],
  };
  const { loss } = interpret(program, { ...feeds, table: Array(21).fill(0) }, { batch: 2, source: 1, answer: 3 });
  expect(loss![0]).toBeCloseTo(Math.log(7), 12);
});
