// What a recipe becomes: TypeScript that a person can read, checked here by the lines that matter.
import { expect, test } from "vitest";
import { check } from "../check.ts";
import { hostOf } from "../tests/library.ts";
import { emitModule } from "./index.ts";

const head = `
use std.models { EncoderDecoder, Encoder, pairwise }
use std.objectives { cross_entropy, duel, Judged }
use std.answering { generate, infocontext }
use std.weights { liti }
use std.rewards { copied }
use std.data { sample, overrating, Instruct, Prompt }
type Aspect = main | usefulness
dataset judged: Judged<Aspect> = jsonl("judged.jsonl")
dataset lessons: Instruct = jsonl("lessons.jsonl")
dataset questions: Prompt = jsonl("questions.jsonl")
tokenizer words = bpe(vocab: 300, from: lessons)
model policy: EncoderDecoder { tokenizer: words, width: 16, heads: 2, encoder: 1 layers, decoder: 1 layers, window: 128 tokens }
model judge: Encoder { tokenizer: words, depth: 1 layers, width: 16, heads: 2, head: pairwise(over: Aspect) }
pipeline answer(prompt: Dialog, documents: Docs) -> Answer {
  generate(policy, prompt, infocontext(documents, given: [last(prompt)], block: 30 tokens, overlap: 10 tokens, budget: 60 tokens))
}
`;

/** The lines that a recipe's body becomes. Its spec has no errors. */
async function linesOf(body: string): Promise<string[]> {
  const checked = check(hostOf({ "main.neuro": `${head}train t {\n${body}\n}\n` }), "main.neuro");
  expect(checked.diagnostics.filter(({ severity }) => severity === "error")).toEqual([]);
  const { ts } = await emitModule(checked, { name: "t", version: "0", meaning: () => "key" });
  return ts.slice(ts.indexOf("system.recipe(")).split("\n").map((line) => line.trim()); // biome-ignore format: one line
}

