// Merges of weights, tensor by tensor, against their geometry and the published code's numbers.
import { expect, test } from "vitest";
import type { Callable } from "../../grammar/index.ts";
import { interpret } from "../../kernels/interp/interpret.ts";
import { program } from "../math/testing.ts";
import { mergeProgram } from "./merge.ts";
import { stdlib } from "./testing.ts";

const { context, decls } = program(stdlib("weights"));
const merge = (name: string, count: number, feeds: Record<string, number[]>): number[] => {
  const decl = decls.find((d) => d.kind === "Callable" && d.name.text === name) as Callable;
  const made = mergeProgram(context, decl, new Map([["runs", count]]))!;
  const n = (feeds["runs.1"] ?? feeds.start)!.length;
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

test("liti goes back towards the start", () => {
  close(merge("liti", 0, { start: [0, 10], end: [1, 20], η: [0.3] }), [0.3, 13]);
});

test("ties: density 1 of one run is that run", () => {
  close(merge("ties", 1, { from: [1, 1, 1], "runs.1": [2, 0, 5], shares: [1], density: [1], λ: [1] }), [2, 0, 5]);
});

test("ties keeps the largest share of each run, and only what agrees in sign", () => {
  const runs = { "runs.1": [1, -2, 3, -4, 5, -6, 7, -8, 9, -10], "runs.2": [-1, -2, -3, 4, 5, 6, 7, 8, 9, 10] };
  // The largest 20% are (9, -10) and (9, 10): 9 agrees, 10 cancels.
  close(
    merge("ties", 2, { from: Array(10).fill(0), ...runs, shares: [1, 1], density: [0.2], λ: [1] }),
    [0, 0, 0, 0, 0, 0, 0, 0, 9, 0],
  );
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
