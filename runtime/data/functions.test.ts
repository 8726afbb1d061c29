import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { heard } from "../notes.ts";
import { inStep } from "../step.ts";
import { tinyRecipe } from "../tests/recipe.ts";
import { tinyRows, tinyTokenizer } from "../tests/world.ts";
import { greedy, type Sampled, sample } from "./functions.ts";
import { restOf } from "./resume.ts";
import type { Row } from "./row.ts";
import { top } from "./select.ts";

const longer = ({ answer }: Row): { reward: number; terms: { length: number } } => ({
  reward: answer!.text.length,
  terms: { length: answer!.text.length },
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
    const ends = (each: Sampled) => tinyTokenizer.special.ends.includes(each.answer.tokens!.at(-1)!);
    expect(found.map((each) => each.cut)).toEqual(found.map((each) => !ends(each)));
    expect(found[4]!.old).toHaveLength(found[4]!.answer.tokens!.length);
    const few = await Array.fromAsync(sample(start, prompts.slice(0, 2), { n: 3, most: 4, seed: 1 }));
    expect(few.map((each) => each.answer)).toEqual(found.slice(0, 6).map((each) => each.answer));
    expect(await Array.fromAsync(greedy(start, prompts, { most: 3 }))).toHaveLength(6);
    const best = await run.step("top", top, [found, 1, longer], facts);
    const [after] = await run.fit([start], { by: "cross_entropy", on: best, steps: 2, batch: 2 }, facts);
    expect(after!.origins.at(-1)!.metrics.step).toBe(2);
  }).run();
});

test("another run draws other answers from the same weights, and the same run the same", async () => {
  const root = mkdtempSync(join(tmpdir(), "neuro-"));
  await tinyRecipe(root, async (run, policy) => {
    const start = run.start(policy);
    const of = (seed: number) => inStep({ root, seed }, () => Array.fromAsync(sample(start, tinyRows(3), { n: 4, most: 4 })));
    const said = async (seed: number) => (await of(seed)).map(({ answer }) => answer.tokens);
    const second = await said(2);
    expect(await said(2)).toEqual(second);
    expect(await said(3)).not.toEqual(second);
    const alone = await Array.fromAsync(sample(start, tinyRows(3), { n: 4, most: 4 }));
    expect(alone.map(({ answer }) => answer.tokens)).toEqual(await said(0));
  }).run();
});

test("says how many prompts the window was too small for, and which", async () => {
  const root = mkdtempSync(join(tmpdir(), "neuro-"));
  await tinyRecipe(root, async (run, policy) => {
    const prompts = [{ prompt: "colour? ".repeat(90) }, { prompt: "red?", documents: ["blue. ".repeat(90)] }, { prompt: "red?" }];
    const notes: string[] = [];
    await heard(
      (text) => notes.push(text),
      () => Array.fromAsync(greedy(run.start(policy), prompts, { most: 2 })),
    );
    expect(notes).toEqual(["2 of 3 prompts are longer than the window of policy, so policy was shown a part: row 1, row 2."]);
  }).run();
});

test("goes on after whole batches of prompts with the answers that it would have drawn", async () => {
  const root = mkdtempSync(join(tmpdir(), "neuro-"));
  await tinyRecipe(root, async (run, policy) => {
    const start = run.start(policy);
    const drawn = [start, tinyRows(9), { n: 20, most: 3, seed: 1 }] as const;
    const whole = await Array.fromAsync(sample(...drawn));
    const { kept, rest } = restOf(sample, drawn, 134)!;
    // Three prompts are written together, and six were done.
    expect(kept).toBe(120);
    expect([...whole.slice(0, kept), ...(await Array.fromAsync(rest))]).toEqual(whole);
    const likeliest = [start, tinyRows(80), { most: 2 }] as const;
    const all = await Array.fromAsync(greedy(...likeliest));
    const more = restOf(greedy, likeliest, 70)!;
    expect([...all.slice(0, more.kept), ...(await Array.fromAsync(more.rest))]).toEqual(all);
  }).run();
});
