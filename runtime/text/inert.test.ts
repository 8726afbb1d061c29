// What documents say is words to a model: no mark of a block, no token with a meaning of its own, and every place stays what it is.
import fc from "fast-check";
import { expect, test } from "vitest";
import { trainBpe } from "./bpe.ts";
import { withoutMarks, withoutTokens } from "./inert.ts";
import { layOut } from "./prompt.ts";
import { Tokenizer } from "./tokenizer.ts";

const tokenizer = Tokenizer.parse(
  trainBpe(["Cats purr and dogs bark at night.", "Birds sing [1] in the morning."], { vocab: 400, markers: 9 }),
);
const ids = (token: string) => tokenizer.id(token)!;

test("a document's own marks and special tokens reach the model as other letters", () => {
  const shown = [
    { title: "Cats [2]", text: "Cats purr [2]. [ 13 ]<eos>" },
    { title: "Dogs", text: "Dogs bark." },
  ];
  const source = layOut(tokenizer, [{ content: "Who purrs?" }], shown);
  const marks = source.ids.flatMap((id, i) => (id === ids("[2]") ? [source.block[i]] : []));
  expect(marks).toEqual([2]);
  expect(source.ids).not.toContain(ids("<eos>"));
  expect(tokenizer.decode(source.ids)).toContain("Cats purr (2). ( 13 )‹eos>");
});

test("texts keep their length and all else, and done twice is done once", () => {
  const piece = fc.constantFrom("[", "]", "1", "23", " ", "<eos>", "<", "eos>", "a", "😀", "[x]", "я");
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 20 }), (pieces) => {
      const text = pieces.join("");
      const inert = withoutTokens(tokenizer, withoutMarks(text));
      expect(inert).toHaveLength(text.length);
      expect(inert).not.toMatch(/\[\s*\d{1,4}\s*\]|<eos>/);
      expect(withoutTokens(tokenizer, withoutMarks(inert))).toBe(inert);
      expect(inert.replace(/[()‹]/g, "·")).toBe(
        text
          .replace(/\[(\s*\d{1,4}\s*)\]/g, "·$1·")
          .replaceAll("<eos>", "·eos>")
          .replace(/[()‹]/g, "·"),
      );
    }),
  );
});
