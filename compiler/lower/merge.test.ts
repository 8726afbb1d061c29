// Merges of weights, tensor by tensor, against their geometry and the published code's numbers.
import { expect, test } from "vitest";
import type { Callable } from "../../grammar/index.ts";
import { nthLargestOf } from "../../kernels/index.ts";
import { interpret } from "../../kernels/interp/interpret.ts";
import { loopOf } from "../../runtime/merge/loop.ts";
import { program } from "../math/testing.ts";
import { mergeProgram } from "./merge.ts";
import { stdlib } from "./testing.ts";

const { context, decls } = program(stdlib("weights"));
const merge = (name: string, count: number, feeds: Record<string, number[]>): number[] => {
  const decl = decls.find((d) => d.kind === "Callable" && d.name.text === name) as Callable;
  const made = mergeProgram(context, decl, new Map([["runs", count]]))!;
  const n = (feeds["runs.1"] ?? feeds.start ?? feeds.a)!.length;
  return [...interpret(made, feeds, { n }).value!];
};
const close = (got: number[], want: number[]) => got.forEach((x, i) => void expect(x).toBeCloseTo(want[i]!, 6));

test("slerp of two runs at right angles keeps their length", () => {
  close(merge("slerp", 2, { from: [0, 0], "runs.1": [1, 0], "runs.2": [0, 1] }), [Math.SQRT1_2, Math.SQRT1_2]);
});

test("slerp of three orthonormal runs is (0.6124, 0.6124, 0.5), of length 1", () => {
  const runs = { "runs.1": [1, 0, 0], "runs.2": [0, 1, 0], "runs.3": [0, 0, 1] };
  close(merge("slerp", 3, { from: [0, 0, 0], ...runs }), [Math.sqrt(3 / 8), Math.sqrt(3 / 8), 0.5]);
});

test("slerp of one run is that run, and of equal runs the run", () => {
  close(merge("slerp", 1, { from: [1, 2], "runs.1": [3, 5] }), [3, 5]);
  close(merge("slerp", 2, { from: [1, 2], "runs.1": [3, 5], "runs.2": [3, 5] }), [3, 5]);
});

test("a quarter of a great circle, drawn back: 0.7071 and 0.2121 each; a line between runs of one length is shorter than its ends", () => {
  const arc = merge("slerp", 2, { from: [0, 0], "runs.1": [1, 0], "runs.2": [0, 1] });
  close(merge("liti", 0, { start: [0, 0], end: arc, η: [0.3] }), [0.2121320344, 0.2121320344]);
  const line = merge("lerp", 0, { a: [1, 0], b: [0, 1], t: [0.5] });
  expect(Math.hypot(...line)).toBeCloseTo(Math.SQRT1_2, 6);
  for (const t of [0.1, 0.3, 0.8]) {
    const [a, b] = [[2, 0, 0], [2 * Math.cos(1), 2 * Math.sin(1), 0]]; // biome-ignore format: two vectors of length 2, an angle of 1 apart
    expect(Math.hypot(...merge("arc", 0, { a, b, t: [t] }))).toBeCloseTo(2, 6);
    expect(Math.hypot(...merge("lerp", 0, { a, b, t: [t] }))).toBeCloseTo(
      2 * Math.sqrt(1 - 2 * (1 - Math.cos(1)) * (t - t * t)),
      6,
    );
    close(merge("arc", 0, { a, b, t: [t] }), merge("arc", 0, { a: b, b: a, t: [1 - t] }));
  }
});

test("the loop of a merge is its program: equal to the interpreter on every merge that is passes over places", () => {
  const n = 50;
  const drawn = (k: number) => Array.from({ length: n }, (_, i) => Math.sin(i * 7.3 + k * 2.1) * (1 + k));
  const numbers = { shares: [1, 2], λ: 0.7, density: 0.3, t: 0.4, η: 0.3 };
  for (const [name, count] of [
    ["lerp", 0],
    ["arc", 0],
    ["liti", 0],
    ["soup", 2],
    ["task_arithmetic", 2],
    ["slerp", 2],
    ["ties", 2],
    ["elected", 2],
  ] as const) {
    const decl = decls.find((d) => d.kind === "Callable" && d.name.text === name) as Callable;
    const made = mergeProgram(context, decl, new Map([["runs", count]]))!;
    const inputs = made.inputs.map((node) => node.attrs as { name: string; role: string; axes: unknown[] });
    const wide = inputs.filter(({ name: input }) => !(input in numbers)).map(({ name: input }, k) => [input, drawn(k)] as const);
    const given = Object.entries(numbers).filter(([input]) => inputs.some((one) => one.name === input));
    const feeds = {
      ...Object.fromEntries(wide),
      ...Object.fromEntries(given.map(([k, v]) => [k, typeof v === "number" ? [v] : v])),
    };
    const into = new Float32Array(n);
    loopOf(made)!(Object.fromEntries(wide.map(([k, v]) => [k, Float32Array.from(v)])), numbers, into);
    const want = interpret(made, feeds, { n }).value!;
    for (const [i, x] of into.entries()) expect(x, name).toBeCloseTo(want[i]!, 5);
  }
});

