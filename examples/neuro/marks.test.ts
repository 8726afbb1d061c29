import { expect, test } from "vitest";
import { footnotesOf, normalise, right } from "./marks.ts";

test("case, outer punctuation and footnotes do not matter to the text, inner ones do", () => {
  expect(normalise("  Saint-Exupery. [2]")).toBe("saint-exupery");
  expect(normalise("кв. км [1][3]")).toBe("кв. км");
});

test("footnotes are read once each, in order", () => {
  expect(footnotesOf("Lurma [2], not Zor [1] [2]")).toEqual([2, 1]);
});

test("an answer is right by its words, whatever it cites", () => {
  expect(right({ text: "Lurma [2]" }, "lurma [1]")).toBe(true);
  expect(right({ text: "I do not know." }, "Lurma [1]")).toBe(false);
});
