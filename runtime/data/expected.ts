/**
 * The value of an input: what answers to it earn on average, over several models that stand for those that will answer. A reranker learns it,
 * and it is what A2C's critic expects of a prompt. The variance of the estimate is that between models over M, and that of one model's answers
 * over M n, so that more models help more than more answers where models differ. Knows nothing of what learns from it.
 */

import { tell } from "../notes.ts";
import { mean } from "../numbers.ts";
import type { Seed } from "../random.ts";
import { asksPractice } from "../train/practice.ts";
import type { Version } from "../train/version.ts";
import { sample } from "./functions.ts";
import { resumable } from "./resume.ts";
import { type Row, type Rows, toRow } from "./row.ts";
import { Alike, type RewardOf, score } from "./verdicts.ts";

/** How inputs are answered. */
export type ExpectedOptions = {
  /** The prompts; in a recipe, those that it drew answers to before, where none are given. */
  readonly on?: Rows;
  /** Answers of each model to each input. */
  readonly n?: number;
  /** An input is a prompt with all of its documents, or with one of them alone. */
  readonly each?: "prompt" | "document";
  readonly temperature?: number;
  readonly most?: number;
  readonly seed?: Seed;
};

/**
 * For each input a row: `reward`, the mean over all answers of all models; `spread`, the standard deviation of one model's answers; `apart`,
 * that of the models' means; `error`, the standard error of `reward`; `answers`, how many there are; `halves`, the means of the answers with
 * even and with odd numbers, from which `ceiling` tells how well the best model could predict.
 */
export async function* expected(by: RewardOf, among: readonly Version[], options: ExpectedOptions = {}): AsyncGenerator<Row> {
  yield* from(0, by, among, options);
}

asksPractice(expected, ([by, among, options], prompts) => {
  const { on = [], ...rest } = (options ?? {}) as ExpectedOptions;
  return [by, among, { ...rest, on: Array.isArray(on) && on.length === 0 ? prompts() : on }];
});

/** So many inputs are answered by one model after another; they have a draw of their own, so that a run goes on after any of them. */
const together = 32;

resumable(expected, (given, rows) => {
  const [by, among, options] = given as Parameters<typeof expected>;
  const kept = rows - (rows % together);
  return { kept, rest: from(kept, by, among, options) };
});

async function* from(
  first: number,
  by: RewardOf,
  among: readonly Version[],
  { on = [], n = 8, each = "prompt", temperature = 1, most = 256, seed = 0 }: ExpectedOptions = {},
): AsyncGenerator<Row> {
  const all = await inputsOf(on, each);
  const alike = new Alike();
  for (let at = first; at < all.length; at += together) {
    const inputs = all.slice(at, at + together);
    const earned = inputs.map(() => among.map((): number[] => []));
    for (const [m, model] of among.entries()) {
      const answers = sample(model, inputs, { n, temperature, most, seed: [seed, m, at] });
      for await (const row of score(answers, by)) {
        earned[row.place]![m]!.push(row.reward);
        alike.see(row);
      }
    }
    for (const [i, { prompt, documents }] of inputs.entries()) yield { prompt, documents, ...estimate(earned[i]!) };
  }
  alike.end();
}

/** What the rewards of each model's answers say of the input. */
export function estimate(earned: readonly (readonly number[])[]): Record<string, unknown> {
  const all = earned.flat();
  const means = earned.map((rewards) => mean(rewards));
  const spread = Math.sqrt(mean(earned.map(variance)));
  const apart = Math.sqrt(variance(means));
  // Among several models their means differ by both causes; of one model only its own spread is known.
  const error = means.length > 1 ? apart / Math.sqrt(means.length) : spread / Math.sqrt(all.length);
  const half = (odd: number): number => mean(earned.flatMap((rewards) => rewards.filter((_, i) => i % 2 === odd)));
  return { reward: mean(all), spread, apart, error, answers: all.length, halves: [half(0), all.length > 1 ? half(1) : half(0)] };
}

/** The variance of a sample; 0 of one number. */
function variance(values: readonly number[]): number {
  const middle = mean(values);
  return values.length < 2 ? 0 : values.reduce((sum, x) => sum + (x - middle) ** 2, 0) / (values.length - 1);
}

async function inputsOf(prompts: Rows, each: "prompt" | "document"): Promise<Row[]> {
  const inputs: Row[] = [];
  let [number, bare] = [0, 0];
  for await (const value of prompts) {
    const { prompt, documents } = toRow(value, `row ${++number}`);
    if (each === "prompt") inputs.push({ prompt, documents });
    else for (const document of documents) inputs.push({ prompt, documents: [document] });
    if (each === "document" && documents.length === 0) bare++;
  }
  if (bare > 0) tell(`${bare} of ${number} prompts have no documents, so nothing is expected of them.`);
  return inputs;
}
