// A decoder of std writes on every engine: prompts of different lengths side by side, greedy, drawn and with beams; what it thought
// of each token is what the whole text's score says, and no row knows of another.
import { afterAll, beforeAll, expect, test } from "vitest";
import { decoderPrograms } from "../compiler/lower/decoder-testing.ts";
import { type Program, renderOnnx } from "../kernels/index.ts";
import { interpret } from "../kernels/interp/interpret.ts";
import type { Strategy } from "../runtime/decode/choose.ts";
import { decode, type Written } from "../runtime/decode/decode.ts";
import { type Model, openModel } from "../runtime/decode/writer.ts";
import { openCpu } from "../runtime/device/cpu.ts";
import type { Device } from "../runtime/device/device.ts";
import { openInterp } from "../runtime/device/interp.ts";
import { sourceOf } from "../runtime/device/source.ts";
import { useSwiftshader } from "../runtime/device/swiftshader.ts";
import { openWebGpu } from "../runtime/device/webgpu.ts";
import { initialise } from "../runtime/weights/initialise.ts";

const vocab = 11;
const programs = decoderPrograms({ depth: 2, width: 16, heads: 2, kv: 1, inner: 24, reach: 6 }, vocab);
// Weights as drawn would make all tokens alike; a trained model is less even.
const drawn = initialise(
  programs.weights.map(({ path, axes, init }) => ({ path, axes, init: init as { kind: "constant"; value: number } })),
  7,
);
const weights = new Map([...drawn].map(([path, t]) => [path, { ...t, data: t.data.map((x) => 3 * x) }]));
const fed = (program: Program) => ({ program: sourceOf(program, renderOnnx), feeds: {} });
const open = (device: Device): Promise<Model> =>
  openModel({ device, weights, prefill: fed(programs.prefill), step: fed(programs.step), pad: 0, begin: 2 });
const prompts = [[4, 7, 9], [5], [3, 8, 10, 4, 6]];

async function write(model: Model, which: readonly number[], strategy: Strategy, room?: number): Promise<Written[]> {
  const writer = await model.encode(
    which.map((i) => prompts[i]!),
    room,
  );
  const rows = await decode(writer, { strategy, most: 7, seed: 4, begin: 2, end: 1, names: which });
  writer.close();
  return rows;
}

/** Log p of each written token by the text read at once. */
function scored(prompt: readonly number[], tokens: readonly number[]): number[] {
  const text = [2, ...prompt, ...tokens.slice(0, -1)];
  const feeds = {
    ...Object.fromEntries([...weights].map(([path, { data }]) => [path, data])),
    "text.input": text,
    "text.present": text.map(() => 1),
    "text.given": [prompt.length],
    "answer.ids": tokens,
    "answer.present": tokens.map(() => 1),
  };
  return [...interpret(programs.forward, feeds, { batch: 1, text: text.length, answer: tokens.length }).logp!];
}

const devices: Record<string, Device> = { interp: openInterp() };
beforeAll(async () => {
  devices.cpu = await openCpu({ threads: 1 });
  expect(useSwiftshader()).toBe(true);
  devices.webgpu = await openWebGpu();
});
afterAll(async () => {
  for (const device of Object.values(devices)) await device.close();
});

for (const name of ["interp", "cpu", "webgpu"])
  test(`what is thought of written tokens on ${name} is what the whole text's score says`, async () => {
    const model = await open(devices[name]!);
    for (const strategy of [
      { kind: "sample", temperature: 2 },
      { kind: "beam", width: 2 },
    ] as const)
      for (const [i, row] of (await write(model, [0, 1, 2], strategy)).entries())
        scored(prompts[i]!, row.tokens).forEach((logp, t) => void expect(row.logps[t]).toBeCloseTo(logp, 4));
    model.close();
  });

test("a row is written alike alone and among others, and caches grow when there is no room left", async () => {
  const model = await open(devices.cpu!);
  const alone: (readonly number[])[] = [];
  for (const i of [0, 1, 2]) alone.push((await write(model, [i], { kind: "sample" }, 1))[0]!.tokens);
  expect((await write(model, [0, 1, 2], { kind: "sample" })).map((row) => row.tokens)).toEqual(alone);
});
