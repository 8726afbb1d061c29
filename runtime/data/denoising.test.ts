import fc from "fast-check";
import { expect, test } from "vitest";
import { heard } from "../notes.ts";
import { denoisingWords, trainBpe } from "../text/bpe.ts";
import { Tokenizer } from "../text/tokenizer.ts";
import { batches } from "./batches.ts";
import { causal, type Denoiser, masked, sentinelsOf, ul2 } from "./denoising.ts";
import type { Drawn, Reading } from "./drawn.ts";
import type { Row } from "./row.ts";

const story = "The little boat went out to sea, and the sea was calm. A gull sat on its mast and told it of the islands. ".repeat(
  6,
);
const words = denoisingWords({ sentinels: 40, mask: true });
const tokenizer = Tokenizer.parse(trainBpe([story], { vocab: 420, last: words }));
const sentinels = sentinelsOf(tokenizer);
const { end } = tokenizer.special;
const encoded = tokenizer.encode(story);

const reading = (more: Partial<Reading> = {}): Reading => ({ tokenizer, window: 64, joined: false, seed: 1, ...more });
const read = async (drawn: Drawn, more: Partial<Reading> = {}, epoch = 0): Promise<Row[]> =>
  Array.fromAsync(drawn.rows(reading(more)).pass(epoch));
const told = async (work: () => Promise<unknown>): Promise<string[]> => {
  const notes: string[] = [];
  await heard((text) => notes.push(text), work);
  return notes;
};
/** The text that a row was made of. */
function restored({ given, answer }: Row): number[] {
  const targets = answer!.tokens!.slice(0, -1);
  const spanOf = (sentinel: number): number[] => {
    const from = targets.indexOf(sentinel) + 1;
    const length = targets.slice(from).findIndex((id) => sentinels.includes(id));
    return targets.slice(from, length < 0 ? undefined : from + length);
  };
  return given!.slice(1, -1).flatMap((id) => (sentinels.includes(id) ? spanOf(id) : [id]));
}

test("sentinels, modes and the mask are special words with the last ids, counting down as T5's do", () => {
  expect(sentinels).toHaveLength(40);
  expect(sentinels[0]).toBe(tokenizer.size - 1);
  expect(sentinels).toEqual(Array.from({ length: 40 }, (_, i) => tokenizer.size - 1 - i));
  expect(tokenizer.decode([...tokenizer.encode("a sea"), sentinels[3]!, tokenizer.id("[MASK]")!, tokenizer.id("[S]")!])).toBe(
    "a sea",
  );
});

test("a vocabulary without room for its words is refused", () => {
  expect(() => trainBpe([story], { vocab: 300, last: words })).toThrow(
    "A byte-level vocabulary needs at least 312 tokens, not 300.",
  );
});

test("rows give the texts again, fit the window with their ends, and begin with a mode", async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 16, max: 200 }), fc.boolean(), fc.nat(), async (window, joined, seed) => {
      const rows = await read(ul2([{ text: story }, "Only this."]), { window, joined, seed });
      expect(rows.flatMap(restored)).toEqual([...encoded, ...tokenizer.encode("Only this.")]);
      for (const { given, answer } of rows) {
        expect(["[R]", "[S]", "[X]"].map((word) => tokenizer.id(word))).toContain(given![0]);
        expect([given!.at(-1), answer!.tokens!.at(-1)]).toEqual([end, end]);
        if (joined) expect(given!.length + answer!.tokens!.length).toBeLessThanOrEqual(window);
        else expect(Math.max(given!.length, answer!.tokens!.length)).toBeLessThanOrEqual(window);
      }
    }),
    { numRuns: 40 },
  );
});

test("the mixture's denoisers come by their shares, each hiding as it says", async () => {
  const pages = Array.from({ length: 300 }, () => ({ text: story }));
  const rows = await read(ul2(pages), { window: 128 });
  const share = (mode: string) => rows.filter(({ given }) => given![0] === tokenizer.id(mode)).length / rows.length;
  expect(share("[R]")).toBeCloseTo(2 / 7, 1);
  expect(share("[S]")).toBeCloseTo(1 / 7, 1);
  expect(share("[X]")).toBeCloseTo(4 / 7, 1);
  const rest = rows.filter(({ given }) => given![0] === tokenizer.id("[S]"));
  for (const row of rest) {
    // Prefix language modelling: one sentinel, at the end, for the last quarter.
    expect(row.given!.filter((id) => sentinels.includes(id))).toEqual([sentinels[0]]);
    expect(row.given!.at(-2)).toBe(sentinels[0]);
    expect((row.answer!.tokens!.length - 2) / restored(row).length).toBeCloseTo(0.25, 0);
  }
});

