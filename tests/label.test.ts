// People in the loop, from a spec to labels: who is asked what, what comes back, and that nobody is asked twice.
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { openBuilt } from "../cli/built.ts";
import { findSpec } from "../cli/spec.ts";

const base = mkdtempSync(join(tmpdir(), "neuro-label-"));
afterAll(() => rmSync(base, { recursive: true, force: true }));

const head = `
use std.models { EncoderDecoder, Encoder, pairwise }
use std.objectives { cross_entropy, pair_pm, Judged }
use std.data { sample, greedy, against, uncertainty, shown, overrating, Instruct, Prompt }

type Aspect = main | usefulness
dataset judged: Judged<Aspect> = jsonl("judged.jsonl")
dataset lessons: Instruct = jsonl("lessons.jsonl")
dataset questions: Prompt = jsonl("questions.jsonl")
tokenizer words = bpe(vocab: 300, from: lessons)
model policy: EncoderDecoder { tokenizer: words, width: 16, heads: 2, encoder: 1 layers, decoder: 1 layers, inner: 32, copy: 8, window: 128 tokens }
model judge: Encoder { tokenizer: words, depth: 1 layers, width: 16, heads: 2, inner: 32, head: pairwise(over: Aspect) }
reward quality(answer: Answer) { total = soft(tokens(answer) in 3..8 tokens, by: 4 tokens) }
`;
/** The last lines of the language's example, with a judge that learns from what was answered. */
const spec = `${head}
train neuro {
  judge  = fit(judge, by: pair_pm, on: judged, steps: 2 steps)
  sft    = fit(policy, by: cross_entropy, on: lessons, steps: 4 steps, rate: 1e-2)
  policy = fit(sft, by: cross_entropy, on: lessons, steps: 4 steps, rate: 1e-2)
  // Ask people where the judge is unsure and the answers are ones we would show.
  duels = against(sample(policy, questions, n: 8, most: 12 tokens), greedy(sft, questions, most: 12 tokens))
  fn worth(row) = uncertainty(judge, row) * shown(row, by: quality)
  told   = label(duels, rank: worth, random: 20%, budget: 10, to: "side-by-side")
  judge  = fit(judge, by: pair_pm, on: judged + told, steps: 2 steps)
  report(count: count(told.p), gap: overrating(judge, judged))
}
`;

const jsonl = (rows: readonly object[]) => rows.map((row) => `${JSON.stringify(row)}\n`).join("");
const colours = ["red", "green", "blue", "grey", "white"];
const asked = colours.map((colour, i) => ({
  prompt: `colour of the ${"car ".repeat(i + 1)}?`,
  documents: [{ title: "car", text: `The car is ${colour}.` }],
}));

function folder(name: string, text: string): string {
  const at = join(base, name);
  mkdirSync(at, { recursive: true });
  const answered = asked.map((row, i) => ({ ...row, answer: colours[i] }));
  const judged = answered.map(({ answer, ...row }, i) => ({ ...row, left: answer, right: "none", aspect: i % 2 ? "main" : "usefulness", p: i % 2 })); // biome-ignore format: one row
  writeFileSync(join(at, "lessons.jsonl"), jsonl([...answered, ...answered, ...answered]));
  writeFileSync(join(at, "questions.jsonl"), jsonl(asked));
  writeFileSync(join(at, "judged.jsonl"), jsonl(judged));
  writeFileSync(join(at, "main.neuro"), text);
  return at;
}

type Line = { pair: string; left: string; right: string; aspect: string; p: number | null; sides?: string; chosen: string };
const lines = (path: string): Line[] =>
  existsSync(path) ? readFileSync(path, "utf8").split("\n").filter(Boolean).map((line) => JSON.parse(line) as Line) : []; // biome-ignore format: one line
const journal = (run: string): Record<string, unknown>[] =>
  lines(join(run, "journal.jsonl")) as unknown as Record<string, unknown>[];

async function run(at: string, signal?: AbortSignal): Promise<string> {
  const { system } = await openBuilt(findSpec(at), { device: "cpu", set: [], json: false });
  try {
    return (await system.recipes()[0]!.run({ device: "cpu", every: 3600, ...(signal && { signal }) })).folder;
  } finally {
    await system.close();
  }
}

