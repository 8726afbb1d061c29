import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { trainBpe } from "./bpe.ts";
import { blockTokens, layOut, layOutWithin } from "./prompt.ts";
import { Tokenizer } from "./tokenizer.ts";

const words = "The capital of Zorvenia is Lurma. Столица Зорвении — Лурма. Population: 73850 people, 12 rivers. ";
const json = trainBpe([words.repeat(4)], { vocab: 320 });
const tokenizer = Tokenizer.parse(json);

test("knows the ids that programs need, and its own identity", () => {
  expect(tokenizer.special).toEqual({ pad: 0, end: 1, begin: 2, ends: [1] });
  expect(tokenizer.id("[1]")).toBe(3);
  expect(tokenizer.size).toBe(Object.keys(json.model.vocab).length);
  expect(Tokenizer.parse(JSON.parse(JSON.stringify(json, null, 4))).hash).toBe(tokenizer.hash);
  expect(Tokenizer.parse(trainBpe([words.repeat(4)], { vocab: 321 })).hash).not.toBe(tokenizer.hash);
});

test("gives text back, footnotes included", () => {
  for (const text of ["Lurma [2]", "Столица Зорвении?", "a  b\n\tc", "[1] [2]"])
    expect(tokenizer.decode(tokenizer.encode(text))).toBe(text);
  expect(tokenizer.decode([2, ...tokenizer.encode("Lurma"), 1, 0])).toBe("Lurma");
});

test("says where each token stands", () => {
  const text = "Столица [1]Lurma 😀 é";
  const { starts, ends } = tokenizer.encodeWithSpans(text);
  const pieces = starts.map((start, i) => text.slice(start, ends[i]));
  expect([...new Set(pieces)].join("|")).toBe("С|Ст|то|л|ли|ц|ца| |[1]|L|urma|😀|é");
  expect(starts[0]).toBe(0);
  expect(ends.at(-1)).toBe(text.length);
});

test("spans are ordered, stay in the text and cover all of it, whatever the text", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 20 }), (raw) => {
      const text = raw.toWellFormed();
      const { ids, starts, ends } = tokenizer.encodeWithSpans(text);
      expect(ids).toEqual(tokenizer.encode(text));
      let covered = 0;
      ids.forEach((_, i) => {
        expect(starts[i]).toBeLessThanOrEqual(ends[i]!);
        expect(starts[i]).toBeLessThanOrEqual(covered);
        covered = Math.max(covered, ends[i]!);
      });
      if (ids.length > 0) expect(covered).toBe(text.length);
    }),
  );
});

test("lays out the question, then numbered blocks, and remembers where each position came from", () => {
  const text = "The capital is Lurma.";
  const source = layOut(
    tokenizer,
    [{ content: "Capital of Zorvenia?" }],
    [
      { title: "Zorvenia", text },
      { title: "Лурма", text: "Столица." },
    ],
  );
  const question = tokenizer.encode("Capital of Zorvenia?");
  expect(source.ids).toEqual([
    ...question,
    3,
    ...tokenizer.encode(` Zorvenia: ${text}`),
    4,
    ...tokenizer.encode(" Лурма: Столица."),
  ]);
  expect(source.block.filter((block) => block === 0).length).toBe(question.length);
  const of = (block: number): number[] => source.block.flatMap((b, i) => (b === block && source.start[i]! >= 0 ? [i] : []));
  expect(text.slice(source.start[of(1)[0]!], source.end[of(1).at(-1)!])).toBe(text);
  expect("Столица.".slice(source.start[of(2)[0]!], source.end[of(2).at(-1)!])).toBe("Столица.");
  const ids = source.ids.length;
  expect(
    question.length +
      blockTokens(tokenizer, { title: "Zorvenia", text }, 1) +
      blockTokens(tokenizer, { title: "Лурма", text: "Столица." }, 2),
  ).toBe(ids);
});

test("leaves out the last blocks, then the oldest turns, where the window is too small", () => {
  const turns = [{ content: "The capital of Zorvenia" }, { content: "and its rivers" }];
  const blocks = [1, 2, 3].map((n) => ({ title: `T${n}`, text: "people" }));
  const all = layOut(tokenizer, turns, blocks).ids.length;
  expect(layOutWithin(tokenizer, turns, blocks, all).ids.length).toBe(all);
  expect(Math.max(...layOutWithin(tokenizer, turns, blocks, all - 1).block)).toBe(2);
  const last = tokenizer.encode("and its rivers");
  expect(layOutWithin(tokenizer, turns, [], last.length).ids).toEqual(last);
  expect(layOutWithin(tokenizer, turns, blocks, 2).ids).toEqual(last.slice(-2));
});

test("refuses a file that is no tokenizer in one sentence", () => {
  const path = join(mkdtempSync(join(tmpdir(), "neuro-")), "tokenizer.json");
  expect(() => Tokenizer.load(path)).toThrow(/There is no file .*tokenizer.json/);
  for (const [content, message] of [
    ["not json", /is not JSON/],
    ["{}", /it has no model with a vocabulary/],
    [JSON.stringify({ ...json, added_tokens: [], model: { ...json.model, vocab: { a: 0 }, merges: [] } }), /it has no end token/],
    ['{"model":{"type":"Nonsense","vocab":{"a":0}}}', /cannot be used as a tokenizer/],
  ] as const) {
    writeFileSync(path, content);
    expect(() => Tokenizer.load(path)).toThrow(message);
  }
});