test("the n-th largest by bits is that of a sorted list", () => {
  const values = Float32Array.from([3, -1, 0, 2.5, -7, 3, 1e-30, -0]);
  const sorted = [...values].sort((a, b) => b - a);
  for (let k = 1; k <= values.length; k++) expect(nthLargestOf(values, k)).toBeCloseTo(sorted[k - 1]!, 6);
  expect(nthLargestOf(values, 0)).toBeGreaterThan(1e38);
});

test("liti goes back towards the start", () => {
  close(merge("liti", 0, { start: [0, 10], end: [1, 20], η: [0.3] }), [0.3, 13]);
});

test("ties: density 1 of one run is that run", () => {
  close(merge("ties", 1, { from: [1, 1, 1], "runs.1": [2, 0, 5], shares: [1], density: [1], λ: [1] }), [2, 0, 5]);
});

test("ties keeps the largest share of each run, and only what agrees in sign", () => {
  const runs = { "runs.1": [1, -2, 3, -4, 5, -6, 7, -8, 9, -10], "runs.2": [-1, -2, -3, 4, 5, 6, 7, 8, 9, 10] };
  const of = (density: number) =>
    merge("ties", 2, { from: Array(10).fill(0), ...runs, shares: [1, 1], density: [density], λ: [1] });
  // The largest 20% are (9, -10) and (9, 10), exactly two each: 9 agrees, and 10 is even, which counts as +, as in mergekit.
  close(of(0.2), [0, 0, 0, 0, 0, 0, 0, 0, 9, 10]);
  // The authors' own code keeps one more than it says (K = 20% of 10 keeps 3): its published result.
  close(of(0.3), [0, 0, 0, 0, 0, 0, 0, 8, 9, 10]);
  // A share weighs a run's say on the sign, and its part of the mean.
  close(merge("ties", 2, { from: [0], "runs.1": [2], "runs.2": [-3], shares: [2, 1], density: [1], λ: [1] }), [2]);
  close(merge("ties", 2, { from: [0], "runs.1": [2], "runs.2": [5], shares: [2, 1], density: [1], λ: [1] }), [3]);
});

test("a soup is the mean, and does not mind the order of its runs", () => {
  close(merge("soup", 3, { shares: [1, 1, 1], "runs.1": [1, 2], "runs.2": [3, 4], "runs.3": [8, 0] }), [4, 2]);
  close(merge("soup", 3, { shares: [1, 1, 1], "runs.3": [1, 2], "runs.1": [3, 4], "runs.2": [8, 0] }), [4, 2]);
  close(merge("soup", 2, { shares: [3, 1], "runs.1": [4, 0], "runs.2": [0, 4] }), [3, 1]);
  close(merge("soup", 1, { shares: [1], "runs.1": [1, 2] }), [1, 2]);
});

test("task arithmetic adds what was learned, forgets it with a negative λ, and does nothing with none", () => {
  const one = { from: [1, 1], "runs.1": [2, 0], "runs.2": [1, 4], shares: [1, 1] };
  close(merge("task_arithmetic", 2, { ...one, λ: [1] }), [2, 3]);
  close(merge("task_arithmetic", 2, { ...one, λ: [0] }), [1, 1]);
  close(merge("task_arithmetic", 1, { from: [1, 1], "runs.1": [2, 0], shares: [1], λ: [-1] }), [0, 2]);
  close(merge("task_arithmetic", 2, { ...one, shares: [0.5, 2], λ: [1] }), [1.5, 6.5]);
});

test("dare keeps the mean: each change is dropped or enlarged, by seed, run and tensor", () => {
  const n = 20_000;
  const given = { from: Array(n).fill(0), "runs.1": Array(n).fill(1), "runs.2": Array(n).fill(1), λ: [1] };
  const of = (share: number, seed: number, tensor: number) =>
    merge("dare", 2, { ...given, share: [share], seed: [seed], tensor: [tensor] });
  const got = of(0.9, 1, 7);
  // Each of two runs is 10 with probability 0.1: their mean is 0, 5 or 10, and the mean of all 1 (standard deviation 2.12 / sqrt(n)).
  expect([...new Set(got.map((x) => Math.round(x)))].sort((a, b) => a - b)).toEqual([0, 5, 10]);
  expect(Math.abs(got.reduce((a, b) => a + b, 0) / n - 1)).toBeLessThan(0.06);
  expect(of(0.9, 1, 7)).toEqual(got);
  expect(of(0.9, 2, 7)).not.toEqual(got);
  expect(of(0.9, 1, 8)).not.toEqual(got);
  close(of(0, 1, 7).slice(0, 5), [1, 1, 1, 1, 1]);
  close(of(1, 1, 7).slice(0, 5), [0, 0, 0, 0, 0]);
});
