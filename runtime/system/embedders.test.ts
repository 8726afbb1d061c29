import { expect, test } from "vitest";
import { tokenizerOfPieces } from "../text/pieces.ts";
import { Tokenizer } from "../text/tokenizer.ts";
import { rowInputs } from "./embedders.ts";

const letters = [..."abcdefghijklmnopqrstuvwxyz ▁\n"].map((text, i) => ({ text, score: -i, kind: 1 }));
const marks = ["<unk>", "<s>", "</s>"].map((text, id) => ({ text, score: 0, kind: id === 0 ? 2 : 3 }));
/** A token a letter. */
const tokenizer = Tokenizer.parse(tokenizerOfPieces([...marks, ...letters], { prefix: false, path: "t" }));
const inputs = [{ name: "present", role: "data", dtype: "f32", axes: ["batch", "source"] }] as never;
const feeds = { present: { kind: "source", given: ["prompt", "documents"], as: "present" } } as const;
const window = 24;
const read = (row: { question?: string; text?: string }): number => {
  const prompt = row.question === undefined ? [] : [{ role: "user" as const, content: row.question }];
  const documents = row.text === undefined ? [] : [{ title: "", text: row.text }];
  const { present } = rowInputs({ prompt, documents } as never, { inputs }, feeds, tokenizer, window);
  return [...present!.data].filter(Boolean).length;
};

test("a text beyond the window is read to the window's last token, whatever stands around it", () => {
  expect(read({ question: "abc" })).toBe(read({ question: "ab" }) + 1);
  for (const length of [window, window + 1, 2 * window, 500]) {
    expect(read({ question: "a".repeat(length) }), `a question of ${length}`).toBe(window);
    expect(read({ text: "a".repeat(length) }), `a document of ${length}`).toBe(window);
  }
});
