import { expect, test } from "vitest";
import { type Boosting, boost } from "./boost.ts";
import { binned, featureOf } from "./borders.ts";
import { catboostJson } from "./catboost.ts";
import { importance, lossChange } from "./importance.ts";
import { type LossName, losses, ndcg } from "./losses.ts";
import { largest } from "./model.ts";
import { scorerOf } from "./score.ts";
import { heldOut, type Table, tableOf } from "./table.ts";
import { drawnTable } from "./testing/ranking.ts";

const few: Partial<Boosting> = { trees: 30, depth: 4, rate: 0.2 };
const slopesAt = (table: Table, name: LossName, scores: Float64Array) => {
  const into = { slope: new Float64Array(scores.length), curve: new Float64Array(scores.length) };
  for (let group = 0; group + 1 < table.groups.length; group++)
    losses[name].add(table, scores, table.groups[group]!, table.groups[group + 1]!, into, () => {
      throw new Error("no chance here");
    });
  return into;
};

test("the slope and curvature of rmse, query_rmse and pair_logit are the derivatives of what they measure", () => {
  const table = drawnTable(1, 6);
  const scores = table.target.map((_, i) => Math.sin(i));
  const totals = {
    rmse: (s: Float64Array) => 0.5 * table.target.length * losses.rmse.measure(table, s) ** 2,
    query_rmse: (s: Float64Array) => 0.5 * table.target.length * losses.query_rmse.measure(table, s) ** 2,
    pair_logit: (s: Float64Array) => losses.pair_logit.measure(table, s) * pairs(table),
  };
  for (const [name, total] of Object.entries(totals)) {
    const { slope } = slopesAt(table, name as LossName, scores);
    for (const row of [0, 3, 11]) {
      const moved = (by: number) => total(scores.with(row, scores[row]! + by));
      expect(slope[row], name).toBeCloseTo(-(moved(1e-5) - moved(-1e-5)) / 2e-5, 4);
    }
  }
});

function pairs({ groups, target }: Table): number {
  let count = 0;
  for (let group = 0; group + 1 < groups.length; group++)
    for (let i = groups[group]!; i < groups[group + 1]!; i++)
      for (let j = groups[group]!; j < groups[group + 1]!; j++) if (target[i]! > target[j]!) count += 1;
  return count;
}

test("query_rmse does not see a constant added to the targets of a question", async () => {
  const table = drawnTable(2, 20);
  const shift = (row: number) => table.groups.findLastIndex((from) => from <= row) % 7;
  const shifted = { ...table, target: table.target.map((value, row) => value + 10 * shift(row)) };
  const [one, other] = [await boost(table, losses.query_rmse, few), await boost(shifted, losses.query_rmse, few)];
  const scored = [one, other].map(({ forest }) => scorerOf(forest).score(table.columns));
  for (const [row, value] of scored[0]!.entries()) expect(scored[1]![row]).toBeCloseTo(value, 8);
  const zero = new Float64Array(table.target.length);
  expect(losses.query_rmse.measure(shifted, zero)).toBeCloseTo(losses.query_rmse.measure(table, zero), 10);
});

test("one tree without regularisation at rate 1 gives each leaf its mean, and its weights are the rows'", async () => {
  const table = drawnTable(3, 30);
  const { forest } = await boost(table, losses.rmse, { trees: 1, depth: 5, rate: 1, l2: 0 });
  const scores = scorerOf(forest).score(table.columns);
  const means = new Map<number, { sum: number; count: number }>();
  for (const [row, score] of scores.entries()) {
    const mean = means.get(score) ?? { sum: 0, count: 0 };
    means.set(score, { sum: mean.sum + table.target[row]!, count: mean.count + 1 });
  }
  for (const [score, { sum, count }] of means) expect(score).toBeCloseTo(sum / count, 10);
  expect(forest.trees[0]!.weights!.reduce((a, b) => a + b)).toBe(table.target.length);
});