test("rounds that only ask models run together; those with steps and pipelines run in turn; those that compute are a map", async () => {
  const lines = await linesOf(`
    asked  = for row in judged { duel(judge, row.left, row.right, row.prompt).main }
    fn worth(row) = duel(judge, row.left, row.right, row.prompt).usefulness
    worths = for row in judged { worth(row) }
    shares = for row in judged { row.p }
    texts  = for row in questions { answer(row.prompt, row.documents).text }
    fn told(row) = answer(row.prompt, row.documents).text
    again  = for row in questions { told(row) }
    runs   = for m in 1..2 { fit(policy, by: cross_entropy, on: lessons, steps: 1 steps, seed: m) }
    drawn  = for m in 1..2 { sample(policy, questions, n: m, seed: m) }
    report(a: mean(asked), b: mean(worths), c: mean(shares), d: count(texts), h: count(again), e: count(runs), f: count(drawn), g: overrating(judge, judged))`);
  const starting = (text: string) => lines.find((line) => line.startsWith(`const ${text} = `))?.slice(9 + text.length);
  expect(starting("asked")).toMatch(/^await together\(judged, async/);
  expect(starting("worths")).toMatch(/^await together\(judged, async/);
  expect(starting("shares")).toMatch(/^\(await collect\(judged\)\)\.map\(/);
  expect(starting("texts")).toMatch(/^await run\.each\(questions, async/);
  expect(starting("again")).toMatch(/^await run\.each\(questions, async/);
  expect(starting("runs")).toMatch(/^await run\.each\(range\(1, 2\), async/);
  expect(starting("drawn")).toMatch(/^await run\.each\(range\(1, 2\), async/);
  expect(lines.some((line) => line.startsWith("return mean(await together(labelled(rows), async"))).toBe(true);
});

test("a reward that asks another one gives it a row, and takes the number", async () => {
  const spec = `use std.rewards { footnotes }
reward form(answer: Answer, least: Float = 1) { total = least * soft(footnotes(answer) >= 1) }
fn asked(answer: Answer) -> Float = form(answer)
reward whole(prompt: Dialog, answer: Answer) {
  shape = form(answer, least: 3)
  total = shape + asked(answer)
}
`;
  const checked = check(hostOf({ "main.neuro": spec }), "main.neuro");
  expect(checked.diagnostics).toEqual([]);
  const { ts } = await emitModule(checked, { name: "t", version: "0", meaning: () => "key" });
  expect(ts).toContain('term("shape", (await form({ answer, least: 3 })).reward)');
  expect(ts).toContain("return (await form({ answer })).reward;");
});

test("a binding never hides what the file imports, also where a declaration has that name already", async () => {
  const spec = `${head}
reward inside(answer: Answer) { total = hard(tokens(answer) in 3..5 tokens) }
reward smooth(answer: Answer) {
  inside = hard(tokens(answer) in 3..5 tokens)
  mean   = mean([inside, 1])
  total  = inside + mean
}
train t { report(a: mean(for row in judged { row.p })) }
`;
  const checked = check(hostOf({ "main.neuro": spec }), "main.neuro");
  expect(checked.diagnostics.filter(({ severity }) => severity === "error")).toEqual([]);
  const { ts } = await emitModule(checked, { name: "t", version: "0", meaning: () => "key" });
  const bound = [...ts.matchAll(/^ +const (\w+) = /gm)].map(([, name]) => name!);
  const imported = [...ts.matchAll(/^import \{ (.*) \}/gm)].flatMap(([, names]) =>
    names!.split(", ").map((name) => name.split(" as ").at(-1)!),
  );
  expect(bound).toHaveLength(2);
  for (const name of bound) expect(imported).not.toContain(name);
});

test("bindings may be called as what the file imports, wherever they stand", async () => {
  const lines = await linesOf(`
    mean    = liti(policy, policy, 0.5)
    range   = 2
    collect = 3
    column  = 4
    repeat i in 1..range { mean = fit(mean, by: cross_entropy, on: lessons, steps: 1 steps, seed: i) }
    shares  = for row in judged { row.p }
    drawn   = sample(mean, questions, n: collect)
    report(range: range, collect: collect, column: column, all: count(drawn.answer), first: shares[0])
    policy  = mean`);
  const text = lines.join("\n");
  expect(text).toContain("for (const i of range_(1, range))");
  expect(text).toContain("(await collect_(judged))");
  expect(text).toContain('{ range, collect, column, all: count(await column_(drawn, "answer"))');
  expect(text).toMatch(/let mean = await run\.merge/);
  expect(text).toMatch(/\[mean\] = await run\.fit\(\[mean\]/);
});

test("rows are counted when they have been read: a file, what a step made, and both together", async () => {
  const lines = await linesOf(`
    drawn = sample(policy, questions, n: 2)
    report(file: count(questions), made: count(drawn), both: count(lessons + lessons))`);
  expect(lines.join("\n")).toContain(
    "file: count(await collect(questions)), made: count(await collect(drawn)), both: count(await collect(joined(lessons, lessons)))",
  );
});

test("a sub-recipe's parameter may be called as a declared model: it is the recipe's own, and begins as what it was given", async () => {
  const spec = `${head}
train longer(policy: LanguageModel) -> LanguageModel {
  policy = fit(policy, by: cross_entropy, on: lessons, steps: 1 steps)
  policy
}
train t { policy = longer(policy) }
`;
  const checked = check(hostOf({ "main.neuro": spec }), "main.neuro");
  const { ts } = await emitModule(checked, { name: "t", version: "0", meaning: () => "key" });
  const longer = ts.slice(ts.indexOf("async function longer("), ts.indexOf("system.recipe("));
  expect(longer).toContain("[policy_] = await run.fit([policy_]");
  expect(longer).not.toContain("run.start");
});
