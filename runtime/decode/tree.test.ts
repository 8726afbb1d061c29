import { expect, test } from "vitest";
import { accepted, packed, waysOf, wayTo } from "./tree.ts";

// The example of apple/ml-recurrent-drafter's documentation of dynamic tree attention.
const beams = [
  [101, 102, 103, 104],
  [101, 102, 203, 204],
  [101, 102, 303, 104],
];
const tree = packed(beams);

test("what beams begin with in common stands once", () => {
  expect(tree.tokens).toEqual([101, 102, 103, 104, 203, 204, 303, 104]);
  expect(tree.places).toEqual([
    [0, 1, 2, 3],
    [0, 1, 4, 5],
    [0, 1, 6, 7],
  ]);
  expect(tree.places.map((places) => places.map((place) => tree.tokens[place]))).toEqual(beams);
  expect(tree.tokens.map((_, place) => wayTo(tree, place).length - 1)).toEqual([0, 1, 2, 3, 2, 3, 2, 3]);
});

test("a token sees those on its way: with two tokens before the tree, 40 of all", () => {
  const ways = waysOf(tree);
  const seen = ways.reduce((n, x) => n + x, 0) + 2 * tree.tokens.length;
  expect(seen).toBe(40);
  expect([...ways.subarray(8 * 5, 8 * 6)]).toEqual([1, 1, 0, 0, 1, 1, 0, 0]);
});

test("the longest way of likeliest tokens is kept, and the model's own token follows it", () => {
  const best = [102, 203, 9, 9, 204, 7, 9, 9];
  expect(accepted(tree, 101, best)).toEqual({ path: [0, 1, 4, 5], next: 7 });
  expect(accepted(tree, 101, best.with(1, 5))).toEqual({ path: [0, 1], next: 5 });
  expect(accepted(tree, 100, best)).toEqual({ path: [], next: 100 });
});

test("equal tokens on different ways are different places, and equal beams are one", () => {
  expect(packed([[1, 2], [3, 2], [1, 2], [1]]).parents).toEqual([-1, 0, -1, 2]);
  expect(packed([])).toEqual({ tokens: [], parents: [], places: [] });
});
