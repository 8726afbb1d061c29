// Rows from a spec to weights: texts without labels, packed preferences, pairs and values of inputs; and what the command says of bad rows.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";

const neuroc = new URL("../bin/neuroc.mjs", import.meta.url).pathname;
const lines = (rows: readonly object[]): string => rows.map((row) => `${JSON.stringify(row)}\n`).join("");
const colours = ["red", "green", "blue"];
const stories = Array.from({ length: 12 }, (_, i) => ({
  text: `The boat number ${i} is ${colours[i % 3]}, and the sea was calm. A gull sat on its mast and told it of the islands.`,
}));
const judged = Array.from({ length: 12 }, (_, i) => ({
  chosen: `\n\nHuman: Which boat?\n\nAssistant: The ${colours[i % 3]} one.`,
  rejected: `\n\nHuman: Which boat?\n\nAssistant: None, I say, ${i}.`,
}));

const spec = (recipe: string): string => `use std.models { EncoderDecoder, Encoder, scores }
use std.decoders { Decoder }
use std.objectives { cross_entropy, dpo, bradley_terry, Judged }
use std.data { ul2, causal, sample, pairs, expected, Preference, Prompt }
use std.measures { ceiling, best_of_n }
use std.rewards { copied_coverage }
type Aspect = main | safety
dataset stories: { text: Text } = jsonl("stories.jsonl")
dataset judged: Preference = jsonl("judged.jsonl")
dataset questions: Prompt = jsonl("questions.jsonl")
dataset labelled: Judged<Aspect> = jsonl("labelled.jsonl")
tokenizer words = bpe(vocab: 420, from: stories)
model policy: EncoderDecoder { tokenizer: words, width: 16, heads: 2, encoder: 1 layers, decoder: 1 layers, inner: 16, copy: 8, window: 48 tokens }
model writer: Decoder { tokenizer: words, width: 16, heads: 2, depth: 1 layers, inner: 16, window: 48 tokens, prefix: true }
model judge: Encoder { tokenizer: words, width: 16, heads: 2, depth: 1 layers, inner: 16, window: 48 tokens, head: scores(over: Aspect) }
extern fn characters(answer: Answer) -> Float from "./characters.ts"
reward wordy(answer: Answer, documents: Docs = []) { total = copied_coverage(answer, documents) + characters(answer) }
train learn {
${recipe}
}
`;

function train(recipe: string, files: Readonly<Record<string, string>> = {}) {
  const folder = mkdtempSync(join(tmpdir(), "neuro-rows-"));
  const own = {
    "stories.jsonl": lines(stories),
    "judged.jsonl": lines(judged),
    "questions.jsonl": lines(
      colours.map((colour) => ({ prompt: `Is it ${colour}?`, documents: [{ title: "Boat", text: `The boat is ${colour}.` }] })),
    ),
    "characters.ts": "export const characters = (answer: { readonly text: string }): number => answer.text.length;\n",
    "labelled.jsonl": lines([{ prompt: "Which?", left: "a", right: "b", aspect: "main", p: 1 }]),
    ...files,
  };
  writeFileSync(join(folder, "main.neuro"), spec(recipe));
  for (const [name, text] of Object.entries(own)) writeFileSync(join(folder, name), text);
  const { status, stderr } = spawnSync(process.execPath, [neuroc, "train", "--device", "cpu"], { cwd: folder, encoding: "utf8" });
  const journal = (): { plot?: object[]; report?: object[]; note?: string }[] =>
    readFileSync(join(folder, "runs/learn/1/journal.jsonl"), "utf8").split("\n").filter(Boolean).map((line) => JSON.parse(line)); // biome-ignore format: one chain
  return { status, stderr, journal };
}

test("denoising, packed preferences in HH-RLHF's form, pairs and values of inputs, one after another", () => {
  const run = train(`  policy = fit(policy, by: cross_entropy, on: ul2(stories), steps: 3 steps, batch: 4)
  writer = fit(writer, by: cross_entropy, on: ul2(stories, denoisers: [{ rate: 15%, span: 3 }]), epochs: 1 epoch, batch: 4)
  writer = fit(writer, by: cross_entropy, on: causal(stories), steps: 2 steps, batch: 4, pack: true)
  policy = fit(policy, by: dpo(reference: policy), on: judged, epochs: 1 epoch, batch: 6, pack: true)
  duels  = pairs(sample(policy, questions, n: 6, most: 6 tokens), by: wordy, most: 3)
  policy = fit(policy, by: dpo(reference: policy), on: duels, steps: 2 steps, batch: 4)
  values = expected(wordy, among: [policy, policy], n: 2, each: document, most: 4 tokens)
  held   = evaluate(writer, by: cross_entropy, on: causal(stories))
  report(predictable: ceiling(values), best: best_of_n(values, 1), held: held)`);
  expect(run.status, run.stderr.slice(-900)).toBe(0);
  const [said] = run.journal().flatMap(({ report }) => report ?? []) as { predictable: number; best: number; held: number }[];
  expect(Object.values(said!).every((value) => Number.isFinite(value))).toBe(true);
  expect(said!.held).toBeGreaterThan(1);
}, 60_000);

test("bad rows are said with their line, what was found and what was expected", () => {
  const fit = "  judge = fit(judge, by: bradley_terry, on: labelled, steps: 1 steps)";
  const good = { prompt: "Which?", left: "a", right: "b", aspect: "main", p: 1 };
  const labels = (...rows: object[]) => train(fit, { "labelled.jsonl": lines(rows) });
  expect(labels(good, { ...good, aspect: "mian" }).stderr).toContain(
    'labelled.jsonl:2 has "mian" as `aspect`, none of main, safety.',
  );
  const one = labels(...Array.from({ length: 20 }, () => good));
  expect([one.status, one.stderr]).toEqual([0, expect.stringContaining("All 20 labels of labelled prefer the left answer.")]);
  expect(one.journal().flatMap(({ note }) => note ?? [])).toContain(
    "No label of labelled is about safety: nothing is learned of that.",
  );
}, 60_000);
