import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import fc from "fast-check";
import { expect, test } from "vitest";
import { contains, exactMatch, normalAnswer, wordF1 } from "./answers.ts";
import { type Grade, gradingPrompt, readGrade, simpleQa } from "./simpleqa.ts";

test("answers are compared without case, articles, footnotes, and the punctuation of either language", () => {
  const same: [string, string][] = [
    ["The Eiffel Tower!", "eiffel tower"],
    ["«Ёлка» — дерево… [1]", "елка дерево"],
    ["a  U.S.A. (1999)", "usa 1999"],
    ["за́мок", "замок"],
    ["Ⅳ век", "iv век"],
  ];
  for (const [x, y] of same) expect(normalAnswer(x)).toBe(normalAnswer(y));
  expect(exactMatch("Лев Толстой.", ["Достоевский", "лев толстой"])).toBe(1);
  expect(exactMatch("Lev", ["Lev Tolstoy"])).toBe(0);
  expect(contains("It was Lev Tolstoy, in 1869 [2].", ["Lev Tolstoy"])).toBe(1);
  expect(contains("It was Levi", ["Lev"])).toBe(0);
});

test("F1 counts words as often as they stand and takes the best right answer", () => {
  expect(wordF1("the cat sat", ["cat sat down"])).toBeCloseTo((2 * 2) / (2 + 3), 12);
  expect(wordF1("no no yes", ["no yes yes", "maybe"])).toBeCloseTo((2 * 2) / 6, 12);
  expect(wordF1("", [""])).toBe(1);
  expect(wordF1("the", ["x"])).toBe(0);
  const text = fc.array(fc.constantFrom("a", "cat", "sat", "да", "нет", "—"), { maxLength: 6 }).map((list) => list.join(" "));
  fc.assert(
    fc.property(text, text, (said, right) => {
      expect(exactMatch(said, [right])).toBeLessThanOrEqual(wordF1(said, [right]));
      expect(wordF1(said, [right])).toBe(wordF1(right, [said]));
      expect(wordF1(said, [said])).toBe(1);
    }),
  );
});

test("a grader's reply is read by its conclusion, not by the first capital letter in it", () => {
  const read: Record<string, Grade> = {
    A: "correct",
    " b. ": "incorrect",
    C: "not_attempted",
    "**A**": "correct",
    CORRECT: "correct",
    INCORRECT: "incorrect",
    NOT_ATTEMPTED: "not_attempted",
    "The answer is not attempted.": "not_attempted",
    "It is not correct": "incorrect",
    "Grade: B": "incorrect",
    "A reference says 1880, the answer 1846. So it is B": "incorrect",
    "A: CORRECT": "correct",
    "C: NOT_ATTEMPTED": "not_attempted",
    "Both agree, thus A.": "correct",
    "I cannot say": "not_attempted",
    "": "not_attempted",
  };
  for (const [reply, grade] of Object.entries(read)) expect.soft(readGrade(reply), reply).toBe(grade);
  expect(["CORRECT", "INCORRECT", "NOT_ATTEMPTED", "so B"].map((reply) => readGrade(reply, { strict: true }))).toEqual([
    "not_attempted", "not_attempted", "correct", "incorrect",
  ]); // biome-ignore format: one line a list
});

const graded = (a: number, b: number, c: number): Grade[] => [
  ...new Array<Grade>(a).fill("correct"),
  ...new Array<Grade>(b).fill("incorrect"),
  ...new Array<Grade>(c).fill("not_attempted"),
];

test("SimpleQA's numbers are those of its paper and of published runs", () => {
  const round = ({ accuracy, accuracy_given_attempted: given, f1 }: ReturnType<typeof simpleQa>) =>
    [accuracy, given, f1].map((value) => value.toFixed(3)).join(" ");
  expect(round(simpleQa(graded(382, 608, 10)))).toBe("0.382 0.386 0.384");
  expect(round(simpleQa(graded(289, 361, 350)))).toBe("0.289 0.445 0.350");
  expect(round(simpleQa(graded(0, 0, 5)))).toBe("0.000 0.000 0.000");
  expect(round(simpleQa(graded(7, 0, 0)))).toBe("1.000 1.000 1.000");
  expect(() => simpleQa([])).toThrow("No answer was graded");
});

test("accuracy is at most F1, F1 at most what is right of the attempted, and admitting instead of guessing wrong raises it", () => {
  fc.assert(
    fc.property(fc.nat(50), fc.nat(50), fc.nat(50), (a, b, c) => {
      if (a + b + c === 0) return;
      const { accuracy, f1, accuracy_given_attempted: given } = simpleQa(graded(a, b, c));
      expect(accuracy).toBeLessThanOrEqual(f1 + 1e-12);
      expect(f1).toBeLessThanOrEqual(given + 1e-12);
      expect(f1).toBeCloseTo(given + accuracy === 0 ? 0 : (2 * given * accuracy) / (given + accuracy), 12);
      if (a > 0 && b > 0) expect(simpleQa(graded(a, b - 1, c + 1)).f1).toBeGreaterThan(f1);
    }),
  );
});

// Runs that people graded, beside this repository and none of it.
const runs = join(import.meta.dirname, "../../../shared/data/simpleqa");
test.runIf(existsSync(runs))("graded runs have the F1 that their repository publishes", () => {
  const f1 = (file: string) => {
    const text = gunzipSync(readFileSync(join(runs, file))).toString("utf8");
    const grades = [...text.matchAll(/,([ABC])\r?$/gm)].map(([, letter]) => readGrade(letter!));
    expect(grades).toHaveLength(4326);
    return (100 * simpleQa(grades).f1).toFixed(1);
  };
  expect(f1("graded.gpt-4o-2024-11-20.csv.gz")).toBe("31.4");
  expect(f1("graded.claude-3-5-sonnet-20241022.csv.gz")).toBe("31.1");
});

test("a grader is given the question, the right answers and the answer", () => {
  const prompt = gradingPrompt("Who?", ["Ann", "Anna"], "Bob");
  expect(prompt).toContain("Question: Who?\nReference: Ann | Anna\nAnswer: Bob");
});
