// Models asked by host code, from a spec to numbers: a judge in a reward, a value in a pipeline, the probability of an answer.
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { type Built, openBuilt } from "../cli/built.ts";
import { findSpec } from "../cli/spec.ts";

const base = mkdtempSync(join(tmpdir(), "neuro-measure-"));
afterAll(() => rmSync(base, { recursive: true, force: true }));

const spec = (coefficient: number) => `
use std.models { EncoderDecoder, Encoder, pairwise, scalar }
use std.objectives { cross_entropy, pair_pm, regression, Judged, duel }
use std.answering { generate, infocontext }
use std.data { sample, greedy, score, Instruct, Prompt }

type Aspect = main | usefulness
dataset judged: Judged<Aspect> = jsonl("judged.jsonl")
dataset lessons: Instruct = jsonl("lessons.jsonl")
dataset questions: Prompt = jsonl("questions.jsonl")
dataset worths: { prompt: Dialog, documents: Docs, reward: Float } = jsonl("worths.jsonl")
tokenizer words = bpe(vocab: 300, from: lessons)
model policy: EncoderDecoder { tokenizer: words, width: 16, heads: 2, encoder: 1 layers, decoder: 1 layers, inner: 32, copy: 8, window: 128 tokens }
model judge: Encoder { tokenizer: words, depth: 1 layers, width: 16, heads: 2, inner: 32, head: pairwise(over: Aspect) }
model value: Encoder { tokenizer: words, depth: 1 layers, width: 16, heads: 2, inner: 32, head: scalar }

fn relevance(prompt: Dialog, doc: Doc) -> Float = value(prompt, [doc])
fn scaled(x: Float) -> Float = ${coefficient} * x

reward quality(prompt: Dialog, documents: Docs, answer: Answer) {
  wins   = duel(judge, answer, answer, prompt)
  likely = log(policy(answer | prompt, documents))
  mild   = mean(log(policy(answer | prompt, documents).tokens))
  near   = relevance(prompt, documents[0])
  total  = scaled(wins.main + wins[Aspect: usefulness] + near) + mild + 0 * likely
}
reward compared(prompt: Dialog, left: Answer, right: Answer) {
  there = duel(judge, left, right, prompt)
  back  = duel(judge, right, left, prompt)
  total = there.main
}
decoding plain { strategy: greedy, most: 12 tokens }
pipeline reply(prompt: Dialog, documents: Docs) -> Answer {
  generate(policy, prompt, infocontext(documents, given: [last(prompt)], block: 30 tokens, overlap: 10 tokens, budget: 60 tokens), with: plain)
}
pipeline worth(prompt: Dialog, doc: Doc) -> Float { relevance(prompt, doc) }

train neuro {
  judge  = fit(judge, by: pair_pm, on: judged, steps: 2 steps)
  value  = fit(value, by: regression, on: worths, steps: 2 steps)
  early  = greedy(policy, questions, most: 12 tokens)
  before = mean(for row in early { hard(reply(row.prompt, row.documents).text == row.answer.text) })
  policy = fit(policy, by: cross_entropy, on: lessons, steps: 4 steps, rate: 1e-2)
  late   = greedy(policy, questions, most: 12 tokens)
  fn nearness(row) = relevance(row.prompt, row.documents[0])
  rows   = score(sample(policy, questions, n: 2, most: 12 tokens), by: quality)
  pairs  = score(judged, by: compared)
  report(
    // How often a pipeline says what the version says that the recipe has there.
    before: before,
    after: mean(for row in late { hard(reply(row.prompt, row.documents).text == row.answer.text) }),
    moved: mean(for row in early { hard(reply(row.prompt, row.documents).text == row.answer.text) })
  )
  plot(total: mean(rows.reward), pairs: mean(pairs.reward), near: mean(for row in rows { nearness(row) }))
}
`;

const jsonl = (rows: readonly object[]) => rows.map((row) => `${JSON.stringify(row)}\n`).join("");
const asked = ["red", "green", "blue", "grey", "white"].map((colour, i) => ({
  prompt: `colour of the ${"car ".repeat(i + 1)}?`,
  documents: [{ title: "car", text: `The car is ${colour}.` }],
}));

function folder(): string {
  const at = join(base, "spec");
  mkdirSync(at, { recursive: true });
  const answered = asked.map((row, i) => ({ ...row, answer: ["red", "green", "blue", "grey", "white"][i] }));
  writeFileSync(join(at, "lessons.jsonl"), jsonl([...answered, ...answered, ...answered]));
  writeFileSync(join(at, "questions.jsonl"), jsonl(asked));
  writeFileSync(join(at, "worths.jsonl"), jsonl(asked.map((row, i) => ({ ...row, reward: i / 4 }))));
  const judged = answered.map(({ answer, ...row }, i) => ({
    ...row,
    left: answer,
    right: "none",
    aspect: i % 2 ? "main" : "usefulness",
    p: 1,
  }));
  writeFileSync(join(at, "judged.jsonl"), jsonl(judged));
  return at;
}

const open = (at: string): Promise<Built> => openBuilt(findSpec(at), { device: "cpu", set: [], json: false });
type Kept = { reward: number; terms: Record<string, number & Record<string, number>>; old: number[] };
function kept(run: string, label: string): Kept[][] {
  return readdirSync(join(run, "steps"))
    .map((key) => JSON.parse(readFileSync(join(run, "steps", key, "result.json"), "utf8")) as { step: string; value: Kept[] })
    .filter(({ step }) => step === label)
    .map(({ value }) => value);
}