test("every tree lowers the squared error it learns from, whatever the score", async () => {
  const table = drawnTable(4, 40);
  for (const score of ["l2", "cosine"] as const) {
    const { history } = await boost(table, losses.rmse, { ...few, score });
    for (const [at, { learned }] of history.entries())
      if (at > 0) expect(learned).toBeLessThanOrEqual(history[at - 1]!.learned + 1e-12);
    expect(history.at(-1)!.learned).toBeLessThan(0.8 * history[0]!.learned);
  }
});

test("rows in another order give the same plain model, with the borders given", async () => {
  const rows = Array.from({ length: 400 }, (_, i) => ({
    values: [Math.sin(i * 1.7), Math.cos(i * 0.9), (i * 7) % 13],
    target: Math.sin(i * 1.7) * ((i * 7) % 13),
  }));
  const turned = rows.map((_, i) => rows[(i * 171) % 400]!);
  const names = ["x", "y", "z"];
  const [one, other] = [rows, turned].map((some) => tableOf(names, some)) as [Table, Table];
  const { forest } = await boost(one, losses.rmse, few);
  const again = await boost(other, losses.rmse, few, { features: forest.features });
  for (const [at, { splits, leaves }] of again.forest.trees.entries()) {
    expect(splits).toEqual(forest.trees[at]!.splits);
    for (const [leaf, value] of leaves.entries()) expect(value).toBeCloseTo(forest.trees[at]!.leaves[leaf]!, 9);
  }
});

test("every loss, plain and ordered, ranks questions it has not seen better than chance, and the same seed gives the same bytes", async () => {
  const { learned, held } = heldOut(drawnTable(5, 120), 0.3, 1);
  const chance = ndcg(held, new Float64Array(held.target.length), 10);
  for (const name of ["rmse", "query_rmse", "pair_logit", "yetirank"] as const)
    for (const ordered of [false, true]) {
      const options = { ...few, trees: 15, ordered, bagging: 0.8, noise: 1, seed: 3 };
      const { forest } = await boost(learned, losses[name], options);
      const reached = ndcg(held, scorerOf(forest).score(held.columns), 10);
      expect(reached, `${name} ${ordered ? "ordered" : "plain"}`).toBeGreaterThan(chance + 0.5 * (1 - chance));
      const again = await boost(learned, losses[name], options);
      expect(catboostJson(again.forest)).toBe(catboostJson(forest));
      const other = await boost(learned, losses[name], { ...options, seed: 4 });
      expect(catboostJson(other.forest)).not.toBe(catboostJson(forest));
    }
}, 30_000);

test("ordered boosting does not learn noise as eagerly: its slopes come from models that have not seen the group", async () => {
  const rows = Array.from({ length: 60 }, (_, i) => ({ values: [(Math.sin(i * 12.9898) * 43758.5453) % 1], target: i % 2 }));
  const table = tableOf(["noise"], rows);
  const loss = async (ordered: boolean) => (await boost(table, losses.rmse, { ...few, ordered, l2: 1 })).history.at(-1)!.learned;
  expect(await loss(true)).toBeGreaterThan(await loss(false));
});

test("training ends when held-out groups stop getting better, and the best trees are kept", async () => {
  const { learned, held } = heldOut(drawnTable(6, 40), 0.3, 1);
  const { forest, history } = await boost(
    learned,
    losses.query_rmse,
    { trees: 400, depth: 6, rate: 0.5, l2: 0, patience: 10 },
    { held },
  );
  const best = history.reduce((a, b) => (b.held! < a.held! ? b : a));
  expect(forest.trees.length).toBe(best.tree);
  expect(history.length).toBe(best.tree + 10);
  expect(losses.query_rmse.measure(held, scorerOf(forest).score(held.columns))).toBeCloseTo(best.held!, 10);
});

test("a column that says nothing has little importance, by leaves and by loss", async () => {
  const { learned, held } = heldOut(drawnTable(7, 150), 0.3, 1);
  const { forest } = await boost(learned, losses.query_rmse, few);
  const leaves = importance(forest);
  expect(leaves.reduce((a, b) => a + b)).toBeCloseTo(100, 8);
  const lost = lossChange(forest, held, losses.query_rmse);
  for (const column of [0, 1, 2]) {
    expect(leaves[column]).toBeGreaterThan(3 * leaves[3]!);
    expect(lost[column]).toBeGreaterThan(3 * Math.abs(lost[3]!));
  }
});

