import { afterAll, beforeAll, expect, test } from "vitest";
import { add, axis, input, mul, output, type Program, program, reduceMax, renderOnnx, sum } from "../../kernels/index.ts";
import type { WgslProgram } from "../../kernels/render/wgsl.ts";
import type { Device, ProgramSource } from "./device.ts";
import { openDevice } from "./open.ts";
import { sourceOf } from "./source.ts";

let gpu: Device;
beforeAll(async () => {
  gpu = await openDevice("webgpu");
});
afterAll(() => gpu.close());

const x = input("x", "state", "f32", [axis("b", "b"), axis("d", 3)]);
const rate = input("rate", "scalar", "f32", []);
const source = (p: Program): ProgramSource => sourceOf(p, renderOnnx);
const numbers = (count: number): Float32Array => Float32Array.from({ length: count }, (_, i) => i);

test("a machine without graphics hardware has a WebGPU in software, which auto does not take", async () => {
  expect(gpu.about).toContain("WebGPU on");
  if (!gpu.about.includes("(software)")) return;
  const auto = await openDevice("auto");
  expect(auto.name).toBe("cpu");
  await auto.close();
});

test("nothing is done for tensors without values, and sums over them are of none", async () => {
  const p = program("p", [
    output("y", "value", add(x, 1)),
    output("total", "value", sum(x, ["b", "d"])),
    output("most", "value", reduceMax(x, ["b"])),
  ]);
  const found = await gpu.run(await gpu.prepare(source(p)), { x: gpu.upload("f32", [0, 3], new Float32Array()) });
  expect(found.y!.shape).toEqual([0, 3]);
  expect([...(await gpu.read(found.total!))]).toEqual([0]);
  expect([...(await gpu.read(found.most!))]).toEqual([-Infinity, -Infinity, -Infinity]);
});

test("one program runs at any length, with a number from the host or from another program", async () => {
  const runnable = await gpu.prepare(source(program("p", [output("x", "state", mul(x, rate))])));
  const made = await gpu.prepare(source(program("q", [output("rate", "value", add(rate, 1))])));
  let scale = gpu.upload("f32", [], Float32Array.of(2));
  for (const [b, by] of [
    [1, 2],
    [70_000, 3],
    [2, 4],
  ] as const) {
    const state = gpu.upload("f32", [b, 3], numbers(3 * b));
    await gpu.run(runnable, { x: state, rate: scale }, { x: state });
    const found = await gpu.read(state);
    expect([found.length, found[2], found[3 * b - 1]]).toEqual([3 * b, 2 * by, Math.fround((3 * b - 1) * by)]);
    scale = (await gpu.run(made, { rate: scale })).rate!;
    gpu.release(state);
  }
});

test("a kernel that does not compile is told with its name, its line and its text", async () => {
  const good = source(program("p", [output("y", "value", add(x, 1))]));
  const { kernels, plan } = (await good.wgsl()) as WgslProgram;
  const wrong = kernels.map((k) => ({ ...k, code: k.code.replace("+ 1f", "+ true") }));
  const refused = gpu.prepare({ ...good, wgsl: () => ({ kernels: wrong, plan }) });
  await expect(refused).rejects.toThrow(
    /the kernel p\.0\.add does not compile: .*no matching overload[\s\S]*\d+: {3}let v\d+ = \(v\d+ \+ true\);/,
  );
});

test("a tensor beyond what the device binds is refused with advice", () => {
  const huge = { length: 2 ** 40 } as Float32Array;
  expect(() => gpu.upload("f32", [2 ** 40], huge)).toThrow(
    expect.objectContaining({ code: "tensor_too_large", hint: "Use --device cpu." }),
  );
});

test("a closed device says so", async () => {
  const device = await openDevice("webgpu");
  const tensor = device.allocate("i32", [4]);
  expect([...(await device.read(tensor))]).toEqual([0, 0, 0, 0]);
  await device.close();
  await expect(device.read(tensor)).rejects.toThrow("the device is closed");
});
