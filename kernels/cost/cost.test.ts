import { expect, test } from "vitest";
import { add, cast, exp, mul } from "../ir/elementwise.ts";
import { gather } from "../ir/lookup.ts";
import { axis, type Node } from "../ir/node.ts";
import { output, program } from "../ir/program.ts";
import { contract } from "../ir/reduce.ts";
import { input } from "../ir/source.ts";
import { attention } from "../ops/attention.ts";
import { dequantize } from "../ops/dequantize.ts";
import { rmsNorm } from "../ops/rmsnorm.ts";
import { total } from "./cost.ts";
import { costOf } from "./kernel.ts";
import { bytesOf, flopsOf, productOf } from "./node.ts";
import { onnxCosts } from "./onnx.ts";
import { loopsOf } from "./onnx-value.ts";

const x = input("x", "data", "f32", [axis("b", "b"), axis("d", 64)]);
const w = input("w", "weight", "f32", [axis("d", 64), axis("e", 32)]);
const product = contract(x, w, ["d"]);

/** The costs of a node alone, by the operators of its graph. */
const graph = (y: Node) =>
  onnxCosts(program("p", [output("y", "value", y)])).filter((l) => l.kind !== "view" && l.kind !== "size");

test("a matrix product multiplies and adds once a term, and moves its operands and its result once", () => {
  expect(flopsOf(product)).toBe("4096*b");
  expect(productOf(product)).toEqual({ batch: 1, rows: "b", columns: 32, inner: 64, bits: 32 });
  const [line] = graph(product);
  expect(line).toMatchObject({
    what: "MatMul",
    flops: "4096*b",
    bytes: `${4 * 64 + 4 * 32}*b+${4 * 64 * 32}`,
    weights: 4 * 64 * 32,
  });
  expect(line!.products).toEqual([{ batch: 1, rows: "b", columns: 32, inner: 64, bits: 32 }]);
});

test("a fused kernel reads what it needs from memory and writes what it stores, whatever is between", () => {
  const y = exp(mul(add(product, 1), 2));
  const cost = costOf({ nodes: [product, add(product, 1), mul(add(product, 1), 2), y], reads: [x, w], stores: [y] });
  expect(cost.bytes).toBe(`${4 * 64 + 4 * 32}*b+${4 * 64 * 32}`);
  expect(cost.flops).toBe(`${4096 + 3 * 32}*b`);
});

test("a norm reads and writes a row, and costs four operations a value", () => {
  const scale = input("scale", "weight", "f32", [axis("d", 64)]);
  const y = rmsNorm(x, ["d"], 1e-6);
  expect(flopsOf(y)).toBe("256*b");
  const [line] = graph(mul(y, scale));
  expect(line).toMatchObject({ what: "SimplifiedLayerNormalization", flops: "256*b" });
});

test("a gather reads the rows it takes, not the table", () => {
  const table = input("table", "weight", "f32", [axis("word", 50_000), axis("d", 64)]);
  const ids = input("ids", "data", "i32", [axis("b", "b")]);
  const rows = gather(table, ids, "word");
  const cost = costOf({ nodes: [rows], reads: [table, ids], stores: [rows] });
  expect(cost.bytes).toBe(`${4 * 64 + 4 * 64 + 4}*b`);
  expect(graph(rows).find((l) => l.what === "Gather")!.bytes).toBe(`${4 * 64 + 4 * 64 + 4}*b`);
});

test("a step of attention over a cache reads the cache once and scores each of its places", () => {
  const [h, k] = [axis("h", 8), axis("k", 16)];
  const q = input("q", "data", "f32", [axis("b", "b"), h, k]);
  const keys = input("keys", "state", "f32", [axis("b", "b"), h, axis("s", "s"), k]);
  const values = input("values", "state", "f32", [axis("b", "b"), h, axis("s", "s"), axis("v", 16)]);
  const y = attention(q, keys, values, { over: ["k"], along: "s", scale: 0.25 });
  // 2 * 16 for a score, 2 * 16 for its share of the result, 5 of its softmax: 69 at each of b * 8 * s pairs.
  expect(flopsOf(y)).toBe(`${8 * 69}*b*s`);
  const cost = costOf({ nodes: [y], reads: [q, keys, values], stores: [y] });
  expect(cost.bytes).toBe(`${2 * 4 * 8 * 16}*b*s+${2 * 4 * 8 * 16}*b`);
});

test("weights of four bits take half a byte each, and their product says so", () => {
  const packed = input("packed", "weight", "i4", [axis("e", 32), axis("d", 64)]);
  const scale = input("scale", "weight", "f32", [axis("e", 32), axis("d", 2)]);
  expect(bytesOf(packed)).toBe((32 * 64) / 2);
  const wide = dequantize(packed, scale, "d");
  const y = contract(x, wide, ["d"]);
  expect(productOf(y)).toMatchObject({ bits: 4, columns: 32, inner: 64 });
  const cost = costOf({ nodes: [wide, y], reads: [x, packed, scale], stores: [y] });
  expect(cost.bytes).toBe(`${4 * 64 + 4 * 32}*b+${(32 * 64) / 2 + 32 * 2 * 4}`);
  expect(cost.flops).toBe(`4096*b+${2 * 32 * 64}`);
});

test("bytes follow the element type", () => {
  const half = input("half", "data", "f16", [axis("n", "n")]);
  expect(bytesOf(half)).toBe("2*n");
  expect(bytesOf(cast(half, "f32"))).toBe("4*n");
  const truth = input("truth", "data", "bool", [axis("n", "n")]);
  // A byte in host memory, a word in a WebGPU buffer.
  expect(bytesOf(truth)).toBe("n");
  expect(costOf({ nodes: [], reads: [truth], stores: [] }).bytes).toBe("4*n");
});

test("costs add up as sizes", () => {
  expect(
    total([
      { bytes: "4*b", flops: 2 },
      { bytes: "4*b", flops: "b*s" },
      { bytes: 8, flops: 1 },
    ]),
  ).toEqual({
    bytes: "8*b+8",
    flops: "b*s+3",
  });
});

test("spread operands cost inner loops: a last dimension of one makes each value a loop", () => {
  const loops = (dims: readonly (readonly (number | string)[])[], out: readonly (number | string)[]) =>
    loopsOf(
      dims.map((d) => ({ dims: d, type: "float" })),
      out,
    );
  expect(loops([["b", 8], [8]], ["b", 8])).toBe("b");
  expect(loops([["b", 8], []], ["b", 8])).toBe(1);
  expect(loops([["b", 8, 1], []], ["b", 8, 1])).toBe("8*b");
  expect(
    loops(
      [
        ["b", 8],
        ["b", 1],
      ],
      ["b", 8],
    ),
  ).toBe("b");
});