test("missing values have a border of their own, below or above all others", async () => {
  const values = Float32Array.of(3, Number.NaN, 1, 2, Number.NaN, 1);
  const below = featureOf("x", 0, values, { most: 9, by: "greedy_log_sum", missing: "below" });
  expect([...below.borders]).toEqual([Math.fround(-largest), 1.5, 2.5]);
  expect([...binned(below, values)]).toEqual([3, 0, 1, 2, 0, 1]);
  const above = featureOf("x", 0, values, { most: 9, by: "quantiles", missing: "above" });
  expect([...binned(above, values)]).toEqual([2, 3, 0, 1, 3, 0]);
  const rows = Array.from({ length: 40 }, (_, i) => ({ values: [i % 4 === 0 ? Number.NaN : i], target: i % 4 === 0 ? 5 : 0 }));
  for (const missing of ["below", "above"] as const) {
    const { forest } = await boost(tableOf(["x"], rows), losses.rmse, { trees: 40, depth: 1, rate: 0.5, l2: 0, missing });
    expect([...scorerOf(forest).score([Float32Array.of(Number.NaN, 7)])].map(Math.round)).toEqual([5, 0]);
  }
});

test("borders part equal values never, and halve what they can", () => {
  const even = Float32Array.from({ length: 256 }, (_, i) => i);
  for (const by of ["greedy_log_sum", "quantiles"] as const) {
    const borders = (values: Float32Array, most: number) => [
      ...featureOf("x", 0, values, { most, by, missing: "below" }).borders,
    ];
    expect(borders(even, 3)).toEqual([63.5, 127.5, 191.5]);
    expect(borders(new Float32Array(50).fill(4), 10)).toEqual([]);
    expect(borders(new Float32Array(0), 10)).toEqual([]);
    expect(borders(Float32Array.of(1, 1, 1, 1, 1, 1, 1, 1, 9), 254)).toEqual([5]);
    expect(borders(even, 254).length).toBeGreaterThan(230);
    // No 32-bit float lies between these two: the border is the lower one.
    expect(borders(Float32Array.of(1, 1.0000001192092896), 5)).toEqual([1]);
  }
});

test("groups of one, equal targets and constant columns give a model that says nothing, not an error", async () => {
  const single = tableOf(
    ["x"],
    [
      { values: [1], target: 3 },
      { values: [2], target: 5 },
    ],
  );
  for (const name of ["query_rmse", "pair_logit", "yetirank"] as const) {
    const { forest } = await boost(single, losses[name], { trees: 2 });
    expect([...scorerOf(forest).score([Float32Array.of(1, 2)])]).toEqual([0, 0]);
  }
  const constant = tableOf(
    ["x"],
    [
      { values: [1], target: 3 },
      { values: [1], target: 5 },
    ],
  );
  const { forest } = await boost(constant, losses.rmse, { trees: 3, depth: 3 });
  expect(forest.trees.map(({ splits }) => splits.length)).toEqual([0, 0, 0]);
  expect([...scorerOf(forest).score([Float32Array.of(1)])]).toEqual([4]);
});

test("a table or options that cannot be are refused with what to do", async () => {
  expect(() => tableOf(["x"], [])).toThrow("no rows");
  expect(() => tableOf(["x"], [{ values: [1, 2], target: 1 }])).toThrow("row 1 has 2 values for 1 columns");
  expect(() => tableOf(["x"], [{ values: [1], target: Number.NaN }])).toThrow("the target of row 1 is NaN");
  const table = tableOf(["x"], [{ values: [1], target: 1 }]);
  await expect(boost(table, losses.rmse, { depth: 17 })).rejects.toThrow("depth 17");
  await expect(boost(table, losses.rmse, { trees: 1.5 })).rejects.toThrow("trees 1.5");
  const ended = AbortSignal.abort(new Error("enough"));
  await expect(boost(table, losses.rmse, {}, { signal: ended })).rejects.toThrow("enough");
});
