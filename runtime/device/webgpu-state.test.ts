// State on WebGPU: what moves on in place and what must not, many tensors in one dispatch, numbers without memory, and times of kernels.
import { afterAll, beforeAll, expect, test } from "vitest";
import * as k from "../../kernels/index.ts";
import { renderWgsl } from "../../kernels/render/wgsl.ts";
import { crossEntropy } from "../../kernels/tests/encoder-decoder.ts";
import type { Device, Runnable, Tensor } from "./device.ts";
import { drawnInputs } from "./drawn-inputs.ts";
import { sourceOf } from "./source.ts";
import { useSwiftshader } from "./swiftshader.ts";
import { openWebGpu } from "./webgpu.ts";

let gpu: Device;
let dispatches = 0;
beforeAll(async () => {
  expect(useSwiftshader()).toBe(true);
  gpu = await openWebGpu();
  const pass = GPUComputePassEncoder.prototype;
  const dispatch = pass.dispatchWorkgroups;
  pass.dispatchWorkgroups = function (...sizes) {
    dispatches++;
    return dispatch.apply(this, sizes);
  };
});
afterAll(() => gpu.close());

const { axis, input, output } = k;
const source = (p: k.Program) => sourceOf(p, () => new Uint8Array());
const n = [axis("n", 4)];
const cache = input("cache", "state", "f32", n);
const upload = (...values: number[]): Tensor => gpu.upload("f32", [values.length], Float32Array.from(values));
const read = async (tensor: Tensor): Promise<number[]> => [...(await gpu.read(tensor))];
const grown = k.program("grown", [output("cache", "state", k.mul(cache, 2)), output("total", "value", k.sum(cache, ["n"]))]);

test("state that moves on is written where it lies; state that is kept is not", async () => {
  const runnable = await gpu.prepare(source(grown));
  const state = upload(1, 2, 3, 4);
  const kept = await gpu.run(runnable, { cache: state });
  expect([await read(state), await read(kept.cache!), await read(kept.total!)]).toEqual([[1, 2, 3, 4], [2, 4, 6, 8], [10]]);
  for (let i = 0; i < 3; i++) await gpu.run(runnable, { cache: state }, { cache: state });
  expect(await read(state)).toEqual([8, 16, 24, 32]);
});

test("a constant of one program stays as it was when another's state moves on from it", async () => {
  const w = input("w", "weight", "f32", n);
  const reader = k.program("reader", [output("y", "value", k.add(w, 1))]);
  const state = upload(1, 2, 3, 4);
  const fixed = await gpu.prepare(source(reader), { constants: { w: state } });
  expect(fixed.inputs).toEqual([]);
  const runnable = await gpu.prepare(source(grown));
  await gpu.run(runnable, { cache: state }, { cache: state });
  expect(await read(state)).toEqual([2, 4, 6, 8]);
  gpu.release(state);
  expect(await read((await gpu.run(fixed, {})).y!)).toEqual([2, 3, 4, 5]);
  await gpu.discard(fixed);
});

test("a value is put into a cache without touching the rest of it", async () => {
  const value = input("value", "data", "f32", [axis("n", 2)]);
  const at = input("at", "data", "i32", []);
  const p = k.program("put", [output("cache", "state", k.put(cache, value, at, "n"))]);
  expect(renderWgsl(p).plan.inPlace).toEqual({ cache: "cache" });
  const runnable = await gpu.prepare(source(p));
  const state = upload(1, 2, 3, 4);
  const place = (i: number) => gpu.upload("i32", [], Int32Array.of(i));
  const fresh = await gpu.run(runnable, { cache: state, value: upload(8, 9), at: place(1) });
  expect([await read(state), await read(fresh.cache!)]).toEqual([
    [1, 2, 3, 4],
    [1, 8, 9, 4],
  ]);
  await gpu.run(runnable, { cache: state, value: upload(5, 6), at: place(3) }, { cache: state });
  expect(await read(state)).toEqual([1, 2, 3, 5]);
});

/** A step of descent for weights of many shapes, some of which decay. */
const descent = (): k.Program => {
  const rate = input("rate", "scalar", "f32", []);
  const shapes = [[3], [2, 3], [1100], [4, 5], [7], [2, 2, 2]];
  const outputs = shapes.map((shape, i) => {
    const axes = shape.map((size, j) => axis(`a${j}`, size));
    const w = input(`w${i}`, "weight", "f32", axes);
    const g = input(`g${i}`, "state", "f32", axes);
    const old = i % 2 === 0 ? w : k.mul(w, k.sub(1, rate));
    return output(`w${i}`, "weight", k.sub(old, k.mul(rate, g)), k.namesOf(axes));
  });
  return k.program("descent", outputs);
};

