import { afterAll, beforeAll, expect, test } from "vitest";
import {
  axis,
  contract,
  input,
  interpret,
  type Node,
  namesOf,
  output,
  program,
  reduceMax,
  rmsNorm,
  sum,
} from "../../kernels/index.ts";
import { type Case, caseBinding, cases } from "../../kernels/ops/cases.ts";
import { drawn } from "../../kernels/ops/drawn.ts";
import { renderWgsl } from "../../kernels/render/wgsl.ts";
import type { Device } from "./device.ts";
import { difference } from "./difference.ts";
import { runOnce } from "./once.ts";
import { sourceOf } from "./source.ts";
import { useSwiftshader } from "./swiftshader.ts";
import { openWebGpu } from "./webgpu.ts";

let gpu: Device;

beforeAll(async () => {
  expect(useSwiftshader()).toBe(true);
  gpu = await openWebGpu();
});

afterAll(() => gpu.close());

const input3 = (name: string, ...axes: [string, number | string][]): Node =>
  input(
    name,
    "data",
    "f32",
    axes.map(([n, size]) => axis(n, size)),
  );

const long = input3("long", ["b", "b"], ["d", 520]);
const deep = input3("deep", ["v", 24], ["d", 520]);
const wide = input3("wide", ["d", 520], ["o", 40]);

/** Loops long enough for lanes to share them, and products of few rows with matrices that lie either way. */
const shared: readonly Case[] = [
  ["a long sum", sum(long, ["d"])],
  ["a long largest", reduceMax(long, ["d"])],
  ["a product of few rows with rows", contract(long, deep, ["d"])],
  ["a product of few rows with columns", contract(rmsNorm(long, ["d"]), wide, ["d"])],
  ...cases.filter(([title]) => /softmax|attention|contract/.test(title)),
];

async function off(node: Node, portable: boolean): Promise<number> {
  const p = program("p", [output("out", "value", node, namesOf(node.axes))]);
  const feeds = drawn(p, caseBinding);
  const source = sourceOf(p, () => new Uint8Array());
  const found = await runOnce(gpu, portable ? { ...source, wgsl: () => renderWgsl(p) } : source, feeds, caseBinding);
  return difference(found.out!, interpret(p, feeds, caseBinding).out!);
}

test.concurrent.each(shared)("kernels that every device runs agree with the interpreter: %s", async (_, node) => {
  expect(await off(node, true)).toBeLessThan(1e-5);
});

test.concurrent.each(shared)("kernels for subgroups agree with the interpreter: %s", async (_, node) => {
  expect(await off(node, false)).toBeLessThan(1e-5);
});
