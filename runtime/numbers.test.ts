import { expect, test } from "vitest";
import { all, any, argmax, clip, count, logsumexp, max, mean, min, sigmoid, softplus, std, sum } from "./numbers.ts";

test("reduces lists as tensors are reduced, the mean of none being 0", () => {
  expect([sum([1, 2, 3]), mean([1, 2, 6]), std([1, 3]), min([3, 1]), max(2, 5), argmax([1, 4, 4])]).toEqual([6, 3, 1, 1, 5, 1]);
  expect([sum([]), mean([]), std([])]).toEqual([0, 0, 0]);
  expect([count([5, 6]), count([true, false, true]), count([])]).toEqual([2, 2, 0]);
  expect([any([false, true]), all([true, false]), any([]), all([])]).toEqual([true, false, false, true]);
});

test("stays exact far from 0", () => {
  expect(logsumexp([1000, 1000])).toBeCloseTo(1000 + Math.log(2), 9);
  expect([sigmoid(-800), sigmoid(800), clip(7, 0, 1)]).toEqual([0, 1, 1]);
  expect(softplus(-40)).toBeCloseTo(Math.exp(-40), 25);
});
