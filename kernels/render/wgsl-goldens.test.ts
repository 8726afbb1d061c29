import { expect, test } from "vitest";
import { gradients } from "../autodiff.ts";
import { add, cast, ge, le, mul } from "../ir/elementwise.ts";
import { type Axis, at, axis, type Node } from "../ir/node.ts";
import { output, type Program, program } from "../ir/program.ts";
import { contract, sum } from "../ir/reduce.ts";
import { rename, slice } from "../ir/shape.ts";
import { input, iota } from "../ir/source.ts";
import { attention } from "../ops/attention.ts";
import { dequantize } from "../ops/dequantize.ts";
import { put } from "../ops/put.ts";
import { quantizedContract } from "../ops/quantize.ts";
import { rmsNorm } from "../ops/rmsnorm.ts";
import { silu } from "../ops/silu.ts";
import { optimized } from "../rules/passes.ts";
import { portable, type Target } from "./wgsl/target.ts";
import { renderWgsl } from "./wgsl.ts";

const [b, t, d, o] = [axis("b", "b"), axis("t", "t"), axis("d", 64), axis("o", 128)];
const given = (name: string, role: "data" | "weight" | "state", ...axes: Axis[]): Node => input(name, role, "f32", axes);

const row = given("x", "data", b, d);
const norm = mul(rmsNorm(row, ["d"]), given("layer.1.scale", "weight", d));
const [gate, up] = ["gate", "up"].map((n) => contract(norm, given(`layer.1.${n}`, "weight", d, o), ["d"])) as [Node, Node];

const text = given("x", "data", b, t, d);
const residual = add(text, rename(contract(text, given("layer.1.w", "weight", d, axis("o", 64)), ["d"]), { o: "d" }));

const [h, u, k, c] = [axis("h", 2), axis("u", "u"), axis("k", 16), axis("c", 16)];
const scoring = { over: ["k"], along: "u", scale: 0.25 };
const kept = ["key", "value"].map((n, i) =>
  slice(
    put(
      given(`cache.${n}`, "state", b, h, axis("u", "capacity"), i ? c : k),
      given(n, "data", b, h, axis("u", 1), i ? c : k),
      input("past", "scalar", "i32", []),
      "u",
    ),
    "u",
    0,
    "u",
  ),
) as [Node, Node];

const [q, keys, values] = [
  given("q", "data", b, h, t, k),
  given("keys", "data", b, h, u, k),
  given("values", "data", b, h, u, c),
];
const past = le(iota(u), iota(t));
const mixed = attention(q, keys, values, { ...scoring, present: past });
const loss = sum(mul(mixed, given("g", "data", b, h, t, c)), ["b", "h", "t", "c"]);

const packed = dequantize(input("w.q", "weight", "i4", [o, d]), given("w.scale", "weight", o, axis("d", 2)), "d");

const halves = cast(input("w", "weight", "f16", [o, d]), "f32");
const bytes = quantizedContract(row, input("w.q", "weight", "i8", [o, d]), given("w.scale", "weight", o), ["d"]);

const named = (name: string, ...nodes: [string, Node][]): Program =>
  optimized(
    program(
      name,
      nodes.map(([n, node]) => output(n, n.startsWith("cache") ? "state" : "value", node)),
    ),
  );

/** Programs, which of their kernels is shown, by the words of its name, and what their device has beyond core WGSL. */
const shown: readonly [file: string, kernel: string, build: () => Program, has?: Partial<Target>][] = [
  ["a-gated-layer-of-few-rows", "contract-mul", () => named("step", ["y", mul(silu(gate), up)])],
  ["a-product-with-a-residual", "contract-add", () => named("forward", ["y", residual])],
  ["attention-of-a-row", "attention", () => named("step", ["y", attention(given("q", "data", b, h, k), keys, values, scoring)])],
  ["attention-of-a-text", "attention", () => named("forward", ["y", mixed])],
  ["the-gradient-of-keys", "contract", () => named("backward", ["dk", gradients(loss, [keys])[0]!])],
  ["rows-put-into-a-cache", "put", () => named("step", ["cache.key", kept[0].inputs[0]!], ["y", sum(kept[0], ["u", "k"])])],
  ["a-product-with-weights-of-four-bits", "contract", () => named("step", ["y", contract(row, packed, ["d"])])],
  ["a-product-of-eight-bit-numbers", "contract", () => named("step", ["y", bytes]), { packed: true }],
  ["a-product-with-weights-of-sixteen-bits", "contract", () => named("step", ["y", contract(row, halves, ["d"])]), { f16: true }],
  ["a-mask", "ge", () => named("m", ["y", ge(row, 0)])],
];

test.each(shown)("the kernel reads well: %s", async (file, kernel, build, has) => {
  const { kernels } = renderWgsl(at(["main.neuro:31"], build), { ...portable, ...has });
  const found = kernels.filter(({ name }) => name.includes(kernel));
  expect(found.length).toBeGreaterThan(0);
  await expect(found.at(-1)!.code).toMatchFileSnapshot(`./goldens/${file}.wgsl`);
});