test("rewards, functions and pipelines ask models; a new coefficient scores what is there without asking again", async () => {
  const at = folder();
  writeFileSync(join(at, "main.neuro"), spec(0.5));
  const first = await open(at);
  const { folder: run } = await first.system.recipes()[0]!.run({ device: "cpu", every: 3600 });
  const measured = readFileSync(join(run, "measured.jsonl"), "utf8");
  const scores = kept(run, "score");
  const rows = scores.find((list) => "old" in list[0]!)!;
  expect(rows.length).toBe(10);
  for (const { terms, old } of rows) {
    // The probability of an answer is that with which it was drawn, and a duel with oneself is a draw.
    const drawn = old.reduce((sum, x) => sum + x, 0);
    expect(Math.abs(terms.likely! - drawn)).toBeLessThan(1e-5);
    expect(terms.mild).toBeCloseTo(drawn / old.length, 5);
    expect(Object.is(Math.abs(terms.wins!.main!), 0)).toBe(true);
  }
  // A pipeline that a recipe runs writes with the weights that the recipe has there: nothing is published yet.
  const journal = readFileSync(join(run, "journal.jsonl"), "utf8").trim().split("\n");
  const said = journal.map((line) => JSON.parse(line) as { report?: object[] }).find(({ report }) => report);
  expect(said?.report?.[0]).toMatchObject({ before: 1, after: 1, moved: 0 });
  // Sides that change places change the sign, to the bit.
  const duels = scores.find((list) => !("old" in list[0]!))!;
  expect(duels.some(({ terms }) => terms.there!.main !== 0)).toBe(true);
  for (const { terms } of duels) expect(terms.there!.main).toBe(-terms.back!.main!);
  // A pipeline asks what was published, one row alone, and gets the number that a batch gave, but for the last bit.
  const worth = first.worth as (prompt: string, doc: object) => Promise<number>;
  for (const [i, { prompt, documents }] of asked.entries())
    expect(await worth(prompt, { id: "d", url: "", ...documents[0] })).toBeCloseTo(rows[2 * i]!.terms.near!, 6);
  await first.system.close();

  // Where the spec lies decides nothing; a folder of its own, because a module is loaded once.
  const moved = join(base, "other");
  cpSync(at, moved, { recursive: true });
  writeFileSync(join(moved, "main.neuro"), spec(2));
  const second = await open(moved);
  const { folder: rerun } = await second.system.recipes()[0]!.run({ device: "cpu", every: 3600 });
  await second.system.close();
  expect(readFileSync(join(rerun, "measured.jsonl"), "utf8")).toBe(measured);
  expect(kept(rerun, "sample").length).toBe(1);
  const again = kept(rerun, "score").filter((list) => "old" in list[0]!);
  expect(again.length).toBe(2);
  const other = again.find((list) => list[0]!.reward !== rows[0]!.reward)!;
  for (const [i, { reward, terms }] of other.entries())
    expect(reward).toBeCloseTo(
      2 * (terms.wins!.main! + terms.wins!.usefulness! + rows[i]!.terms.near!) + rows[i]!.terms.mild!,
      5,
    );
}, 60_000);

/** What a run has measured, under which key. */
const measuredIn = (run: string): Map<string, string> => {
  const lines = readFileSync(join(run, "measured.jsonl"), "utf8").trim().split("\n");
  return new Map(lines.map((line) => [(JSON.parse(line) as { key: string }).key, line]));
};

test("a run that was killed between two rows it measured goes on to the same bits, in what it measured and what follows", async () => {
  const at = folder();
  writeFileSync(join(at, "main.neuro"), spec(0.5));
  const { system } = await open(at);
  const { folder: run } = await system.recipes()[0]!.run({ device: "cpu", every: 3600 });
  const [measured, scores] = [measuredIn(run), kept(run, "score")];
  const lines = [...measured.values()];
  for (const known of [1, Math.floor(lines.length / 3), lines.length - 2]) {
    writeFileSync(join(run, "measured.jsonl"), `${lines.slice(0, known).join("\n")}\n`);
    for (const key of readdirSync(join(run, "steps")))
      if ((JSON.parse(readFileSync(join(run, "steps", key, "result.json"), "utf8")) as { step: string }).step === "score")
        rmSync(join(run, "steps", key), { recursive: true });
    await system.recipes()[0]!.run({ device: "cpu", every: 3600 });
    expect(measuredIn(run)).toEqual(measured);
    expect(kept(run, "score")).toEqual(scores);
  }
  await system.close();
}, 60_000);

test("a model that is neither trained nor published is asked in vain, and the message names its file", async () => {
  const at = folder();
  writeFileSync(join(at, "main.neuro"), spec(0.5));
  const { system, worth } = await open(at);
  rmSync(join(at, "weights", "value.safetensors"), { force: true });
  const asking = (worth as (prompt: string, doc: object) => Promise<number>)("colour?", {
    id: "d",
    url: "",
    title: "",
    text: "red",
  });
  await expect(asking).rejects.toMatchObject({ code: "weights_missing" });
  await system.close();
}, 30_000);
