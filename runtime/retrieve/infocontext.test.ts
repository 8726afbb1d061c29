import fc from "fast-check";
import { expect, test } from "vitest";
import type { Doc } from "../types.ts";
import { cut, roughOffsets } from "./infocontext.ts";
import { broken, drawn, show } from "./testing/context-laws.ts";

const doc = (id: string, text: string, score = 1): Doc => ({ id, title: id, url: id, text, score });
const words = (count: number, of: string) => Array.from({ length: count }, (_, i) => `${of}${i}`).join(" ");

test("blocks cover a document with the given overlap, and stop at the first that reaches its end", () => {
  expect(cut(10, { block: 4, overlap: 2 })).toEqual([
    [0, 4],
    [2, 6],
    [4, 8],
    [6, 10],
  ]);
  expect(cut(4, { block: 4, overlap: 2 })).toEqual([[0, 4]]);
  expect(cut(0, { block: 4, overlap: 2 })).toEqual([]);
  expect(cut(5, { block: 2, overlap: 9 })).toEqual([
    [0, 2],
    [1, 3],
    [2, 4],
    [3, 5],
  ]);
});

test("the block about the question comes first, numbered from 1, with its place in the document", async () => {
  const text = `${words(40, "a")} the needle lies here ${words(40, "b")}`;
  const { blocks, tokens } = await show([doc("x", words(50, "c")), doc("y", text)], ["where does the needle lie"], {
    block: 10,
    overlap: 2,
    budget: 20,
  });
  expect(blocks.map((block) => block.number)).toEqual(blocks.map((_, i) => i + 1));
  expect(blocks[0]!.doc.id).toBe("y");
  expect(blocks[0]!.text).toContain("needle");
  for (const block of blocks) expect(block.doc.text.slice(block.start, block.end)).toBe(block.text);
  expect(tokens).toBeLessThanOrEqual(20);
});

test("neighbours are glued, and no token is shown twice", async () => {
  const { blocks } = await show([doc("y", words(30, "needle"))], ["needle1 needle5 needle9 needle20"], {
    block: 8,
    overlap: 4,
    budget: 100,
  });
  expect(blocks).toHaveLength(1);
  expect(blocks[0]!.text).toBe(words(30, "needle"));
});

test("short documents are shown whole, empty ones not at all, one given twice once", async () => {
  const one = doc("a", "One sentence.");
  const { blocks } = await show([one, doc("b", ""), one, doc("c", "Another sentence.")], ["sentence"], {
    block: 64,
    overlap: 16,
    budget: 320,
  });
  expect(blocks.map((block) => block.text).sort()).toEqual(["Another sentence.", "One sentence."]);
  expect(await show([], ["x"], { block: 64, overlap: 16, budget: 320 })).toEqual({ blocks: [], tokens: 0 });
});

test("the budget is kept, and a larger one only adds", async () => {
  const text = fc
    .array(fc.constantFrom("red", "green", "blue", "needle", "a", "."), { maxLength: 40 })
    .map((all) => all.join(" "));
  await fc.assert(
    fc.asyncProperty(
      fc.array(text, { maxLength: 4 }),
      fc.integer({ min: 1, max: 40 }),
      fc.integer({ min: 0, max: 20 }),
      async (texts, budget, more) => {
        const docs = texts.map((one, i) => doc(`d${i}`, one, 4 - i));
        const shown = async (size: number) => {
          const context = await show(docs, ["needle green"], { block: 8, overlap: 3, budget: size });
          expect(context.tokens).toBeLessThanOrEqual(size);
          return new Set(
            context.blocks.flatMap(({ doc: own, start, end }) =>
              Array.from({ length: end - start }, (_, i) => `${own.id} ${start + i}`),
            ),
          );
        };
        const small = await shown(budget);
        const large = await shown(budget + more);
        for (const place of small) expect(large.has(place)).toBe(true);
      },
    ),
    { numRuns: 60 },
  );
});

