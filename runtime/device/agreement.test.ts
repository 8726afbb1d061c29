import { afterAll, beforeAll, expect, test } from "vitest";
import {
  type Binding,
  gradients,
  input,
  interpret,
  mul,
  type Node,
  namesOf,
  type Output,
  output,
  type Program,
  program,
  sum,
  topological,
} from "../../kernels/index.ts";
import { type Case, caseBinding, cases } from "../../kernels/ops/cases.ts";
import { drawn } from "../../kernels/ops/drawn.ts";
import type { Device } from "./device.ts";
import { difference } from "./difference.ts";
import { runOnce } from "./once.ts";
import { randomBinding, randomProgram } from "./random-graphs.ts";
import { sourceOf } from "./source.ts";
import { useSwiftshader } from "./swiftshader.ts";
import { openWebGpu } from "./webgpu.ts";

let gpu: Device;

beforeAll(async () => {
  expect(useSwiftshader()).toBe(true);
  gpu = await openWebGpu();
});

afterAll(() => gpu.close());

async function agree(p: Program, binding: Binding, most = 1e-5): Promise<void> {
  const feeds = drawn(p, binding);
  const expected = interpret(p, feeds, binding);
  const found = await runOnce(
    gpu,
    sourceOf(p, () => new Uint8Array()),
    feeds,
    binding,
  );
  for (const o of p.outputs) expect(difference(found[o.name]!, expected[o.name]!), o.name).toBeLessThan(most);
}

test.concurrent.each(cases)("WebGPU agrees with the interpreter: %s", (_, node) =>
  agree(program("p", [output("out", "value", node)]), caseBinding),
);

const gradientOf = (node: Node): Output[] => {
  const loss = sum(mul(node, input("weights", "data", "f32", node.axes)), namesOf(node.axes));
  const inputs = topological([loss]).filter((n) => n.op === "input" && n.dtype === "f32");
  return gradients(loss, inputs).flatMap((g, i) => (g ? [output(`g${i}`, "value", g, namesOf(inputs[i]!.axes))] : []));
};

test.concurrent.each(cases.filter((c: Case) => c[1].dtype === "f32"))("WebGPU agrees on the gradient: %s", (_, node) =>
  agree(program("p", gradientOf(node)), caseBinding),
);

test.concurrent.each(Array.from({ length: 12 }, (_, seed) => seed))("WebGPU agrees on the random program %d", (seed) =>
  agree(randomProgram(seed), randomBinding, 1e-4),
);
