import fc from "fast-check";
import { expect, test } from "vitest";
import { queryTerms, stem, terms } from "./analyse.ts";
import { sentences } from "./sentences.ts";
import { words } from "./words.ts";

test("words of any script keep their places, and are folded to one form", () => {
  const text = "Luther’s 1,000 cafés — 3,5 % ёлок; 東京都 don't L'Oréal";
  const found = words(text);
  expect(found.map((word) => word.text)).toEqual([
    "luther",
    "1000",
    "cafes",
    "3.5",
    "елок",
    "東京",
    "京都",
    "don't",
    "l",
    "oreal",
  ]);
  expect(found.map((word) => text.slice(word.start, word.end))).toEqual([
    "Luther’s",
    "1,000",
    "cafés",
    "3,5",
    "ёлок",
    "東京",
    "京都",
    "don't",
    "L",
    "Oréal",
  ]);
});

test.each([
  [
    "caresses flies dying sky skies nationalization organization generously past paste adding geologist",
    "caress fli die sky sky nation organiz generous past paste add geolog",
  ],
  [
    "кошками бегавшие прекрасное важнейший судостроительный радость иной городах читаешься",
    "кошк бега прекрасн важн судостроительн радост ин город чита",
  ],
])("%s becomes %s", (given, wanted) => {
  expect(
    given
      .split(" ")
      .map((word) => stem(word, "mixed"))
      .join(" "),
  ).toBe(wanted);
});

test("a question keeps what it is about, and all of its words when they say nothing", () => {
  expect(queryTerms("What is the capital of Норвегии?", "mixed")).toEqual(["capit", "норвег"]);
  expect(queryTerms("Who is who?", "en")).toEqual(["who", "is", "who"]);
  expect(queryTerms('"foo:(bar] AND -x* \\ 😀', "en")).toEqual(["foo", "bar", "x"]);
  expect(queryTerms("😀 !?", "en")).toEqual([]);
});

test("`none` compares words as they are written", () => {
  expect(terms("Running dogs", "none").map((term) => term.text)).toEqual(["running", "dogs"]);
});

test.each([
  [
    "Dr. Smith met J. R. R. Tolkien in the U.S. The meeting cost $3.50 vs. 4. It ended at 5 p.m. He left.",
    ["Dr. Smith met J. R. R. Tolkien in the U.S.", "The meeting cost $3.50 vs. 4.", "It ended at 5 p.m.", "He left."],
  ],
  [
    "А. С. Пушкин родился в 1799 г. в Москве. В 1812 г. Наполеон вошёл в Москву. Это было в XIX в. Он ушёл.",
    ["А. С. Пушкин родился в 1799 г. в Москве.", "В 1812 г. Наполеон вошёл в Москву.", "Это было в XIX в.", "Он ушёл."],
  ],
  [
    'He said "Go!" and left. "Why?" she asked. What?! No... maybe. See fig. 3.',
    ['He said "Go!" and left.', '"Why?" she asked.', "What?!", "No... maybe.", "See fig. 3."],
  ],
  [
    "Основан в 1703 г. Город растёт.[12] Тогда т. е. давно. «Да». Нет",
    ["Основан в 1703 г. Город растёт.[12]", "Тогда т. е. давно.", "«Да».", "Нет"],
  ],
  ["1. First item. Second\nthird line.\n\n2.3. Then", ["1. First item.", "Second", "third line.", "2.3. Then"]],
  ["これは文です。次の文。", ["これは文です。", "次の文。"]],
])("%j is cut into its sentences", (text, wanted) => {
  expect(sentences(text).map((sentence) => sentence.text)).toEqual(wanted);
});

test("sentences lose nothing but space, in order, for any text", () => {
  const piece = fc.constantFrom("Mr.", " ", "\n", "A", "г.", "1", ".", "!", "”", "[1]", "я", "…", "。", "(");
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
      const text = pieces.join("");
      let at = 0;
      for (const sentence of sentences(text)) {
        expect(sentence.start).toBeGreaterThanOrEqual(at);
        expect(text.slice(at, sentence.start).trim()).toBe("");
        expect(text.slice(sentence.start, sentence.end)).toBe(sentence.text);
        at = sentence.end;
      }
      expect(text.slice(at).trim()).toBe("");
    }),
  );
});