test("an update of all weights is one dispatch, whatever their shapes, and does what each alone would", async () => {
  const p = descent();
  const runnable = await gpu.prepare(source(p));
  const tensors = drawnInputs(gpu, p, {});
  const feeds: Record<string, ArrayLike<number>> = {};
  for (const [name, tensor] of Object.entries(tensors)) feeds[name] = await gpu.read(tensor);
  const into = Object.fromEntries(runnable.outputs.map(({ name }) => [name, tensors[name]!]));
  dispatches = 0;
  await gpu.run(runnable, tensors, into);
  await gpu.run(runnable, tensors, into);
  expect(dispatches).toBe(2);
  let expected = k.interpret(p, feeds, {});
  expected = k.interpret(p, { ...feeds, ...expected }, {});
  for (const { name } of p.outputs)
    for (const [i, value] of (await read(tensors[name]!)).entries()) expect(value).toBeCloseTo(expected[name]![i]!, 5);
});

const small = crossEntropy({ width: 16, heads: 2, encoder: 1, decoder: 1, vocabulary: 32 });

test("a training step ends with two dispatches for the norm of all gradients and one for all weights", () => {
  const p = k.trainingStep(small, { name: "step" });
  const { plan, kernels } = renderWgsl(p);
  const steps = plan.steps.map(
    ({ kernel, shares }) => `${kernels[kernel]!.name.replace(/^\d+\./, "")} ${shares?.list.length ?? 1}`,
  );
  const weights = p.outputs.filter((o) => o.role === "weight").length;
  const last = [`partialSquares ${weights}`, expect.stringMatching(/^sum.* 1$/), expect.stringMatching(RegExp(` ${weights}$`))];
  expect(steps.slice(-3)).toEqual(last);
  expect(Object.keys(plan.inPlace)).toHaveLength(3 * weights);
});

test("gradients that were added up become an update in three dispatches", async () => {
  const p = k.applyStep(small, { name: "apply" });
  const runnable: Runnable = await gpu.prepare(source(p));
  const tensors = drawnInputs(gpu, p, {});
  const into = Object.fromEntries(runnable.outputs.flatMap(({ name }) => (tensors[name] ? [[name, tensors[name]!]] : [])));
  dispatches = 0;
  await gpu.run(runnable, tensors, into);
  expect(dispatches).toBe(3);
});

test("a program whose temporaries no buffer holds is refused with advice", async () => {
  const x = input("x", "data", "f32", [axis("b", "b")]);
  const sums = k.cumsum(k.expand(x, [axis("c", 2 ** 20)]), "c");
  const square = k.program("square", [output("y", "value", k.sum(k.mul(sums, k.cumsum(sums, "c")), ["b", "c"]))]);
  const runnable = await gpu.prepare(source(square));
  const many = gpu.upload("f32", [2 ** 10], new Float32Array(2 ** 10));
  await expect(gpu.run(runnable, { x: many })).rejects.toMatchObject({ hint: expect.stringContaining("--device cpu") });
});

test("every kernel of a profile has a time by the card's clock, and nothing changes", async () => {
  const runnable = await gpu.prepare(source(grown));
  const state = upload(1, 2, 3, 4);
  const times = await gpu.profile(runnable, { cache: state });
  expect(times.length).toBe(renderWgsl(grown).plan.steps.length);
  for (const { kernel, seconds, bytes } of times) {
    expect(kernel).toMatch(/^\d+\./);
    expect(seconds).toBeGreaterThanOrEqual(0);
    expect(bytes).toBeGreaterThan(0);
  }
  expect(times.some(({ seconds }) => seconds > 0)).toBe(true);
  expect(await read(state)).toEqual([1, 2, 3, 4]);
});

test("runs wait for one another in one submission until something is read", async () => {
  const runnable = await gpu.prepare(source(grown));
  const state = upload(1, 1, 1, 1);
  await gpu.run(runnable, { cache: state }, { cache: state });
  const queue = GPUQueue.prototype;
  const submit = queue.submit;
  let submissions = 0;
  queue.submit = function (...buffers) {
    submissions++;
    return submit.apply(this, buffers);
  };
  for (let i = 0; i < 9; i++) await gpu.run(runnable, { cache: state }, { cache: state });
  const found = await read(state);
  queue.submit = submit;
  expect(found).toEqual([1024, 1024, 1024, 1024]);
  expect(submissions).toBe(1);
});
