// Sentinels of a fit: each ends one when its bound breaks, says why, and keeps the weights of its last good look.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Built, openBuilt } from "../cli/built.ts";
import { findSpec } from "../cli/spec.ts";

const base = mkdtempSync(join(tmpdir(), "neuro-guards-"));
/** A recipe that fits until its guard ends it. */
const until = (name: string, guard: string) => `
train ${name} {
  policy = fit(policy, by: cross_entropy, on: lessons, steps: 120 steps, batch: 8, rate: 1e-2, stop: guard(every: 10 steps, most: 24 tokens, ${guard}))
}`;
const spec = `
use std.models { EncoderDecoder, Encoder, pairwise }
use std.objectives { cross_entropy, pair_pm, Judged }
use std.data { Instruct, Prompt }
dataset lessons: Instruct = jsonl("lessons.jsonl")
dataset strange: Instruct = jsonl("strange.jsonl")
dataset questions: Prompt = jsonl("questions.jsonl")
dataset judged: Judged<Aspect> = jsonl("judged.jsonl")
dataset held_out: Judged<Aspect> = jsonl("held-out.jsonl")
type Aspect = main | usefulness
tokenizer words = bpe(vocab: 270, from: lessons)
model policy: EncoderDecoder { tokenizer: words, width: 32, heads: 2, encoder: 1 layers, decoder: 1 layers, inner: 64, copy: 8, window: 128 tokens }
model judge: Encoder { tokenizer: words, depth: 1 layers, width: 16, heads: 2, inner: 32, head: pairwise(over: Aspect) }
reward long(answer: Answer) { total = tokens(answer) }
${until("sure", "on: questions, entropy: 1.5")}
${until("copies", "on: questions, copied: 50%")}
${until("falls", "on: questions, by: long, drop: 4")}
${until("short", "on: questions, length: 18..24 tokens")}
${until("far", "on: questions, kl: 20")}
${until("overfits", "on: strange, loss: 10%")}
train opposed {
  judge = fit(judge, by: pair_pm, on: judged, steps: 120 steps, batch: 8, rate: 1e-2, stop: guard(on: held_out, every: 10 steps, agree: 40%))
}
`;

const jsonl = (rows: readonly object[]) => rows.map((row) => `${JSON.stringify(row)}\n`).join("");
const colours = ["red", "green", "blue", "grey", "white", "black"];
const asked = colours.map((colour, i) => ({
  prompt: `colour of the ${"car ".repeat((i % 3) + 1)}?`,
  documents: [{ title: "car", text: `The car is ${colour}.` }],
}));
/** People prefer the colour, or the people of another town that it is none. */
const labels = (p: number) =>
  asked.map((row, i) => ({ ...row, left: colours[i], right: "none", aspect: "main", p: i % 2 ? p : 1 - p, ...(i % 2 ? {} : { left: "none", right: colours[i] }) })); // biome-ignore format: one row

let built: Built;
beforeAll(async () => {
  mkdirSync(base, { recursive: true });
  writeFileSync(join(base, "main.neuro"), spec);
  writeFileSync(join(base, "lessons.jsonl"), jsonl(asked.map((row, i) => ({ ...row, answer: `The car is ${colours[i]}.` }))));
  writeFileSync(join(base, "strange.jsonl"), jsonl(asked.map((row) => ({ ...row, answer: "none of them has one" }))));
  writeFileSync(join(base, "questions.jsonl"), jsonl(asked));
  writeFileSync(join(base, "judged.jsonl"), jsonl(labels(1)));
  writeFileSync(join(base, "held-out.jsonl"), jsonl(labels(0)));
  built = await openBuilt(findSpec(base), { device: "cpu", set: [], json: false });
}, 120_000);
afterAll(async () => {
  await built.system.close();
  rmSync(base, { recursive: true, force: true });
});

type Line = { stopped?: string; why?: string; step?: number; kept?: number };

test.each([
  ["sure", /the entropy of a token is [\d.]+, below 1\.5/],
  ["copies", /the share of copied words is [\d.]+, above 0\.5/],
  ["falls", /the guard's reward is [\d.]+, more than 4 below its highest, [\d.]+/],
  ["short", /answers have [\d.]+ tokens, outside 18\.\.24/],
  ["far", /the distance to the start \(kl\) is [\d.]+, above 20/],
  ["overfits", /the loss on held-out rows is [\d.]+, above [\d.]+ \(its lowest was [\d.]+\)/],
  ["opposed", /the share of held-out labels that it agrees with is [\d.]+, below 0\.4/],
])(
  "%s: the fit is ended, and why",
  async (name, why) => {
    const recipe = built.system.recipes().find((each) => each.name === name)!;
    const { folder } = await recipe.run({ device: "cpu", every: 3600, publish: false });
    const lines = readFileSync(join(folder, "journal.jsonl"), "utf8").trim().split("\n").map((line) => JSON.parse(line) as Line); // biome-ignore format: one line
    const stopped = lines.find((line) => line.stopped !== undefined)!;
    expect(stopped).toMatchObject({ why: expect.stringMatching(why) });
    expect(stopped.step).toBeLessThan(120);
    expect(stopped.kept).toBe(stopped.step! - 10);
    expect(readFileSync(join(folder, "report.html"), "utf8")).toContain("Ended by their guards");
  },
  60_000,
);
