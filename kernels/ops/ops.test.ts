import { expect, test } from "vitest";
import { interpret } from "../interp/interpret.ts";
import { axis, operations } from "../ir/node.ts";
import { output, printProgram, program, programFromJson, programToJson, topological } from "../ir/program.ts";
import { constant, input } from "../ir/source.ts";
import { broken } from "../ir/spec.ts";
import { caseBinding, cases, narrowCases } from "./cases.ts";
import { drawn } from "./drawn.ts";
import { philoxWords } from "./philox.ts";
import { softmax } from "./softmax.ts";
import { ops } from "./table.ts";
import { erfOf } from "./unary.ts";

test("every operation has one record and a case", () => {
  expect(ops.map((op) => op.name).sort()).toEqual(operations());
  const used = new Set(topological([...cases, ...narrowCases].map(([, node]) => node)).map((n) => n.op));
  expect(operations().filter((op) => !used.has(op))).toEqual([]);
});

test.each([...cases, ...narrowCases])("keeps the law, runs, and survives JSON: %s", (title, node) => {
  const p = program(title, [output("out", "value", node)]);
  expect(broken(p)).toEqual([]);
  const feeds = drawn(p, caseBinding);
  const { out } = interpret(p, feeds, caseBinding);
  expect(out!.every((v) => !Number.isNaN(v))).toBe(true);
  const back = programFromJson(JSON.parse(JSON.stringify(programToJson(p))));
  expect(back.outputs[0]!.node).toBe(node);
  expect(printProgram(back)).toBe(printProgram(p));
});

test("a softmax row where nothing is present is all 0", () => {
  const a = axis("a", 3);
  const p = program("p", [output("y", "value", softmax(input("x", "data", "f32", [a]), ["a"], input("p", "data", "bool", [a])))]);
  expect([...interpret(p, { x: [5, 1, 2], p: [0, 0, 0] }, {}).y!]).toEqual([0, 0, 0]);
  expect([...interpret(p, { x: [5, 1, 1], p: [0, 1, 1] }, {}).y!]).toEqual([0, 0.5, 0.5]);
});

// Known answers of the Random123 distribution (kat_vectors, philox4x32 10).
test("Philox words are the published ones", () => {
  expect(philoxWords([0, 0, 0, 0], [0, 0])).toEqual([0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8]);
  const ones = [0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff];
  expect(philoxWords(ones, [0xffffffff, 0xffffffff])).toEqual([0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd]);
});

test("erf agrees with published values", () => {
  expect(erfOf(0.5)).toBeCloseTo(0.5204998778130465, 14);
  expect(erfOf(-2)).toBeCloseTo(-0.9953222650189527, 14);
  expect(erfOf(4)).toBeCloseTo(0.9999999845827421, 14);
});

test("misuse is refused with what was given", () => {
  const x = input("x", "data", "f32", [axis("a", 3)]);
  expect(() => softmax(x, ["b"])).toThrow("softmax: no axis b (given input f32[a=3]");
  expect(() => constant(1) && input("y", "data", "f32", [axis("a", 3), axis("a", 3)])).toThrow("an axis twice");
});
