// What builtins compute: numbers in, numbers out, by the interpreter.
import { expect, test } from "vitest";
import { numbersOf, stdlib } from "./testing.ts";

type Numbers = readonly number[];
const run = (
  text: string,
  feeds: Record<string, Numbers>,
  sizes: Record<string, number>,
  present?: Record<string, Numbers>,
): number[] => numbersOf([text], "f", feeds, sizes, present);
const close = (got: Numbers, want: Numbers, digits = 9): void => {
  expect(got.length).toBe(want.length);
  for (const [i, x] of want.entries()) expect(got[i]).toBeCloseTo(x, digits);
};
const b3 = { b: 1, t: 3 };

test("a softmax row with nothing present is all 0, and so is its product", () => {
  const text = "fn f(x: [b, t], y: [b, t]) -> [b] = dot(softmax(x over t where x > 100), y over t)";
  close(run(text, { x: [1, 2, 3, 4, 5, 6], y: [1, 1, 1, 1, 1, 1] }, { b: 2, t: 3 }), [0, 0]);
});

test("reductions count the present only, and the mean of none is 0", () => {
  const x = { x: [1, 2, 30] };
  const only = { t: [1, 1, 0] };
  const value = (e: string, present = only) => run(`fn f(x: [b, t]) -> [b] = ${e}`, x, b3, present)[0];
  expect(value("sum(x over t)")).toBe(3);
  expect(value("mean(x over t)")).toBe(1.5);
  expect(value("max(x over t)")).toBe(2);
  expect(value("count(x over t)")).toBe(2);
  expect(value("mean(x over t where x > 1)")).toBe(2);
  expect(value("mean(x over t)", { t: [0, 0, 0] })).toBe(0);
  expect(value("max(x over t)", { t: [0, 0, 0] })).toBe(0);
  expect(value("std(x over t)")).toBeCloseTo(0.5, 6);
});

test("a twin is as present as its axis", () => {
  const text = "fn f(x: [b, t]) -> [b, t] {\n  u = twin(t)\n  sum(outer(x * rename(x over t -> u)) over u)\n}";
  close(run(text, { x: [1, 2, 30] }, b3, { t: [1, 1, 0] }), [3, 6, 90]);
});

test("without over, a mean over rows of different length weighs present places alike", () => {
  expect(run("fn f(x: [b, t]) -> Float = mean(x)", { x: [1, 2, 30] }, b3, { t: [1, 1, 0] })).toEqual([1.5]);
});

test("log(sigmoid(z)) and log(1 - sigmoid(z)) are exact far out", () => {
  close(run("fn f(z: [t]) -> [t] = log(sigmoid(z))", { z: [-800, 0, 800] }, { t: 3 }), [-800, -Math.LN2, 0]);
  close(run("fn f(z: [t]) -> [t] = log(1 - sigmoid(z))", { z: [-800, 0, 800] }, { t: 3 }), [0, -Math.LN2, -800]);
});

test("products, sums, powers and quotients of probabilities stay in the log", () => {
  const p = { p: [0.2, 0.5], q: [0.4, 0.25] };
  const value = (e: string) => run(`fn f(p: [t] of Prob, q: [t] of Prob) -> [t] = ${e}`, p, { t: 2 });
  close(value("log(p * q)"), [Math.log(0.08), Math.log(0.125)]);
  close(value("log(p + q)"), [Math.log(0.6), Math.log(0.75)]);
  close(value("log(p / q)"), [Math.log(0.5), Math.log(2)]);
  close(value("log(p ^ 3)"), [3 * Math.log(0.2), 3 * Math.log(0.5)]);
  close(value("log(1 - p)"), [Math.log(0.8), Math.log(0.5)]);
  close(value("p / q - 1"), [-0.5, 1]);
  close(value("2 * p"), [0.4, 1]);
  close(run("fn f(p: [t] of Prob, q: [t] of Prob) -> Float = log(sum(p))", p, { t: 2 }), [Math.log(0.7)]);
});

test("one token of a mixture of distributions is the mixture's value there", () => {
  const text = (e: string) => `fn f(x: [b, v], y: [b, s], at: [b, s] of Token, g: [b], i: [b] of Token) -> [b] {
  mixed = (1 - sigmoid(g)) * softmax(x over v) + sigmoid(g) * scatter(softmax(y over s), at: at over s -> v)
  ${e}
}`;
  const feeds = { x: [1, 2, 0.5, -1], y: [0.3, 0.1, 2], at: [2, 0, 2], g: [0.4], i: [2] };
  const sizes = { b: 1, v: 4, s: 3 };
  const soft = (xs: Numbers) => xs.map((x) => Math.exp(x) / xs.reduce((a, y) => a + Math.exp(y), 0));
  const gate = 1 / (1 + Math.exp(-0.4));
  const look = soft(feeds.y);
  const want = (1 - gate) * soft(feeds.x)[2]! + gate * (look[0]! + look[2]!);
  close(run(text("log(mixed[v: i])"), feeds, sizes), [Math.log(want)]);
  close(run(text("sum(hard(index(v) == 2) * mixed over v)"), feeds, sizes), [want]);
});

test("T5's buckets, the golden distances both ways", () => {
  const far = [-200, -128, -127, -64, -20, -16, -15, -12, -11, -8, -7, -1, 0, 1, 7, 8, 11, 12, 15, 16, 20, 64, 127, 128, 200];
  const f = (both: boolean) =>
    run(`fn f(x: [t] of Int) -> [t] of Int = bucket(x, ${both}, 32, 128)`, { x: far }, { t: far.length });
  expect(f(true)).toEqual([15, 15, 15, 14, 10, 10, 9, 9, 8, 8, 7, 1, 0, 17, 23, 24, 24, 25, 25, 26, 26, 30, 31, 31, 31]);
  expect(f(false).slice(0, 13)).toEqual([31, 31, 31, 26, 17, 16, 15, 12, 11, 8, 7, 1, 0]);
  expect(
    f(false)
      .slice(13)
      .every((x) => x === 0),
  ).toBe(true);
});

