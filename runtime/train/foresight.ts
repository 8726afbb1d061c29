/**
 * What std.foresight measures: whether answers are better prompt by prompt, beyond chance; and which questions a model knows the answer to.
 * Plain functions of rows; a recipe makes them durable steps. Knows nothing of models.
 */
import { type Row, type RowAnswer, type Rows, toRow } from "../data/row.ts";
import { NeuroError } from "../error.ts";
import { quantile } from "../numbers.ts";
import { keyOf, type Seed, Stream } from "../random.ts";
import { words } from "../reward/form.ts";
import type { Answer, Message } from "../types.ts";

/** How well a model knows an answer (SliCK). */
export type Knowledge = "highly_known" | "maybe_known" | "weakly_known" | "not_known";

/** A mean over prompts and the ends of its interval of 95%. */
export type Interval = { readonly mean: number; readonly low: number; readonly high: number };

/** So often prompts are drawn again. */
const draws = 2_000;

/**
 * By how much the rewards of rows lie above those of others, prompt by prompt: the mean difference, and the percentiles 2.5 and 97.5 of that mean over
 * prompts that are drawn again with replacement (paired bootstrap; Koehn 2004). Prompts of only one side are left out. Throws `no_rows`.
 */
export async function better(rows: Rows, others: Rows, { seed }: { readonly seed: number }): Promise<Interval> {
  const [mine, theirs] = [await byPrompt(rows), await byPrompt(others)];
  const gains = [...mine].flatMap(([prompt, reward]) => (theirs.has(prompt) ? [reward - theirs.get(prompt)!] : []));
  if (gains.length === 0) {
    throw new NeuroError("no_rows", "There is no prompt that both sides answer.", {
      hint: "Answer the same questions on both sides.",
    });
  }
  return interval(gains, ["better", seed]);
}

/** The mean of numbers with its bootstrapped interval. */
export function interval(gains: readonly number[], seed: Seed): Interval {
  const key = keyOf(seed, "bootstrap");
  const means = Array.from({ length: draws }, (_, draw) => {
    const pick = new Stream(key, draw);
    let sum = 0;
    for (let i = 0; i < gains.length; i++) sum += gains[pick.below(gains.length)]!;
    return sum / gains.length;
  });
  const mean = gains.reduce((sum, x) => sum + x, 0) / gains.length;
  return { mean, low: quantile(means, 0.025), high: quantile(means, 0.975) };
}

/** The mean reward of each prompt over its documents. */
async function byPrompt(rows: Rows): Promise<Map<string, number>> {
  const sums = new Map<string, { sum: number; count: number }>();
  for await (const row of rows) {
    const { prompt, documents, reward } = row as Row & { reward: number };
    const name = JSON.stringify([prompt, documents]);
    const { sum, count } = sums.get(name) ?? { sum: 0, count: 0 };
    sums.set(name, { sum: sum + reward, count: count + 1 });
  }
  return new Map([...sums].map(([name, { sum, count }]) => [name, sum / count]));
}

/** Each question several times, after other questions of its relation with their answers. Throws `exemplars_few` where a relation has too few. */
export async function* exemplars(
  rows: Rows,
  shots: number,
  times: number,
  { seed }: { readonly seed: number },
): AsyncGenerator<Row> {
  const all: Row[] = [];
  for await (const row of rows) all.push(toRow(row, `question ${all.length + 1}`));
  const key = keyOf(seed, "exemplars");
  const related = Map.groupBy(all, ({ relation }) => String(relation ?? ""));
  for (const [name, list] of related) {
    if (list.length > shots) continue;
    throw new NeuroError(
      "exemplars_few",
      `${name === "" ? "The questions" : `The relation ${name}`} has ${list.length} questions, and each needs ${shots} others.`,
      {
        hint: "Add questions, or ask with fewer `shots`.",
      },
    );
  }
  for (const [place, row] of all.entries()) {
    const others = related.get(String(row.relation ?? ""))!.filter((other) => other !== row);
    for (let time = 0; time < times; time++) {
      const shown = drawn(others, shots, new Stream(key, place, time));
      const before = shown.flatMap(({ prompt, answer }): Message[] => [
        ...prompt,
        { role: "assistant", content: textOf(answer) },
      ]);
      yield { prompt: [...before, ...row.prompt], documents: row.documents, gold: textOf(row.answer), question: place };
    }
  }
}

/** So many of a list without one twice (Fisher and Yates). */
function drawn<T>(list: readonly T[], count: number, pick: Stream): T[] {
  const left = [...list];
  return Array.from({ length: count }, () => left.splice(pick.below(left.length), 1)[0]!);
}

const textOf = (answer: RowAnswer | undefined): string => answer?.text ?? "";

/** Whether two texts are the same but for case, punctuation and articles. */
export function same(answer: Answer, gold: string): boolean {
  const plain = (text: string): string =>
    words(text)
      .filter((word) => !["a", "an", "the"].includes(word))
      .join(" ");
  return plain(gold) !== "" && plain(answer.text) === plain(gold);
}

/** Each question with the shares of its plain and drawn answers that earned 1, and what a function makes of the two. */
export async function* known(
  rows: Rows,
  plain: Rows,
  drawn: Rows,
  by: (certain: number, possible: number) => Knowledge | Promise<Knowledge>,
): AsyncGenerator<Row & { known: Knowledge; certain: number; possible: number }> {
  const [certain, possible] = [await rightOf(plain), await rightOf(drawn)];
  let place = 0;
  for await (const value of rows) {
    const row = toRow(value, `question ${place + 1}`);
    const [sure, maybe] = [certain.get(place) ?? 0, possible.get(place) ?? 0];
    place++;
    yield { ...row, known: await by(sure, maybe), certain: sure, possible: maybe };
  }
}

/** The share of right answers of each question. */
async function rightOf(rows: Rows): Promise<Map<number, number>> {
  const found = new Map<number, { right: number; count: number }>();
  for await (const row of rows) {
    const { question, reward } = row as { question: number; reward: number };
    const { right, count } = found.get(question) ?? { right: 0, count: 0 };
    found.set(question, { right: right + (reward === 1 ? 1 : 0), count: count + 1 });
  }
  return new Map([...found].map(([question, { right, count }]) => [question, right / count]));
}

/** Which share of rows each category has, the most frequent first. */
export function shares(values: readonly Knowledge[]): { value: Knowledge; share: number; rows: number }[] {
  const counts = Map.groupBy(values, (value) => value);
  return [...counts]
    .map(([value, all]) => ({ value, share: all.length / values.length, rows: all.length }))
    .sort((a, b) => b.rows - a.rows);
}
