import { expect, test } from "vitest";
import { overwritten } from "./aliases.ts";
import type { OnnxNode } from "./proto.ts";

const node = (type: string, inputs: string[], output: string): OnnxNode => ({
  type,
  inputs,
  outputs: [output],
  attributes: {},
  domain: "",
  name: output,
});
const pair = [{ input: "w", result: "w'" }];

test.each<[string, OnnxNode[], boolean]>([
  ["a sum writes each place after it has read it", [node("Add", ["w", "g"], "w'")], true],
  ["a product reads places that it has written", [node("MatMul", ["w", "g"], "w'")], false],
  ["a reader that the writer waits for", [node("MatMul", ["w", "x"], "y"), node("Add", ["w", "y"], "w'")], true],
  ["a reader that may come later", [node("Add", ["w", "g"], "w'"), node("Mul", ["w", "x"], "y")], false],
  ["a view read later", [node("Reshape", ["w", "s"], "v"), node("Add", ["w", "g"], "w'"), node("Mul", ["v", "x"], "y")], false],
  ["a view as the result", [node("Add", ["w", "g"], "v"), node("Reshape", ["v", "s"], "w'")], false],
  ["an input handed on", [], false],
])("%s: the new value may be written over the old one, %s", (_, nodes, right) => {
  expect(overwritten(nodes, pair).length > 0).toBe(right);
});