test("generalised advantages, the golden ones", () => {
  const text = "fn f(r: [t], v: [t], γ: Float, λ: Float) -> [t] = gae(r, v, γ, λ)";
  const gae = (γ: number, λ: number) =>
    numbersOf([stdlib("objectives"), text], "f", { r: [0, 0, 1], v: [0.2, 0.4, 0.6], γ: [γ], λ: [λ] }, { t: 3 });
  close(gae(1, 1), [0.8, 0.6, 0.4], 6);
  close(gae(1, 0.95), [0.751, 0.58, 0.4], 6);
  close(gae(1, 0), [0.2, 0.2, 0.4], 6);
  close(gae(0.99, 0.95), [0.732273, 0.5702, 0.4], 6);
});

test("next and previous look one place on and back, and see nothing that is absent", () => {
  close(run("fn f(x: [b, t]) -> [b, t] = next(x over t)", { x: [1, 2, 3] }, b3, { t: [1, 1, 0] }), [2, 0, 0]);
  close(run("fn f(x: [b, t]) -> [b, t] = previous(x over t)", { x: [1, 2, 3] }, b3), [0, 1, 2]);
});

test("final is the last place that exists", () => {
  expect(run("fn f(x: [t]) -> [t] of Bool = final(t)", { x: [1, 2, 3] }, { t: 3 }, { t: [1, 1, 0] })).toEqual([0, 1, 0]);
});

test("cumsum of a condition counts it", () => {
  expect(run("fn f(x: [t]) -> [t] of Int = cumsum(x > 1 over t)", { x: [1, 2, 0, 3] }, { t: 4 })).toEqual([0, 1, 1, 2]);
});

test("largest keeps the share of largest absolute values", () => {
  const text = "fn f(x: [b, t]) -> [b, t] = largest(x, share: 50% over t)";
  close(run(text, { x: [1, -4, 3, -2, 5, 6, 7, -8] }, { b: 2, t: 4 }), [0, -4, 3, 0, 0, 0, 7, -8]);
});

test("a split and its merge are the tensor again, the first axis varying slowest", () => {
  const cut = "fn f(x: [b, d = 6]) -> [b, d] = merge(split(x over d -> h = 2, k) over h, k -> d)";
  close(run(cut, { x: [1, 2, 3, 4, 5, 6] }, { b: 1 }), [1, 2, 3, 4, 5, 6]);
  const turned = "fn f(x: [b, d = 6]) -> [b, e] = merge(split(x over d -> h = 2, k) over k, h -> e)";
  close(run(turned, { x: [1, 2, 3, 4, 5, 6] }, { b: 1 }), [1, 4, 2, 5, 3, 6]);
});

test("rotary positions turn pairs of halves, and leave products of equal distance alone", () => {
  const text = "fn f(x: [t, k = 4]) -> [t, k] = rotary(x, t)";
  const out = numbersOf([stdlib("models"), text], "f", { x: [1, 2, 3, 4, 1, 2, 3, 4] }, { t: 2 });
  const [c, s, c2, s2] = [Math.cos(1), Math.sin(1), Math.cos(0.01), Math.sin(0.01)];
  close(out, [1, 2, 3, 4, c - 3 * s, 2 * c2 - 4 * s2, 3 * c + s, 4 * c2 + 2 * s2]);
});

test("soft is 1 where the comparison holds and falls with the distance", () => {
  const value = (e: string, x: Numbers) => run(`fn f(x: [t]) -> [t] = ${e}`, { x }, { t: x.length });
  close(value("soft(x in 2..6)", [1, 2, 4, 6, 10]), [Math.exp(-0.5), 1, 1, 1, Math.exp(-2)]);
  close(value("soft(x > 8)", [8, 6, 9]), [1, Math.exp(-1), 1]);
  close(value("soft(x < 3, by: 0.5)", [2, 3, 4]), [1, 1, Math.exp(-2)]);
  expect(value("soft(x in 2..6, shape: logistic)", [4])[0]).toBeCloseTo(1, 9);
});

test("a condition of Int above 6 begins at 7", () => {
  close(run("fn f(x: [t] of Int) -> [t] = soft(x > 6, by: 1)", { x: [6, 7] }, { t: 2 }), [Math.exp(-1), 1]);
});

test("whitening has mean 0 and variance 1, and is 0 where nothing differs", () => {
  const white = (x: Numbers) => numbersOf([stdlib("objectives"), "fn f(x: [t]) -> [t] = whiten(x)"], "f", { x }, { t: x.length });
  close(white([1, 3]), [-1, 1], 6);
  close(white([2, 2, 2]), [0, 0, 0]);
});

test("the divergence estimators, exact over a whole distribution", () => {
  const p = [0.3, 0.5, 0.2];
  const mean = (name: string) => {
    const each = numbersOf(
      [stdlib("objectives"), `fn f(p: [t] of Prob, q: [t] of Prob) -> [t] = ${name}(p, q)`],
      "f",
      { p, q: [0.2, 0.6, 0.2] },
      { t: 3 },
    );
    return each.reduce((a, x, i) => a + p[i]! * x, 0);
  };
  expect(mean("k1")).toBeCloseTo(0.030478754, 8);
  expect(mean("k3")).toBeCloseTo(0.030478754, 8);
  expect(mean("k2")).toBeCloseTo(0.032970582, 8);
});
