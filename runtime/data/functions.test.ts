import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { tinyRecipe } from "../tests/recipe.ts";
import { tinyRows } from "../tests/world.ts";
import { against, greedy, pairs, type Sampled, sample, score, top } from "./functions.ts";
import type { Row } from "./row.ts";

const row = (prompt: string, text: string): Row => ({
  prompt: [{ role: "user", content: prompt }],
  documents: [],
  answer: { text },
});
const rows = [row("a", "x"), row("a", "xxx"), row("a", "xx"), row("b", "y"), row("b", "y")];
const longer = ({ answer }: Row): { reward: number; terms: { length: number } } => ({
  reward: answer!.text.length,
  terms: { length: answer!.text.length },
});
const texts = (found: readonly Row[]): unknown[] => found.map((each) => each.answer?.text);

test("scores, keeps the best of each prompt, and pairs best with worst where they differ enough", async () => {
  expect((await Array.fromAsync(score(rows, longer))).map((each) => each.reward)).toEqual([1, 3, 2, 1, 1]);
  expect(texts(await Array.fromAsync(top(rows, 2, longer)))).toEqual(["xxx", "xx", "y", "y"]);
  expect(await Array.fromAsync(pairs(rows, longer, { gap: 2 }))).toEqual([
    { prompt: rows[0]!.prompt, documents: [], chosen: { text: "xxx" }, rejected: { text: "x" }, margin: 2 },
  ]);
  expect(await Array.fromAsync(pairs(rows, longer, { gap: 2.5 }))).toEqual([]);
});

test("sets answers against those of another to the same prompt", async () => {
  const duels = await Array.fromAsync(against(rows, [row("a", "x"), row("c", "z")]));
  expect(duels.map(({ left, right }) => [left, right])).toEqual([
    [{ text: "xxx" }, { text: "x" }],
    [{ text: "xx" }, { text: "x" }],
  ]);
});

test("samples from a version, draws that belong to the row whatever else is sampled, and trains on what was sampled", async () => {
  const root = mkdtempSync(join(tmpdir(), "neuro-"));
  await tinyRecipe(root, async (run, policy) => {
    const start = run.start(policy);
    const prompts = tinyRows(6).map((each) => ({ ...each, answer: undefined }));
    const facts = { key: "s", where: "main.neuro:3" };
    const found = (await run.step("sample", sample, [start, prompts, { n: 3, most: 4, seed: 1 }], facts)) as unknown as Sampled[];
    expect(found).toHaveLength(18);
    expect(found[4]).toMatchObject({ place: 1, sampler: start.key });
    expect(found[4]!.old).toHaveLength(found[4]!.answer.tokens!.length);
    const few = await Array.fromAsync(sample(start, prompts.slice(0, 2), { n: 3, most: 4, seed: 1 }));
    expect(few.map((each) => each.answer)).toEqual(found.slice(0, 6).map((each) => each.answer));
    expect(await Array.fromAsync(greedy(start, prompts, { most: 3 }))).toHaveLength(6);
    const best = await run.step("top", top, [found, 1, longer], facts);
    const [after] = await run.fit([start], { by: "cross_entropy", on: best, steps: 2, batch: 2 }, facts);
    expect(after!.origins.at(-1)!.metrics.step).toBe(2);
  }).run();
});
