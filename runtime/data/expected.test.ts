import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { heard } from "../notes.ts";
import { stream } from "../random.ts";
import { tinyRecipe } from "../tests/recipe.ts";
import { tinyRows } from "../tests/world.ts";
import type { Version } from "../train/version.ts";
import { estimate, expected } from "./expected.ts";
import { sample } from "./functions.ts";
import { restOf } from "./resume.ts";
import type { Row } from "./row.ts";
import type { RewardOf } from "./verdicts.ts";

const longer: RewardOf = ({ answer }) => ({ reward: answer!.text.length, terms: {} });

test("the mean over models of their answers' rewards, its standard error, and two halves", () => {
  const { reward, spread, apart, error, answers, halves } = estimate([[1, 3], [5, 7]]); // biome-ignore format: two models
  expect([reward, answers, halves]).toEqual([4, 4, [3, 5]]);
  expect(spread).toBeCloseTo(Math.SQRT2, 12);
  expect(apart).toBeCloseTo(Math.sqrt(8), 12);
  expect(error).toBeCloseTo(2, 12);
  expect(estimate([[2]])).toEqual({ reward: 2, spread: 0, apart: 0, error: 0, answers: 1, halves: [2, 2] });
});

test("the variance of the estimate falls as one over n, and models that differ bound it from below", () => {
  const normal = stream(1, "rewards");
  const deviation = (models: number, n: number, between: number): number => {
    const found = Array.from({ length: 400 }, () => {
      const means = Array.from({ length: models }, () => between * normal.normal());
      return estimate(means.map((m) => Array.from({ length: n }, () => m + normal.normal()))).reward as number;
    });
    return found.reduce((sum, x) => sum + x * x, 0) / found.length;
  };
  expect(deviation(1, 4, 0) / deviation(1, 16, 0)).toBeCloseTo(4, -0.5);
  // One model in all: more of its answers cannot go below the variance between models; four models can.
  expect(deviation(1, 64, 1)).toBeGreaterThan(0.7);
  expect(deviation(4, 16, 1)).toBeLessThan(0.4);
});

test("asks each model for answers over each single document, and gives a row for each", async () => {
  const root = mkdtempSync(join(tmpdir(), "neuro-"));
  await tinyRecipe(root, async (run, policy) => {
    const start = run.start(policy);
    const [other] = await run.fit([start], { by: "cross_entropy", on: tinyRows(8), steps: 2, batch: 8, rate: 0.02 }, { key: "o", where: "main.neuro:3" }); // biome-ignore format: one step
    const [one, two, three] = tinyRows(3) as Row[];
    const documents = [...(one!.documents ?? []), ...(two!.documents ?? [])];
    const given = [{ prompt: "colour?", documents }, { prompt: "none?", documents: [] }, three];
    const notes: string[] = [];
    const found = await heard(
      (text) => notes.push(text),
      () => Array.fromAsync(expected(longer, [start, other!], { on: given, n: 3, each: "document", most: 4 })),
    );
    expect(found).toHaveLength(3);
    expect(found.map(({ documents }) => documents)).toEqual([[documents[0]], [documents[1]], three!.documents]);
    expect(notes).toEqual(["1 of 3 prompts have no documents, so nothing is expected of them."]);
    const alone = [{ prompt: "colour?", documents: [documents[0]] }];
    const lengths = async (model: Version, m: number) =>
      (await Array.fromAsync(sample(model, alone, { n: 3, most: 4, seed: [0, m, 0] }))).map(({ answer }) => answer.text.length);
    expect(found[0]).toMatchObject(estimate([await lengths(start, 0), await lengths(other!, 1)]));
    const whole = await run.step("expected", expected, [longer, [start, other!], { on: given, n: 2, most: 4 }], { key: "e", where: "main.neuro:4" }); // biome-ignore format: one step
    expect(whole).toHaveLength(3);
    expect(whole.every(({ error }) => typeof error === "number" && error >= 0)).toBe(true);
  }).run();
});

test("goes on after the inputs that are done, with what it would have made", async () => {
  const root = mkdtempSync(join(tmpdir(), "neuro-"));
  await tinyRecipe(root, async (run, policy) => {
    const given = [longer, [run.start(policy)], { on: tinyRows(40), n: 1, most: 2 }] as const;
    const whole = await Array.fromAsync(expected(...given));
    const { kept, rest } = restOf(expected, given, 37)!;
    expect(kept).toBe(32);
    expect([...whole.slice(0, kept), ...(await Array.fromAsync(rest))]).toEqual(whole);
  }).run();
});
