import { expect, test } from "vitest";
import { footnotesOf, mark, normalise, report, right } from "./marks.ts";

test("case, outer punctuation and footnotes do not matter to the text, inner ones do", () => {
  expect(normalise("  Saint-Exupery. [2]")).toBe("saint-exupery");
  expect(normalise("кв. км [1][3]")).toBe("кв. км");
});

test("footnotes are read once each, in order", () => {
  expect(footnotesOf("Lurma [2], not Zor [1] [2]")).toEqual([2, 1]);
});

test("a right answer has the text and the footnote", () => {
  expect(mark("Lurma [2]", "lurma [2]")).toEqual({ answerable: true, answered: true, exact: true, cited: true });
  expect(mark("Lurma [2]", "Lurma [1]")).toEqual({ answerable: true, answered: true, exact: true, cited: false });
  expect(mark("Lurma [2]", "I do not know.")).toEqual({ answerable: true, answered: false, exact: false, cited: false });
});

test("the report counts each share of what it is a share of", () => {
  const marks = [
    mark("Lurma [2]", "Lurma [2]"),
    mark("Lurma [2]", "Zor [1]"),
    mark("Lurma [2]", "I do not know."),
    mark("I do not know.", "I do not know."),
    mark("Я не знаю.", "Лурма [1]"),
  ];
  const { exact, cited, admitted, missed } = report(marks);
  expect(exact).toEqual({ share: 1 / 3, count: 3 });
  expect(cited).toEqual({ share: 1 / 2, count: 2 });
  expect(admitted).toEqual({ share: 1 / 2, count: 2 });
  expect(missed).toEqual({ share: 1 / 3, count: 3 });
});

test("a report of nothing is all zeros, not NaN", () => {
  expect(report([]).exact).toEqual({ share: 0, count: 0 });
});

test("an answer is right by its words, whatever it cites", () => {
  expect(right({ text: "Lurma [2]" }, "lurma [1]")).toBe(true);
  expect(right({ text: "I do not know." }, "Lurma [1]")).toBe(false);
});