test("draws belong to (seed, epoch, row): the same again, others in another pass or under another seed", async () => {
  const first = await read(ul2([story]));
  expect(await read(ul2([story]))).toEqual(first);
  expect(await read(ul2([story]), {}, 1)).not.toEqual(first);
  expect(await read(ul2([story]), { seed: 2 })).not.toEqual(first);
  const rows = ul2([story, story]).rows(reading());
  const walk = { batch: 2, seed: 1, stretch: 100, epochs: 2 };
  const all = await Array.fromAsync(batches(rows, walk));
  expect(await Array.fromAsync(batches(rows, walk, 3))).toEqual(all.slice(3));
  const given = (epoch: number) =>
    all.filter((batch) => batch.epoch === epoch).flatMap((batch) => batch.rows.map((row) => row.given));
  expect(given(0)).not.toEqual(given(1));
});

test("T5's span corruption is one denoiser; a length shorter than the window is kept to", async () => {
  const t5: Denoiser = { rate: 0.15, span: 3 };
  const rows = await read(ul2([story], { denoisers: [t5], length: 32 }));
  // T5's raw length for 32 is 34: 5 hidden in 2 spans leave 29 + 2 + 1.
  expect(rows[0]!.given).toHaveLength(32);
  expect(rows[0]!.answer!.tokens).toHaveLength(8);
});

test("too few sentinels, or none, no words to be masked with, and a window for nothing are said", async () => {
  const few = Tokenizer.parse(trainBpe([story], { vocab: 420, last: denoisingWords({ sentinels: 2 }) }));
  const notes = await told(() => read(ul2([story], { denoisers: [{ rate: 0.5, span: 1 }] }), { tokenizer: few }));
  expect(notes).toHaveLength(1);
  expect(notes[0]).toMatch(
    /^A text of \d+ tokens needs \d+ sentinels \(50% in spans of 1\), and the tokenizer has 2: its spans are longer instead./,
  );
  const bare = Tokenizer.parse(trainBpe([story], { vocab: 420 }));
  await expect(read(ul2([story]), { tokenizer: bare })).rejects.toThrow("The tokenizer has no `<extra_id_0>`");
  await expect(read(masked([story]), { tokenizer: bare })).rejects.toThrow("The tokenizer has no `[MASK]` or `<mask>`");
  await expect(read(ul2([story]), { window: 3 })).rejects.toThrow(
    "No text of two tokens, with what is hidden of it, fits into 3 tokens.",
  );
  expect(() => ul2([story], { denoisers: [{ rate: 1, span: 3 }] })).toThrow("a denoiser hides 1 of a text");
  expect(() => ul2([story])[Symbol.asyncIterator]()).toThrow("only a fit knows by which tokenizer");
  await expect(read(ul2([{ title: "no text" }]))).rejects.toThrow("ul2, text 1 has no `text`.");
});

test("masked words: 15 of 100 are chosen, eight tenths of them hidden, one tenth any word, and only those are learned", async () => {
  const rows = await read(masked(Array.from({ length: 200 }, () => story)), { window: 100 });
  const counts = { chosen: 0, hidden: 0, same: 0, all: 0 };
  for (const { masked: shown, answer, keep } of rows as unknown as {
    masked: { tokens: number[] };
    answer: { tokens: number[] };
    keep: number[];
  }[]) {
    expect([shown.tokens.length, keep.length]).toEqual([answer.tokens.length, answer.tokens.length]);
    expect(keep.reduce((sum, x) => sum + x, 0)).toBe(Math.max(1, Math.round(answer.tokens.length * 0.15)));
    answer.tokens.forEach((token, i) => {
      counts.all++;
      if (keep[i] === 0) expect(shown.tokens[i]).toBe(token);
      else {
        counts.chosen++;
        if (shown.tokens[i] === tokenizer.id("[MASK]")) counts.hidden++;
        else if (shown.tokens[i] === token) counts.same++;
        expect(sentinels).not.toContain(shown.tokens[i]);
      }
    });
  }
  expect(rows.flatMap(({ answer }) => answer!.tokens!)).toEqual(Array.from({ length: 200 }, () => encoded).flat());
  expect(counts.chosen / counts.all).toBeCloseTo(0.15, 2);
  expect(counts.hidden / counts.chosen).toBeCloseTo(0.8, 1);
  expect(counts.same / counts.chosen).toBeCloseTo(0.1, 1);
});

test("causal: texts in pieces of the window, ended where they end", async () => {
  const rows = await read(causal([story, "Short."]), { window: 50, joined: true });
  const all = rows.flatMap(({ answer }) => answer!.tokens!);
  expect(all).toEqual([...encoded, end, ...tokenizer.encode("Short."), end]);
  for (const { given, answer } of rows) expect(given!.length + answer!.tokens!.length).toBeLessThanOrEqual(50);
});
