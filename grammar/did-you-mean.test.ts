import { expect, test } from "vitest";
import { didYouMean } from "./index.ts";

const words = ["soft", "sort", "chosen", "rejected", "layers", "answer", "top", "model", "τ"];

test.each([
  ["sotf", "soft"],
  ["chosne", "chosen"],
  ["layrs", "layers"],
  ["tpo", "top"],
  ["Answer", "answer"],
  ["rejcted", "rejected"],
  ["xyz", undefined],
  ["q", undefined],
  ["soft", "sort"],
])("%s might be %s", (word, expected) => {
  expect(didYouMean(word, words)).toBe(expected);
});
