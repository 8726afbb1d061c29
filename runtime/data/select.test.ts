import fc from "fast-check";
import { expect, test } from "vitest";
import { NeuroError } from "../error.ts";
import { heard } from "../notes.ts";
import { stream } from "../random.ts";
import { against, pairs } from "./pairs.ts";
import { type Row, toRow } from "./row.ts";
import { finished, top } from "./select.ts";
import { type RewardOf, score } from "./verdicts.ts";

const row = (prompt: string, text: string, more: object = {}): Row => toRow({ prompt, answer: text, ...more }, "a row");
const rows = [row("a", "x"), row("a", "xxx"), row("a", "xx"), row("b", "y"), row("b", "y")];
const length: RewardOf = ({ answer }) => ({ reward: answer!.text.length, terms: { length: answer!.text.length } });
/** What an answer is worth is written in it. */
const worth: RewardOf = ({ answer }) => ({ reward: Number(answer!.text), terms: { worth: Number(answer!.text), form: 0 } });
const texts = (found: readonly Row[]): unknown[] => found.map((each) => each.answer?.text);
const all = <T>(given: AsyncIterable<T>): Promise<T[]> => Array.fromAsync(given);
const told = async (work: () => Promise<unknown>): Promise<string[]> => {
  const notes: string[] = [];
  await heard((text) => notes.push(text), work);
  return notes;
};
const mean = (values: readonly number[]): number => values.reduce((sum, x) => sum + x, 0) / values.length;

test("scores, and keeps the best of each prompt, no text twice", async () => {
  expect((await all(score(rows, length))).map((each) => each.reward)).toEqual([1, 3, 2, 1, 1]);
  expect(texts(await all(top(rows, 2, length)))).toEqual(["xxx", "xx", "y"]);
});

test("of all answers the best part, and those above a threshold", async () => {
  const given = ["1", "9", "5"].map((text) => row("a", text)).concat(["2", "8", "3", "0"].map((text) => row("b", text)));
  expect(texts(await all(top(given, 9, worth, { share: 0.4 })))).toEqual(["9", "5", "8"]);
  expect(texts(await all(top(given, 1, worth, { above: 8 })))).toEqual(["9"]);
  expect(texts(await all(top(given, 1, worth, { share: 0.1 })))).toEqual(["9"]);
});

test("the mean of what is chosen is never below the mean of what there was", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.integer({ min: -9, max: 9 }), { minLength: 1 }),
      fc.integer({ min: 1, max: 5 }),
      async (given, n) => {
        const chosen = await all(
          top(
            given.map((value) => row("a", String(value))),
            n,
            worth,
          ),
        );
        expect(mean(chosen.map(({ reward }) => reward))).toBeGreaterThanOrEqual(mean([...new Set(given)]) - 1e-9);
        if (n >= new Set(given).size) expect(chosen).toHaveLength(new Set(given).size);
      },
    ),
  );
});

test("says that rewards tell nothing apart, with their terms", async () => {
  const same = [row("a", "4"), row("a", "4.0"), row("b", "4")];
  expect(await told(() => all(top(same, 1, worth)))).toEqual([
    "All 3 answers earn 4 (worth 4, form 0): the reward tells none of them apart.",
  ]);
  expect(await told(() => all(top([...same, row("b", "5")], 1, worth)))).toEqual([]);
});

test("a reward that is no number is refused, with the row and the terms", async () => {
  await expect(all(top([row("Why?", "1"), row("How?", "so")], 1, worth))).rejects.toThrow(
    'The reward of row 2 ("How?") is NaN (worth NaN, form 0).',
  );
});

test("learning from the best of N leads to the policy F(r)^N - F(r-)^N: what is chosen is so distributed", async () => {
  // A tabular policy over four answers, two of which earn the same; the best of three draws, the earlier one among equals.
  const [policy, rewards] = [[0.4, 0.3, 0.2, 0.1], [1, 2, 2, 5]]; // biome-ignore format: a table
  const random = stream(11, "tabular");
  const draw = (): number => {
    const drawn = random.uniform();
    return policy.findIndex((_, i) => drawn < policy.slice(0, i + 1).reduce((sum, p) => sum + p, 0));
  };
  const drawn = Array.from({ length: 6000 }, (_, prompt) =>
    Array.from({ length: 3 }, () => row(`p${prompt}`, String(draw()))),
  ).flat();
  const chosen = await all(top(drawn, 1, (each) => ({ reward: rewards[Number(each.answer!.text)]!, terms: {} })));
  const share = (wanted: string[]) => chosen.filter((each) => wanted.includes(each.answer!.text)).length / chosen.length;
  expect(share(["0"])).toBeCloseTo(0.4 ** 3, 1.5);
  expect(share(["1", "2"])).toBeCloseTo(0.9 ** 3 - 0.4 ** 3, 1.5);
  expect(share(["3"])).toBeCloseTo(1 - 0.9 ** 3, 1.5);
});

test("a term that is no number is said with the row that it was asked about", async () => {
  const broken: RewardOf = () => {
    throw new NeuroError("term_not_finite", "The term form of the reward quality is NaN.", { where: "main.neuro:4" });
  };
  await expect(all(top([row("Why?", "1")], 1, broken))).rejects.toThrow(
    'The term form of the reward quality is NaN. It was asked about row 1 ("Why?").',
  );
});

test("leaves out answers that are empty or were cut off, and says how many", async () => {
  const given = [row("a", "fine"), row("a", " "), row("b", "cut o", { cut: true }), row("b", "done", { cut: false })];
  let kept: Row[] = [];
  const notes = await told(async () => (kept = await all(finished(given))));
  expect(texts(kept)).toEqual(["fine", "done"]);
  expect(notes).toEqual(["2 of 4 answers are left out: 1 were cut off, 1 are empty or too short."]);
  expect(texts(await all(finished([row("a", "one two"), row("a", "one")], { least: 2 })))).toEqual(["one two"]);
});

