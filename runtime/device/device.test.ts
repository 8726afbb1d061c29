import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { add, axis, contract, input, mul, output, type Program, program, renderOnnx } from "../../kernels/index.ts";
import { NeuroError } from "../error.ts";
import { openCpu, selfTest } from "./cpu.ts";
import { type Device, type ProgramSource, sizeClass } from "./device.ts";
import { examine } from "./doctor.ts";
import { openInterp } from "./interp.ts";
import { runOnce } from "./once.ts";
import { openDevice } from "./open.ts";
import { sourceOf, sourceOfBuild } from "./source.ts";
import { swiftshaderArchive, unpackSwiftshader, untar } from "./swiftshader.ts";

const x = input("x", "data", "f32", [axis("b", "b"), axis("d", 3)]);
const product: Program = program("product", [
  output("y", "value", contract(x, input("w", "weight", "f32", [axis("d", 3), axis("o", 2)]), ["d"])),
]);
const grown: Program = program("grown", [output("x", "state", add(mul(x, 2), 1))]);
const feeds = { x: [1, 2, 3, 4, 5, 6], w: [1, 0, 0, 1, 1, 1] };
const answer = [4, 5, 10, 11];

const engines: [string, () => Promise<Device>][] = [
  ["cpu", () => openCpu({ threads: 1 })],
  ["cpu, copying", () => openCpu({ threads: 1, copies: true })],
  ["interp", async () => openInterp()],
];

test.each(engines)("a product on %s", async (_, open) => {
  const device = await open();
  const { y } = await runOnce(device, sourceOf(product, renderOnnx), feeds, { b: 2 });
  expect([...y!]).toEqual(answer);
  await device.close();
});

test.each(engines)("constants are given once, and may be released: %s", async (_, open) => {
  const device = await open();
  const w = device.upload("f32", [3, 2], Float32Array.from(feeds.w));
  const runnable = await device.prepare(sourceOf(product, renderOnnx), { constants: { w } });
  device.release(w);
  expect(runnable.inputs.map((port) => port.name)).toEqual(["x"]);
  const { y } = await device.run(runnable, { x: device.upload("f32", [2, 3], Float32Array.from(feeds.x)) });
  expect([...(await device.read(y!))]).toEqual(answer);
  await device.discard(runnable);
  await device.close();
});

test.each(engines)("an output moves into its input's handle, whose shape and values it takes: %s", async (_, open) => {
  const device = await open();
  const state = device.upload("f32", [2, 3], Float32Array.from(feeds.x));
  const runnable = await device.prepare(sourceOf(grown, renderOnnx));
  for (let i = 0; i < 3; i++) expect((await device.run(runnable, { x: state }, { x: state })).x).toBe(state);
  expect([...(await device.read(state))]).toEqual(feeds.x.map((v) => 8 * v + 7));
  device.write(state, new Float32Array(6));
  expect((await device.read(state))[5]).toBe(0);
  await device.close();
});

test("onnxruntime here multiplies rightly and leaves results in place", async () => {
  expect(await selfTest()).toEqual({ correct: true, inPlace: true });
});

test("a tensor that does not fit is named, with what was expected", async () => {
  const device = await openCpu({ threads: 1 });
  const runnable = await device.prepare(sourceOf(product, renderOnnx));
  const given = (shape: number[]) => device.upload("f32", shape, new Float32Array(shape.reduce((a, b) => a * b)));
  const run = device.run(runnable, { x: given([2, 4]), w: given([3, 2]) });
  await expect(run).rejects.toThrow("product: the input x has shape [2, 4], but [b, d=3] was expected: d is 3 here");
  await expect(run).rejects.toBeInstanceOf(NeuroError);
  expect(() => device.upload("f32", [2], new Float32Array(3))).toThrow("holds 2 values, not 3");
  await device.close();
});

test("a graph cut short is said to be unreadable", async () => {
  const device = await openCpu({ threads: 1 });
  const whole = sourceOf(product, renderOnnx);
  const cut: ProgramSource = { ...whole, onnx: async () => (await whole.onnx()).slice(0, 40) };
  await expect(device.prepare(cut)).rejects.toThrow("onnxruntime cannot load the program product");
  await device.close();
});

test("an unknown device is refused with the known ones", async () => {
  await expect(openDevice("cuda")).rejects.toMatchObject({
    code: "device_unknown",
    hint: "Devices are auto, cpu, webgpu, interp.",
  });
});

test("a program of a build is read when it is asked for", async () => {
  const { plan } = await sourceOf(product, renderOnnx).wgsl();
  const built = { file: "g/p.onnx", ir: "g/p.json", inputs: [], outputs: [], plan, kernels: ["kernels/product.0.contract.wgsl"] };
  const read: string[] = [];
  const source = sourceOfBuild("product", built, async (path) => {
    read.push(path);
    return new TextEncoder().encode("not json");
  });
  expect((await source.wgsl()).kernels).toEqual([{ name: "product.0.contract", code: "not json" }]);
  await expect(Promise.resolve(source.ir())).rejects.toMatchObject({ code: "program_unreadable", where: "g/p.json" });
  expect(read).toEqual(["kernels/product.0.contract.wgsl", "g/p.json"]);
});

test("freed memory comes in few sizes, each at most a quarter too large", () => {
  const classes = new Set(Array.from({ length: 100_000 }, (_, i) => sizeClass(i * 40)));
  expect(classes.size).toBeLessThan(60);
  for (const bytes of [1, 1000, 5000, 123_456, 10_000_000]) {
    expect(sizeClass(bytes)).toBeGreaterThanOrEqual(bytes);
    expect(sizeClass(bytes)).toBeLessThanOrEqual(Math.max(256, bytes * 1.25));
    expect(sizeClass(sizeClass(bytes))).toBe(sizeClass(bytes));
  }
});

test("a tar archive is read by name", () => {
  const block = (text: string) => Buffer.concat([Buffer.from(text), Buffer.alloc(512 - text.length)]);
  const header = Buffer.alloc(512);
  header.write("./notes.txt");
  header.write("00000000005\0", 124);
  header.write("0", 156);
  const files = untar(Buffer.concat([header, block("hello"), Buffer.alloc(1024)]));
  expect([...files].map(([name, bytes]) => [name, new TextDecoder().decode(bytes)])).toEqual([["notes.txt", "hello"]]);
});

test("the software driver is unpacked once", () => {
  const folder = unpackSwiftshader(swiftshaderArchive()!);
  expect(existsSync(join(folder, "vk_swiftshader_icd.json"))).toBe(true);
  expect(unpackSwiftshader(swiftshaderArchive()!)).toBe(folder);
});

test("the doctor finds a machine that computes rightly", async () => {
  const facts = await examine();
  expect(facts.map((f) => f.name)).toEqual(["node", "cores", "memory", "cpu", "webgpu", "device"]);
  expect(facts.find((f) => f.name === "cpu")).toMatchObject({ ok: true, value: expect.stringContaining("a product is right") });
});
