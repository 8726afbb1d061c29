import { Tokenizer } from "@huggingface/tokenizers";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { trainBpe } from "./bpe.ts";

const corpus = [
  "The capital of Zorvenia is Lurma. The river Lurma is 1234 km long.",
  "Столица страны Зорвения — город Лурма. Лурма стоит на реке Стегла.",
  "the cat sat on the mat and the cat ate the rat at 12:30",
];
const open = (vocab: number, texts: readonly string[] = corpus): Tokenizer =>
  new Tokenizer(trainBpe(texts, { vocab }), { clean_up_tokenization_spaces: false });
const ids = (tokenizer: Tokenizer, text: string): number[] => [...tokenizer.encode(text, { add_special_tokens: false }).ids];

describe("byte-level BPE", () => {
  test("the most frequent pair is merged first, and merges build on one another", () => {
    const json = trainBpe(["hug pug hug bun"], { vocab: 12 + 256 + 3 });
    expect(json.model.merges).toEqual([
      ["u", "g"],
      ["Ġ", "h"],
      ["Ġh", "ug"],
    ]);
  });

  test("any text comes back as it was, with one leading space", () => {
    const tokenizer = open(400);
    fc.assert(
      fc.property(fc.string({ unit: "grapheme", minLength: 1 }), (text) => {
        const nfc = text.normalize("NFC");
        const back = tokenizer.decode(ids(tokenizer, nfc));
        expect(back).toBe(nfc.startsWith(" ") ? nfc : ` ${nfc}`);
      }),
      { numRuns: 200 },
    );
  });

  test("a name is the same tokens at the start of a text and after a word", () => {
    const tokenizer = open(420);
    const name = ids(tokenizer, "Лурма");
    expect(ids(tokenizer, "город Лурма").slice(-name.length)).toEqual(name);
  });

  test("a footnote mark is one token wherever it stands, and is visible when decoded", () => {
    const tokenizer = open(400);
    const mark = ids(tokenizer, "[2]");
    expect(mark).toEqual([4]);
    expect(ids(tokenizer, "Lurma [2]").at(-1)).toBe(4);
    expect(ids(tokenizer, "Lurma[2] Zorvenia: text")).toContain(4);
    expect(tokenizer.decode([...ids(tokenizer, "Lurma [2]"), 1], { skip_special_tokens: true })).toBe(" Lurma [2]");
  });

  test("special tokens come first, in the order given", () => {
    const json = trainBpe(corpus, { vocab: 300, special: ["<pad>", "<eos>", "<bos>", "<mask>"], markers: 2 });
    expect(json.added_tokens.map((t) => t.content)).toEqual(["<pad>", "<eos>", "<bos>", "<mask>", "[1]", "[2]"]);
    expect(json.added_tokens.filter((t) => t.special)).toHaveLength(4);
  });

  test("no token holds more digits than allowed", () => {
    const json = trainBpe(["1234 1234 1234 5612 5612 123456 123456"], { vocab: 320, digits: 2 });
    const most = Math.max(...Object.keys(json.model.vocab).map((token) => token.replace(/[^0-9]/g, "").length));
    expect(most).toBe(2);
  });

  test("the order in which the texts arrive does not matter", () => {
    expect(trainBpe([...corpus].reverse(), { vocab: 420 })).toEqual(trainBpe(corpus, { vocab: 420 }));
  });

  test("training stops when no pair occurs twice", () => {
    const json = trainBpe(["abc"], { vocab: 5000 });
    expect(json.model.merges).toEqual([]);
  });

  test("a vocabulary without room for the bytes is refused", () => {
    expect(() => trainBpe(corpus, { vocab: 100 })).toThrowError(/at least 268 tokens, not 100/);
  });
});