test("pairs: every one is beyond the gap, oriented, of two texts, and no more than allowed", async () => {
  const sigma = (x: number) => 1 / (1 + Math.exp(-x));
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.integer({ min: -40, max: 40 }), { maxLength: 12 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      fc.integer({ min: 1, max: 20 }),
      async (given, gap, most) => {
        const answers = given.map((value) => row("a", String(value / 10)));
        const found = await all(pairs(answers, worth, { gap, most }));
        const distinct = new Set(given).size;
        expect(found.length).toBeLessThanOrEqual(Math.min(most, (distinct * (distinct - 1)) / 2));
        for (const { chosen, rejected, margin } of found as unknown as { chosen: Row; rejected: Row; margin: number }[]) {
          expect(sigma(margin)).toBeGreaterThan(gap);
          expect(margin).toBeCloseTo(Number(chosen.text) - Number(rejected.text), 9);
          expect(margin).toBeGreaterThan(0);
        }
        expect(await all(pairs(answers, worth, { gap, most }))).toEqual(found);
      },
    ),
  );
});

/** Rewards of ten answers, moved and stretched. */
const moved =
  (by: number, times: number): RewardOf =>
  (each) => ({ reward: times * Number(each.answer!.text) + by, terms: {} });

test("pairs: a constant on all rewards changes nothing, and stretching them removes none", async () => {
  const ten = Array.from({ length: 10 }, (_, i) => row("a", String((i * 7) % 10)));
  const found = async (reward: RewardOf) =>
    (await all(pairs(ten, reward, { gap: 0.9, most: 100 }))).map((each) => JSON.stringify([each.chosen, each.rejected]));
  const plain = await found(moved(0, 0.5));
  expect(plain.length).toBeGreaterThan(5);
  expect(await found(moved(1000, 0.5))).toEqual(plain);
  expect(new Set(await found(moved(0, 0.75)))).toEqual(new Set([...plain, ...(await found(moved(0, 0.75)))]));
});

test("pairs: the best against the worst, limited in how their lengths differ, drawn by the seed", async () => {
  const ten = Array.from({ length: 10 }, (_, i) => row("a", String((i * 7) % 10)));
  const preferred = (found: Row[]) => found.map(({ chosen, rejected }) => [(chosen as Row).text, (rejected as Row).text]);
  expect(preferred(await all(pairs(ten, worth, { pick: "extremes" })))).toEqual([["9", "0"]]);
  const wordy = [row("a", "one two three"), row("a", "one two"), row("a", "one")];
  expect(preferred(await all(pairs(wordy, length, { longer: 1, most: 9 }))).sort()).toEqual([
    ["one two three", "one two"],
    ["one two", "one"],
  ].sort()); // biome-ignore format: two pairs
  const drawn = async (seed: number) => preferred(await all(pairs(ten, worth, { most: 4, seed })));
  expect(await drawn(1)).toEqual(await drawn(1));
  expect(await drawn(1)).not.toEqual(await drawn(2));
});

test("the share of random pairs that pass a gap is what normal rewards of deviation s should give: 2 (1 - Phi(logit(t) / (s sqrt 2)))", async () => {
  // Quantiles of the normal distribution, so that the share is that of the distribution and not of a draw.
  const inverse = (p: number): number => {
    let [low, high] = [-9, 9];
    const phi = (x: number): number => {
      let sum = 0;
      for (let z = -9; z < x; z += 0.001) sum += Math.exp(-(z * z) / 2) * 0.001;
      return sum / Math.sqrt(2 * Math.PI);
    };
    for (let i = 0; i < 30; i++) {
      const middle = (low + high) / 2;
      if (phi(middle) < p) low = middle;
      else high = middle;
    }
    return low;
  };
  const s = 1.5;
  const normal = Array.from({ length: 60 }, (_, i) => s * inverse((i + 0.5) / 60));
  const found = await all(pairs(normal.map((value) => row("a", value.toFixed(9))), worth, { gap: 0.8, most: 10_000 })); // biome-ignore format: one call
  const x = Math.log(0.8 / 0.2) / (s * Math.SQRT2);
  const tail = 2 * (1 - 0.7432); // Phi(0.6535) = 0.7432
  expect(x).toBeCloseTo(0.6535, 4);
  expect(found.length / 1770).toBeCloseTo(tail, 1);
});

test("says why there are no pairs", async () => {
  const give = (given: Row[], options = {}) => told(() => all(pairs(given, worth, options)));
  expect(await give([row("a", "1"), row("b", "2")])).toEqual([
    "No pairs: each of the 2 prompts has one answer, or the same one several times; sample more of each.",
  ]);
  expect(await give([row("a", "1"), row("a", "1.0")])).toEqual([
    "No pairs: answers to one prompt all earn the same, over 1 prompts; the reward tells none of them apart.",
  ]);
  expect(await give([row("a", "1"), row("a", "1.5")], { gap: 0.9 })).toEqual([
    "No pairs: rewards differ by 0.5 at most, a gap of 0.6225, and 0.9 is asked for (or their lengths differ too much).",
  ]);
});

test("sets answers against those of another to the same prompt", async () => {
  const duels = await all(against(rows, [row("a", "x"), row("c", "z")]));
  expect(duels.map(({ left, right }) => [left, right])).toEqual([
    [{ text: "xxx" }, { text: "x" }],
    [{ text: "xx" }, { text: "x" }],
  ]);
});
