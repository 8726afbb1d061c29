// Every program of the example gives the same numbers on the interpreter, on onnxruntime and on WebGPU (in software).
import { afterAll, beforeAll, expect, test } from "vitest";
import { checkSpec, findSpec } from "../cli/spec.ts";
import { buildSystem } from "../compiler/build.ts";
import { evaluate, type Port, symbolsOf } from "../kernels/index.ts";
import { numbers } from "../kernels/ops/drawn.ts";
import { openCpu } from "../runtime/device/cpu.ts";
import type { Data, Device, ProgramSource } from "../runtime/device/device.ts";
import { difference } from "../runtime/device/difference.ts";
import { openInterp } from "../runtime/device/interp.ts";
import { runOnce } from "../runtime/device/once.ts";
import { type BuiltProgram, sourceOfBuild } from "../runtime/device/source.ts";
import { useSwiftshader } from "../runtime/device/swiftshader.ts";
import { openWebGpu } from "../runtime/device/webgpu.ts";

const binding: Readonly<Record<string, number>> = { batch: 2, source: 9, answer: 5, past: 3, capacity: 8, fresh: 2 };
let sources: Record<string, ProgramSource>;
let exact: Device;
let others: Device[];

beforeAll(async () => {
  const { checked } = checkSpec(findSpec("examples/neuro"), { set: [] });
  const { artifacts } = await buildSystem(checked, { name: "neuro", version: "test" });
  const { programs } = JSON.parse(artifacts.get("manifest.json") as string) as { programs: Record<string, BuiltProgram> };
  const read = async (path: string) => {
    const content = artifacts.get(path)!;
    return typeof content === "string" ? new TextEncoder().encode(content) : content;
  };
  sources = Object.fromEntries(Object.entries(programs).map(([name, built]) => [name, sourceOfBuild(name, built, read)]));
  expect(useSwiftshader()).toBe(true);
  exact = openInterp();
  others = [await openCpu(), await openWebGpu()];
});

afterAll(async () => {
  for (const device of others) await device.close();
});

const scalars: Readonly<Record<string, number>> = {
  rate: 1e-3,
  decay: 0.01,
  beta1: 0.9,
  beta2: 0.99,
  epsilon: 1e-8,
  clip: 1,
  step: 3,
};

/** Values that a run might see: words below the vocabulary, the last places of each row absent, moments small. */
function values(port: Port, next: () => number): ArrayLike<number> {
  const count = port.axes.reduce((n, a) => n * evaluate(a.size, binding), 1);
  const length = evaluate(port.axes.at(-1)?.size ?? 1, binding);
  const one = (i: number): number => {
    if (port.role === "scalar") return scalars[port.name]!;
    if (port.role === "size") return binding[port.name]!;
    if (port.name.endsWith(".present")) return i % length < length - (i < length ? 2 : 0) ? 1 : 0;
    if (port.dtype !== "f32") return Math.floor(3000 * next());
    return port.name.startsWith("v.") ? 1e-4 * next() : port.role === "state" ? 0.01 * (next() - 0.5) : 0.2 * (next() - 0.5);
  };
  return Float64Array.from({ length: count }, (_, i) => Math.fround(one(i)));
}

const feeds = (source: ProgramSource, given: Readonly<Record<string, Data>> = {}): Record<string, ArrayLike<number>> => {
  const next = numbers(5);
  return Object.fromEntries(source.inputs.map((port) => [port.name, given[port.name] ?? values(port, next)]));
};

async function agree(name: string, given?: Readonly<Record<string, Data>>): Promise<void> {
  const source = sources[name]!;
  for (const port of source.inputs)
    for (const a of port.axes) for (const s of symbolsOf(a.size)) expect(Object.keys(binding)).toContain(s);
  const fed = feeds(source, given);
  const expected = await runOnce(exact, source, fed, binding);
  for (const device of others) {
    const found = await runOnce(device, source, fed, binding);
    for (const { name: output } of source.outputs) {
      const worst = difference(found[output]!, expected[output]!, 1e-2);
      expect(worst, `${output} of ${name} on ${device.name}`).toBeLessThan(1e-4);
    }
  }
}

test("scoring", () => agree("policy.forward"));

test("encoding once, then a step of writing, and drafts", async () => {
  await agree("policy.encode");
  const encoded = await runOnce(exact, sources["policy.encode"]!, feeds(sources["policy.encode"]!), binding);
  await agree("policy.step", encoded);
  // Rows of different lengths, two drafted tokens each, of which all are kept in one and one in the other.
  const drafted = { ...encoded, at: Int32Array.of(3, 2) };
  await agree("policy.verify", drafted);
  await agree("policy.commit", { accepted: Int32Array.of(2, 1) });
});

test("the loss, and a step of training", async () => {
  await agree("policy.cross_entropy.loss");
  await agree("policy.cross_entropy.step");
});
