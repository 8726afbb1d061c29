import { describe, expect, test } from "vitest";
import { type Answered, judgments } from "./people.ts";
import { questions } from "./questions.ts";

const unknown = (prompt: string): string => (/\p{Script=Cyrillic}/u.test(prompt) ? "Я не знаю." : "I do not know.");

/** Each question answered in each of some ways. */
function* answered(ways: readonly ((expected: string, prompt: string) => string)[]): Generator<Answered> {
  for (const { prompt, documents, expected } of questions({ count: 200, seed: 3 }))
    for (const way of ways) yield { prompt: [{ content: prompt }], documents, expected, answer: { text: way(expected, prompt) } };
}

/** The share of people who prefer the first of two ways where both meet, over questions that have an answer or have none. */
async function preferred(ways: readonly [Way, Way], known: boolean): Promise<number> {
  const shares: number[] = [];
  const rows = [...answered(ways)].filter(({ expected }) => expected.includes("[") === known);
  const by = new Map(rows.map(({ prompt, expected }) => [prompt[0]!.content, expected]));
  for await (const { prompt, left, right, p } of judgments(rows, { each: 6, seed: 1 })) {
    const [a, b] = ways.map((way) => way(by.get(prompt)!, prompt));
    if (left === a && right === b) shares.push(p);
    if (left === b && right === a) shares.push(1 - p);
  }
  expect(shares.length).toBeGreaterThan(30);
  return shares.reduce((sum, p) => sum + p, 0) / shares.length;
}
type Way = (expected: string, prompt: string) => string;
const right: Way = (expected) => expected;
const silent: Way = (_, prompt) => unknown(prompt);
const invented: Way = () => "Zorlum [1]";

describe("people who judge answers", () => {
  test("prefer what is right to silence, and silence to what is made up", async () => {
    expect(await preferred([right, silent], true)).toBeGreaterThan(0.8);
    expect(await preferred([silent, invented], true)).toBeGreaterThan(0.8);
    expect(await preferred([silent, invented], false)).toBeGreaterThan(0.9);
  });

  test("like a footnote that bears the answer out better than none", async () => {
    expect(await preferred([right, (expected) => expected.replace(/ \[\d+\]$/, "")], true)).toBeGreaterThan(0.65);
  });

  test("say the same of the same answers, and never compare an answer with itself", async () => {
    const told = (seed: number) => Array.fromAsync(judgments(answered([right, invented]), { each: 2, seed }));
    expect(await told(1)).toEqual(await told(1));
    expect(await told(1)).not.toEqual(await told(2));
    for (const { left, right } of await told(1)) expect(left).not.toBe(right);
  });
});
