// Merges of std.weights against numbers that the published code gave: ties_merging of the authors' notebook, and mergekit's sparsify, get_mask and slerp.
import { expect, test } from "vitest";
import type { Callable } from "../../grammar/index.ts";
import { interpret } from "../../kernels/interp/interpret.ts";
import { program } from "../math/testing.ts";
import golden from "./fixtures/merging.json" with { type: "json" };
import { mergeProgram } from "./merge.ts";
import { stdlib } from "./testing.ts";

const { context, decls } = program(stdlib("weights"));
const [n, runs] = [golden.base.length, golden.runs.length];
const given = { from: golden.base, ...Object.fromEntries(golden.runs.map((run, i) => [`runs.${i + 1}`, run])) };

function merge(name: string, feeds: Record<string, number[]>, count = runs): number[] {
  const decl = decls.find((d) => d.kind === "Callable" && d.name.text === name) as Callable;
  return [...interpret(mergeProgram(context, decl, new Map([["runs", count]]))!, feeds, { n }).value!];
}
const close = (got: readonly number[], want: readonly number[]) => got.forEach((x, i) => void expect(x).toBeCloseTo(want[i]!, 5));

test.each([20, 50] as const)("ties as its authors' code at K = %i, which keeps one more than it says", (k) => {
  const density = [(Math.floor((k / 100) * n) + 1.5) / n];
  close(merge("ties", { ...given, density, shares: [1, 1, 1], λ: [1] }), golden.authors[k]);
});

test("ties with weights, density and lambda as mergekit has them, normalized or not", () => {
  const { weights: shares, density, lambda } = golden.mergekit;
  close(merge("ties", { ...given, density: [density], shares, λ: [lambda] }), golden.mergekit.ties);
  const trimmed = golden.runs.map((run): number[] =>
    merge("ties", { from: golden.base, "runs.1": run, density: [density], shares: [1], λ: [1] }, 1),
  );
  const feeds = { from: golden.base, ...Object.fromEntries(trimmed.map((run, i) => [`runs.${i + 1}`, run])) };
  close(merge("elected", { ...feeds, shares, λ: [lambda] }), golden.mergekit.not_normalized);
});

test.each(["0.25", "0.5"] as const)("arc as mergekit's slerp at %s", (t) => {
  close(merge("arc", { a: golden.runs[0]!, b: golden.runs[1]!, t: [Number(t)] }), golden.slerp[t]);
});

test("what ties gives is no longer than the longest change, scales with the changes, and minds no order", () => {
  const ties = (list: readonly number[][]) => {
    const feeds = Object.fromEntries(list.map((run, i) => [`runs.${i + 1}`, run]));
    return merge("ties", { from: golden.base, ...feeds, density: [0.5], shares: [1, 1, 1], λ: [1] });
  };
  const got = ties(golden.runs);
  const change = (run: readonly number[]) => run.map((x, i) => x - golden.base[i]!);
  const changes = golden.runs.map(change);
  for (const [i, x] of change(got).entries())
    expect(Math.abs(x)).toBeLessThanOrEqual(Math.max(...changes.map((c) => Math.abs(c[i]!))) + 1e-6);
  close(ties([...golden.runs].reverse()), got);
  const threefold = ties(golden.runs.map((run) => run.map((x, i) => golden.base[i]! + 3 * (x - golden.base[i]!))));
  close(
    change(threefold),
    change(got).map((x) => 3 * x),
  );
});

test("dare is right on average over seeds, each number for itself", () => {
  const seeds = 400;
  const sum = new Float64Array(n);
  for (let seed = 0; seed < seeds; seed++) {
    const drawn = merge("dare", { ...given, share: [0.5], λ: [1], seed: [seed], tensor: [3] });
    for (const [i, x] of drawn.entries()) sum[i]! += x;
  }
  for (let i = 0; i < n; i++) {
    const changes = golden.runs.map((run) => run[i]! - golden.base[i]!);
    const mean = changes.reduce((a, b) => a + b, 0) / runs;
    // A change that is kept with probability 1 - p has the variance δ² p / (1 - p).
    const deviation = Math.sqrt(changes.reduce((a, b) => a + b * b, 0) / runs ** 2 / seeds);
    expect(Math.abs(sum[i]! / seeds - golden.base[i]! - mean)).toBeLessThan(5 * deviation);
  }
});
