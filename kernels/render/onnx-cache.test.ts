import { expect, test } from "vitest";
import { interpret } from "../interp/interpret.ts";
import { add, and, le, lt } from "../ir/elementwise.ts";
import { axis, type Node } from "../ir/node.ts";
import { output, type Program, program } from "../ir/program.ts";
import { slice } from "../ir/shape.ts";
import { input, iota, sizeInput, sizeOf } from "../ir/source.ts";
import { attention } from "../ops/attention.ts";
import { drawn } from "../ops/drawn.ts";
import { put } from "../ops/put.ts";
import { onnxModel } from "./onnx.ts";
import { runOnnx } from "./onnx-session.ts";

const [b, g, r, u, k] = [axis("b", "b"), axis("g", 2), axis("r", 3), axis("u", "capacity"), axis("k", 8)];

/** A layer's attention over caches, `fresh` new tokens at a time: of one row, or of rows that each stand at a place of their own. */
function step(fresh: number, { rows = false, window = false, row = b } = {}): Program {
  const t = axis("t", fresh);
  const past = sizeInput("past");
  const at = rows ? input("below5", "data", "i32", [row]) : past;
  const fed = (name: string, ...axes: ReturnType<typeof axis>[]): Node => input(name, "data", "f32", axes);
  const cache = (name: string): Node => {
    const state = input(name, "state", "f32", [row, g, u, k]);
    return put(state, fed(`${name}.new`, row, axis("u", fresh), g, k), at, "u");
  };
  const caches = [cache("keys"), cache("values")] as const;
  const seen = caches.map((c) => slice(c, "u", 0, `past+${fresh}`)) as [Node, Node];
  const keys = iota(axis("u", `past+${fresh}`));
  const here = add(iota(t), at);
  let present = and(le(keys, here), lt(keys, add(at, sizeOf(fresh, "i32"))));
  if (window) present = and(present, lt(add(here, keys), add(add(keys, keys), 3)));
  const y = attention(fed("q", row, t, g, r, k), ...seen, { over: ["k"], along: "u", scale: 0.3, present });
  return program(
    "step",
    [
      output("y", "value", y, ["b", "t", "g", "r", "k"]),
      output("keys", "state", caches[0]),
      output("values", "state", caches[1]),
    ],
    [past],
  );
}

const one = axis("b", 1);
const steps: [string, Program, boolean][] = [
  ["one token of several rows", step(1), true],
  ["several tokens of one row", step(3, { row: one }), true],
  ["several tokens of several rows, which it does not take", step(3), false],
  ["one token, each row at its own place", step(1, { rows: true }), true],
  ["a window", step(3, { row: one, window: true }), true],
];

test.each(steps)("attention over a cache in one operator: %s", async (_, p, taken) => {
  expect(onnxModel(p).nodes.some((n) => n.type === "GroupQueryAttention")).toBe(taken);
  const binding = { b: 3, past: 4, capacity: 12 };
  const feeds: Record<string, Float64Array> = { ...drawn(p, binding), past: Float64Array.of(4) };
  const expected = interpret(p, feeds, binding);
  const found = await runOnnx(p, feeds, binding);
  for (const { name, role } of p.outputs) {
    const [rows, width] = role === "state" ? [found[name]!.length / 96, 96] : [1, found[name]!.length];
    for (let i = 0; i < rows; i++) {
      // Without memory shared with its old value, a cache holds anything in places not filled yet.
      const filled = role === "state" ? 8 * (feeds.below5?.[Math.floor(i / 2)] ?? 4) : width;
      const part = (values: Float64Array) => [...values.subarray(i * width, i * width + filled)];
      part(expected[name]!).forEach((v, j) => void expect(part(found[name]!)[j], `${name} ${i} ${j}`).toBeCloseTo(v, 5));
    }
  }
});
