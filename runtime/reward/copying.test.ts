import fc from "fast-check";
import { expect, test } from "vitest";
import type { Answer, Doc } from "../types.ts";
import { copied_coverage, copied_density, copied_in_order, kept } from "./copying.ts";
import { copied } from "./form.ts";

const doc = (text: string): Doc => ({ id: text, title: "", url: "", text });
const answer = (text: string): Answer => ({ text, sources: [], footnotes: [], known: true, missing: [], trace: { spans: [] } });
const letters = fc.array(fc.constantFrom("a", "b", "c", "d"), { maxLength: 30 });
const text = (list: readonly string[]) => list.join(" ");

/** Newsroom's fragments as the paper writes them: for each place of the answer every place of the text. */
function slowly(y: readonly string[], texts: readonly (readonly string[])[], least: number): number[] {
  const found: number[] = [];
  for (let i = 0; i < y.length; ) {
    let longest = 0;
    for (const s of texts)
      for (let j = 0; j < s.length; j++) {
        let length = 0;
        while (i + length < y.length && j + length < s.length && y[i + length] === s[j + length]) length++;
        longest = Math.max(longest, length);
      }
    if (longest >= least) found.push(longest);
    i += longest >= least ? longest : 1;
  }
  return found;
}

test("coverage and density are those of the paper's plain search, over several documents that no piece crosses", () => {
  fc.assert(
    fc.property(letters, fc.array(letters, { maxLength: 4 }), fc.integer({ min: 1, max: 4 }), (y, texts, least) => {
      const pieces = slowly(y, texts, least);
      const documents = texts.map((one) => doc(text(one)));
      const over = Math.max(1, y.length);
      const sum = (power: number) => pieces.reduce((total, length) => total + length ** power, 0) / over;
      expect(copied_coverage(answer(text(y)), documents, { least })).toBeCloseTo(sum(1), 12);
      expect(copied_density(answer(text(y)), documents, { least })).toBeCloseTo(sum(2), 12);
      expect(sum(1)).toBeLessThanOrEqual(1);
      expect(sum(2)).toBeLessThanOrEqual(y.length);
    }),
    { numRuns: 300 },
  );
});

test("a copy is all taken, other words are none, and novel words lower the share; empty answers and documents give 0", () => {
  const source = doc("The little boat went out to sea, and the sea was calm.");
  const measures = [
    (y: string, documents = [source]) => copied_coverage(answer(y), documents, { least: 3 }),
    (y: string, documents = [source]) => copied_in_order(answer(y), documents),
    (y: string, documents = [source]) => copied(answer(y), documents, { n: 3 }),
  ];
  for (const share of measures) {
    expect(share(source.text)).toBe(1);
    expect(share("Gulls cry.")).toBe(0);
    expect(share("went out to sea yesterday")).toBeCloseTo(0.8, 12);
    expect(share("")).toBe(0);
    expect(share("went out to sea", [])).toBe(0);
  }
  expect(copied_density(answer(source.text), [source], { least: 3 })).toBe(12);
});

test("in order: the longest common subsequence over the answer's words", () => {
  expect(copied_in_order(answer("a c e x"), [doc("a b c d e")])).toBe(0.75);
  expect(copied_in_order(answer("e d c"), [doc("a b c d e")])).toBeCloseTo(1 / 3, 12);
});

test("what an editor kept of a draft", () => {
  expect(kept(answer("The boat went out."), answer("The boat went out!"))).toBe(1);
  expect(kept(answer("The ship went out."), answer("The boat went out."))).toBe(0.75);
  expect(kept(answer(""), answer("The boat."))).toBe(0);
  expect(kept(answer(""), answer(""))).toBe(1);
});