test("a model's scores decide where there are any, and what cannot score is refused", async () => {
  const by = {
    scores: async (_questions: readonly string[], texts: readonly string[]) =>
      texts.map((text) => (text.includes("plain") ? 1 : 0)),
  };
  const docs = [doc("a", "needle needle"), doc("b", "plain words")];
  expect((await show(docs, ["needle"], { block: 8, overlap: 2, budget: 2, by })).blocks[0]!.doc.id).toBe("b");
  await expect(show(docs, ["needle"], { block: 8, overlap: 2, budget: 9, by: { kind: "magic" } })).rejects.toMatchObject({
    code: "scoring_unknown",
  });
});

test("the talk's numbers: ten neighbours of 256 tokens that overlap by 128 make 1,408, five that do not touch 1,280", async () => {
  const long = doc("long", words(4000, "w").replace(/\d+/g, "x"));
  const sizes = { block: 256, overlap: 128, budget: 1500, full: { kind: "stop" } } as const;
  const shown = async (score: (block: number) => number) => {
    const by = { scores: async (_: readonly string[], texts: readonly string[]) => texts.map((_text, i) => score(i)) };
    const { tokens, blocks } = await show([long], ["x"], { ...sizes, order: { kind: "original" }, by });
    return [tokens, blocks.length];
  };
  expect(await shown((i) => -i)).toEqual([1408, 1]);
  expect(await shown((i) => (i % 3 === 0 ? -i : -1000 - i))).toEqual([1280, 5]);
  // What is left of the budget may be filled: by a part of the next block.
  const by = { scores: async (_: readonly string[], texts: readonly string[]) => texts.map((_text, i) => -i) };
  expect((await show([long], ["x"], { ...sizes, full: { kind: "cut" }, by })).tokens).toBe(1500);
});

test("blocks are shown best first, as they stand, or with the best at both ends", async () => {
  const docs = [doc("a", "one two"), doc("b", "three four"), doc("c", "five six"), doc("d", "seven eight")];
  const by = { scores: async () => [1, 4, 3, 2] };
  const shown = async (kind: "best" | "original" | "edges") =>
    (await show(docs, ["x"], { block: 8, overlap: 0, budget: 99, order: { kind }, by })).blocks
      .map(({ doc: own }) => own.id)
      .join("");
  expect([await shown("best"), await shown("original"), await shown("edges")]).toEqual(["bcda", "abcd", "bdac"]);
});

test("whatever the documents and sizes: the budget is kept, each token is shown once, texts are their documents'", async () => {
  await fc.assert(
    fc.asyncProperty(drawn, async (one) => void expect(await broken(one)).toBeUndefined()),
    { numRuns: 150 },
  );
});

test("passages that an index cut with overlap show what they share once, and stand in their document's order", async () => {
  const text = words(60, "needle");
  const ends = [...text.matchAll(/\S+/g)].map((found) => [found.index, found.index + found[0].length] as const);
  const passage = (n: number, from: number, to: number): Doc => {
    const [start, end] = [ends[from]![0], ends[to - 1]![1]];
    return { ...doc(`d#${n}`, text.slice(start, end), 9 - n), passage: { of: "d", start, end } };
  };
  const found = [passage(3, 40, 60), doc("other", words(5, "x")), passage(1, 0, 20), passage(2, 10, 30)];
  const options = { block: 8, overlap: 4, budget: 400, order: { kind: "original" } } as const;
  const { blocks, tokens } = await show(found, ["needle1"], options);
  expect(blocks.map(({ doc: own, text: shown }) => [own.id, shown.split(" ").length])).toEqual([
    ["d#1", 30],
    ["d#3", 20],
    ["other", 5],
  ]);
  for (const { doc: own, start, end, text: shown } of blocks) {
    expect(own.text.slice(start, end)).toBe(shown);
    const at = own.passage?.start;
    if (at !== undefined) expect(text.slice(at + start, at + end)).toBe(shown);
  }
  expect(tokens).toBe(blocks.reduce((sum, { text: shown }) => sum + roughOffsets(shown).length, 0));
  expect(blocks[0]!.doc.passage).toMatchObject({ of: "d", start: 0 });
});
