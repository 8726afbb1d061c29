// The recipes of std.weights, from a spec to weights: greedy soup chooses as its authors' code, curves between runs and their barriers, and WARP is its parts.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Built, openBuilt } from "../cli/built.ts";
import { findSpec } from "../cli/spec.ts";
import { readJournal } from "../runtime/train/journal.ts";
import { readSafetensors } from "../runtime/weights/safetensors.ts";

const spec = `
use std.decoders { Decoder }
use std.objectives { cross_entropy, grpo }
use std.data { Instruct, Prompt, groups, rollouts }
use std.weights { soup, liti, ema, warp, greedy_soup, connectivity, barrier }

dataset lessons: Instruct = jsonl("lessons.jsonl")
dataset held_out: Instruct = jsonl("held-out.jsonl")
dataset questions: Prompt = jsonl("questions.jsonl")
tokenizer words = bpe(vocab: 280, from: lessons)
model policy: Decoder { tokenizer: words, width: 16, heads: 2, depth: 1 layers, inner: 32, window: 32 tokens }
extern fn letters(answer: Answer) -> Int from "./letters.ts"
reward wide(answer: Answer) { total = letters(answer) }

train chosen {
  start = fit(policy, by: cross_entropy, on: lessons, steps: 20 steps, batch: 8, rate: 1e-2)
  runs  = for seed in 1..3 { fit(start, by: cross_entropy, on: lessons, steps: 8 steps, batch: 4, rate: 2e-2, seed: seed) }
  fn worth(m) = -evaluate(m, by: cross_entropy, on: held_out)
  fn loss(m) = evaluate(m, by: cross_entropy, on: held_out)
  report(a: worth(runs[0]), ab: worth(soup([runs[0], runs[1]])), ac: worth(soup([runs[0], runs[2]])), abc: worth(soup(runs)))
  policy = greedy_soup(runs, worth)
  report(best: worth(policy), loss_a: loss(runs[0]), loss_b: loss(runs[1]))
  there = connectivity(runs[0], runs[1], loss, points: 5)
  back  = connectivity(runs[1], runs[0], loss, points: 5)
  same  = connectivity(runs[0], runs[0], loss, points: 3)
  report(there: barrier(there), back: barrier(back), same: barrier(same))
  report(begins: there[0], ends: there[4])
}
train plain {
  policy = fit(policy, by: grpo(reference: ema(policy, 0.99)), on: groups(rollouts(policy, questions, by: wide, n: 2, most: 6 tokens)),
               steps: 2 steps, batch: 4, rate: 1e-2, seed: [1, 1])
}
train warped { policy = warp(policy, questions, wide, rounds: 1, runs: 1, η: 1, steps: 2 steps, batch: 4, rate: 1e-2, n: 2, most: 6 tokens) }
train half   { policy = warp(policy, questions, wide, rounds: 1, runs: 1, η: 0.5, steps: 2 steps, batch: 4, rate: 1e-2, n: 2, most: 6 tokens) }
train nowhere { policy = warp(policy, questions, wide, rounds: 1, runs: 1, η: 0, steps: 2 steps, batch: 4, rate: 1e-2, n: 2, most: 6 tokens) }
train family {
  start  = policy
  policy = liti(start, warp(start, questions, wide, rounds: 1, runs: 1, η: 1, steps: 2 steps, batch: 4, rate: 1e-2, n: 2, most: 6 tokens), 0.5)
}
train twice { policy = warp(policy, questions, wide, rounds: 2, runs: 2, steps: 2 steps, batch: 4, rate: 1e-2, n: 2, most: 6 tokens) }
train start { policy = fit(policy, by: cross_entropy, on: lessons, steps: 0 steps) }
`;