test("people are asked where a judge is unsure; what they said is learned from, and nobody is asked twice", async () => {
  const at = folder("asked", spec);
  const [todo, done] = [join(at, "labels", "side-by-side.todo.jsonl"), join(at, "labels", "side-by-side.jsonl")];
  const first = await run(at);
  const waiting = lines(todo);
  // Ten pairs, each for both aspects, a fifth of them drawn; nobody has answered, and the recipe went on.
  expect(waiting.length).toBe(20);
  expect(new Set(waiting.map(({ pair }) => pair)).size).toBe(10);
  expect(new Set(waiting.map(({ aspect }) => aspect))).toEqual(new Set(["main", "usefulness"]));
  expect(waiting.filter(({ chosen }) => chosen === "random").length).toBe(4);
  expect(new Set(waiting.map(({ sides }) => sides)).size).toBe(2);
  expect(waiting.every(({ p }) => p === null)).toBe(true);
  expect(journal(first).some(({ note }) => String(note).startsWith("10 of 10 pairs wait for people"))).toBe(true);
  const reports = (folder: string) => journal(folder).flatMap(({ report }) => (report as Record<string, number>[]) ?? []);
  expect(reports(first).at(-1)).toMatchObject({ count: 0, gap: expect.any(Number) });

  // Three pairs are answered where they stand.
  const filled = waiting.map((line, i) => (i < 6 ? { ...line, p: line.sides === "turned" ? 0 : 1 } : line));
  writeFileSync(todo, jsonl(filled));
  const again = await run(at);
  expect(lines(todo)).toEqual(waiting.slice(6));
  const answers = lines(done);
  // The sides are those of the pair again: whoever wrote the left answer won each time.
  expect(answers.length).toBe(6);
  expect(answers.every(({ p, sides }) => p === 1 && sides === undefined)).toBe(true);
  expect(reports(again).at(-1)!.count).toBe(6);
  // Only what reads the labels was done again.
  const fits = readdirSync(join(again, "steps")).map((key) => JSON.parse(readFileSync(join(again, "steps", key, "result.json"), "utf8")) as { step: string }); // biome-ignore format: one line
  expect(fits.filter(({ step }) => step === "sample").length).toBe(1);
  expect(fits.filter(({ step }) => step === "fit").length).toBe(5);
  const before = readFileSync(todo, "utf8") + readFileSync(done, "utf8");
  await run(at);
  expect(readFileSync(todo, "utf8") + readFileSync(done, "utf8")).toBe(before);

  // More of them: pairs that were asked before stay out. A folder of its own, because a module is loaded once.
  const more = join(base, "more");
  cpSync(at, more, { recursive: true });
  writeFileSync(join(more, "main.neuro"), spec.replace("budget: 10", "budget: 12"));
  await run(more);
  const all = lines(join(more, "labels", "side-by-side.todo.jsonl"));
  expect(new Set(all.map(({ pair, aspect }) => `${pair} ${aspect}`)).size).toBe(all.length);
  expect(all.length).toBeGreaterThan(14);
  expect(all.every(({ pair }) => !answers.some((answer) => answer.pair === pair))).toBe(true);
}, 60_000);

test("a recipe that is stopped while it asks goes on and asks nobody twice", async () => {
  const at = folder("stopped", spec);
  const todo = join(at, "labels", "side-by-side.todo.jsonl");
  await run(at);
  const whole = readFileSync(todo, "utf8");
  // As if it had been killed after the choice was kept and before the last lines were written.
  writeFileSync(todo, whole.split("\n").slice(0, 7).join("\n"));
  await run(at);
  expect(new Set(readFileSync(todo, "utf8").trim().split("\n"))).toEqual(new Set(whole.trim().split("\n")));
}, 60_000);

test("a share that is none and an aspect that nobody declared are refused with their line", async () => {
  const at = folder("nonsense", spec);
  const todo = join(at, "labels", "side-by-side.todo.jsonl");
  await run(at);
  const waiting = lines(todo);
  for (const [wrong, said] of [
    [{ p: 7 }, "has 7 as `p`"],
    [{ p: 1, aspect: "beauty" }, "none of main, usefulness"],
  ] as const) {
    // biome-ignore format: two cases
    writeFileSync(todo, jsonl([waiting[0]!, { ...waiting[1], ...wrong }]));
    const refused = {
      code: "row_malformed",
      message: expect.stringContaining(said),
      where: expect.stringContaining("side-by-side.todo.jsonl:2"),
    };
    await expect(run(at)).rejects.toMatchObject(refused);
  }
}, 60_000);
