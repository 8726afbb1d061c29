import { expect, test } from "vitest";
import { interpret } from "../interp/interpret.ts";
import { axis } from "../ir/node.ts";
import { output, program } from "../ir/program.ts";
import { input } from "../ir/source.ts";
import { advantages } from "./advantages.ts";

const t = [axis("t", "t")];
const [r, v, p] = [input("r", "data", "f32", t), input("v", "data", "f32", t), input("p", "data", "bool", t)];

const found = (gamma: number, lambda: number, rewards: number[], values: number[], present: number[]): number[] => {
  const a = program("a", [output("a", "value", advantages(r, v, "t", { gamma, lambda }, p))]);
  return [...interpret(a, { r: rewards, v: values, p: present }, { t: rewards.length }).a!].map((x) => Number(x.toFixed(6)));
};

// r = (0, 0, 1), V = (.2, .4, .6).
test.each([
  [1, 1, [0.8, 0.6, 0.4]],
  [1, 0.95, [0.751, 0.58, 0.4]],
  [1, 0, [0.2, 0.2, 0.4]],
  [0.99, 0.95, [0.732273, 0.5702, 0.4]],
])("advantages by hand: gamma %d, lambda %d", (gamma, lambda, expected) => {
  expect(found(gamma, lambda, [0, 0, 1], [0.2, 0.4, 0.6], [1, 1, 1])).toEqual(expected);
});

test("what follows the end of an answer changes nothing", () => {
  expect(found(0.99, 0.95, [0, 0, 1, 9], [0.2, 0.4, 0.6, 7], [1, 1, 1, 0])).toEqual([0.732273, 0.5702, 0.4, 0]);
});

test("one place: the reward less what was expected", () => {
  expect(found(0.9, 0.9, [2], [0.5], [1])).toEqual([1.5]);
});