const at = mkdtempSync(join(tmpdir(), "neuro-merging-"));
let built: Built;
beforeAll(async () => {
  const jsonl = (rows: readonly object[]) => rows.map((row) => `${JSON.stringify(row)}\n`).join("");
  const rows = Array.from({ length: 24 }, (_, i) => ({ prompt: `${i} and ${i % 5}`, answer: `sum ${i + (i % 5)}` }));
  writeFileSync(join(at, "lessons.jsonl"), jsonl(rows.slice(0, 18)));
  writeFileSync(join(at, "held-out.jsonl"), jsonl(rows.slice(18)));
  writeFileSync(join(at, "questions.jsonl"), jsonl(rows.slice(0, 8).map(({ prompt }) => ({ prompt }))));
  writeFileSync(join(at, "letters.ts"), "export const letters = (answer) => answer.text.length;\n");
  writeFileSync(join(at, "main.neuro"), spec);
  built = await openBuilt(findSpec(at), { device: "cpu", set: [], json: false });
}, 60_000);
afterAll(async () => {
  await built.system.close();
  rmSync(at, { recursive: true, force: true });
});

type Barrier = { readonly above_mean: number; readonly above_line: number };

/** Runs a recipe: what it reported, and the weights that it ends with, one after the other. */
async function ran<T>(name: string): Promise<{ told: T; weights: number[] }> {
  const recipe = built.system.recipes().find((one) => one.name === name)!;
  const { folder } = await recipe.run({ device: "cpu", every: 3600 });
  const lines = readJournal(join(folder, "journal.jsonl")) as { report?: object[] }[];
  const { tensors } = readSafetensors(join(at, "weights", "policy.safetensors"));
  return {
    told: Object.assign({}, ...lines.flatMap(({ report }) => report ?? [])) as T,
    weights: [...tensors.values()].flatMap(({ data }) => [...data]),
  };
}

test("greedy soup keeps what its authors' code keeps, and a curve between two runs has their losses at its ends", async () => {
  type Numbers = Record<"a" | "ab" | "ac" | "abc" | "best" | "loss_a" | "loss_b" | "begins" | "ends", number>;
  const { told } = await ran<Numbers & Record<"there" | "back" | "same", Barrier>>("chosen");
  // Strictly better than what is held, one after another, as mlfoundations/model-soups has it.
  const second = told.ab > told.a;
  const third = second ? told.abc > told.ab : told.ac > told.a;
  const held = second ? (third ? told.abc : told.ab) : third ? told.ac : told.a;
  expect(told.best).toBeCloseTo(held, 5);
  expect(told.best).toBeGreaterThanOrEqual(told.a);
  expect(told.begins).toBeCloseTo(told.loss_a, 5);
  expect(told.ends).toBeCloseTo(told.loss_b, 5);
  // Above the line: at least the ends, where it is 0. Whoever is walked to is as far as whoever is walked from, and a run from itself not at all.
  expect(told.there.above_line).toBeGreaterThanOrEqual(0);
  expect(told.back.above_line).toBeCloseTo(told.there.above_line, 5);
  expect(told.back.above_mean).toBeCloseTo(told.there.above_mean, 5);
  expect(told.there.above_mean).toBeGreaterThanOrEqual(Math.abs(told.loss_a - told.loss_b) / 2 - 1e-6);
  expect(told.same.above_line).toBeCloseTo(0, 6);
  expect(told.same.above_mean).toBeCloseTo(0, 6);
}, 60_000);

test("WARP of one run, one round and all of the way is the fit alone; less of the way lies on the line to it", async () => {
  const weights = new Map<string, number[]>();
  for (const name of ["start", "plain", "warped", "half", "nowhere", "family", "twice"])
    weights.set(name, (await ran(name)).weights);
  const far = (a: string, b: string): number => Math.max(...weights.get(a)!.map((x, i) => Math.abs(x - weights.get(b)![i]!)));
  expect(far("start", "plain")).toBeGreaterThan(1e-3);
  expect(far("warped", "plain")).toBeLessThan(1e-6);
  expect(far("nowhere", "start")).toBe(0);
  // Its family of policies, from the start (0) to what was merged (1).
  expect(far("half", "family")).toBeLessThan(1e-6);
  const middle = weights.get("start")!.map((x, i) => (x + weights.get("plain")![i]!) / 2);
  expect(Math.max(...middle.map((x, i) => Math.abs(x - weights.get("half")![i]!)))).toBeLessThan(1e-6);
  // Two rounds of two runs go somewhere else, and nowhere wild.
  expect(far("twice", "start")).toBeGreaterThan(1e-4);
  expect(far("twice", "start")).toBeLessThan(1);
}, 60_000);
