// Answers that are written together as they come are those that are written alone: whoever else is there, whenever they came, on every engine.
import { afterAll, beforeAll, expect, test } from "vitest";
import { decoderPrograms } from "../compiler/lower/decoder-testing.ts";
import { modelPrograms } from "../compiler/lower/model.ts";
import { modelOf, stdlib } from "../compiler/lower/testing.ts";
import { evaluate, inputPorts, type Program, renderOnnx } from "../kernels/index.ts";
import { numbers } from "../kernels/ops/drawn.ts";
import { Batch, type Wanted } from "../runtime/decode/batching.ts";
import type { Strategy } from "../runtime/decode/choose.ts";
import { decode } from "../runtime/decode/decode.ts";
import { type FedProgram, type Model, openModel } from "../runtime/decode/writer.ts";
import { openCpu } from "../runtime/device/cpu.ts";
import type { Device } from "../runtime/device/device.ts";
import { sourceOf } from "../runtime/device/source.ts";
import { useSwiftshader } from "../runtime/device/swiftshader.ts";
import { openWebGpu } from "../runtime/device/webgpu.ts";
import { initialise } from "../runtime/weights/initialise.ts";
import type { Weights } from "../runtime/weights/tensors.ts";

const vocab = 13;
const [begin, end] = [2, 1];
const fed = (program: Program, feeds: FedProgram["feeds"] = {}): FedProgram => ({
  program: sourceOf(program, renderOnnx),
  feeds,
});

/** Weights that make a model speak unevenly, as a trained one does. */
function drawnWeights(all: readonly Program[]): Weights {
  const next = numbers(5);
  const ports = new Map(
    all.flatMap((program) => inputPorts(program).filter(({ role }) => role === "weight")).map((p) => [p.name, p]),
  );
  return new Map(
    [...ports].map(([name, { axes }]) => {
      const shape = axes.map(({ size }) => evaluate(size, {}));
      const count = shape.reduce((n, s) => n * s, 1);
      return [
        name,
        { shape, data: Float32Array.from({ length: count }, () => (name.endsWith("scale") ? 1 : 2 * (next() - 0.5))) },
      ];
    }),
  );
}

const writer = modelOf(
  [
    stdlib("models").replace(/^use .*$/gm, ""),
    "model translator: EncoderDecoder { width: 16, heads: 2, encoder: 1 layers, decoder: 2 layers, inner: 24, copy: 8 }",
  ],
  "translator",
  vocab,
);
const made = new Map(
  modelPrograms(writer.context, writer.instance).programs.map((one) => [one.program.name.split(".").at(-1)!, one]),
);
const translated = drawnWeights([...made.values()].map(({ program }) => program));
const part = (name: string) => fed(made.get(name)!.program, made.get(name)!.feeds);
const translator = (device: Device): Promise<Model> =>
  openModel({
    device,
    weights: translated,
    encode: part("encode"),
    step: part("step"),
    apart: part("apart"),
    lasting: true,
    pad: 0,
    begin,
  });

const programs = decoderPrograms({ depth: 2, width: 16, heads: 2, kv: 1, inner: 24 }, vocab);
const spoken = initialise(
  programs.weights.map(({ path, axes, init }) => ({ path, axes, init: init as { kind: "constant"; value: number } })),
  7,
);
const spokenWeights = new Map([...spoken].map(([path, t]) => [path, { ...t, data: t.data.map((x) => 3 * x) }]));
const decoder = (device: Device): Promise<Model> =>
  openModel({
    device,
    weights: spokenWeights,
    prefill: fed(programs.prefill),
    resume: fed(programs.resume),
    step: fed(programs.step),
    lasting: true,
    pad: 0,
    begin,
  });

const devices: Record<string, Device> = {};
beforeAll(async () => {
  devices.cpu = await openCpu({ threads: 1 });
  expect(useSwiftshader()).toBe(true);
  devices.webgpu = await openWebGpu();
});
afterAll(async () => {
  for (const device of Object.values(devices)) await device.close();
});

const strategies: Wanted["strategy"][] = [
  { kind: "greedy" },
  { kind: "sample", temperature: 1.5 },
  { kind: "sample", temperature: 0.8, top_k: 4 },
  { kind: "sample", temperature: 1, top_p: 0.9 },
];
const among = numbers(3);
const source = (length: number): number[] => Array.from({ length }, () => 3 + Math.floor(among() * (vocab - 3)));
/** Requests of many kinds: sources of one token to more than a batch has room for at first, and answers of any length. */
const requests: Wanted[] = Array.from({ length: 14 }, (_, i) => ({
  source: source([1, 5, 40, 7, 3][i % 5]!),
  strategy: strategies[i % strategies.length]!,
  most: [3, 40, 9, 1, 17][(i * 3) % 5]!,
  seed: i,
  begin,
  end,
  ...(i % 3 === 0 && { allow: evenUntil }),
  ...(i % 7 === 2 && { repetition: 1.3 }),
}));

/** A rule that depends on what was written. */
const even = (id: number) => id % 2 === 0 || id === end;
function evenUntil(written: readonly number[]) {
  return written.length < 4 ? even : undefined;
}

async function alone(model: Model, { source, strategy, allow, most, seed, repetition = 1 }: Wanted): Promise<number[]> {
  const own = await model.encode([source], 4);
  const [row] = await decode(own, {
    ...{ most, seed, repetition, begin, end },
    strategy: strategy as Strategy,
    ...(allow && { allow: (_: number, written: readonly number[]) => allow(written) }),
  });
  own.close();
  return [...row!.tokens];
}

for (const [name, open] of [
  ["an encoder-decoder", translator],
  ["a decoder", decoder],
] as const) {
  for (const on of ["cpu", "webgpu"]) {
    test(`${name} on ${on}: rows that come and go write what they write alone`, async () => {
      const model = await open(devices[on]!);
      const few = on === "cpu" ? requests : requests.slice(0, 6).map((one) => ({ ...one, most: Math.min(one.most, 6) }));
      const expected: number[][] = [];
      for (const wanted of few) expected.push(await alone(model, wanted));
      const batch = new Batch(model.rows!);
      // Some together, some while others are being written.
      const written = few.map(async (wanted, i) => {
        for (let turn = 0; turn < (i % 4) * 3; turn++) await new Promise((resolve) => setTimeout(resolve, 1));
        return batch.write(wanted);
      });
      const rows = await Promise.all(written);
      expect(rows.map(({ tokens }) => [...tokens])).toEqual(expected);
      expect(rows.every(({ tokens, ended }) => ended === (tokens.at(-1) === end))).toBe(true);
      await expect.poll(() => batch.facts).toMatchObject({ rows: 0, waiting: 0, slots: 0, sources: few.length });
    });
  }
}

test("what was read is read once, also for who comes later, and says so", async () => {
  const batch = new Batch((await translator(devices.cpu!)).rows!);
  const [wanted] = requests as [Wanted];
  const [first, second] = await Promise.all([batch.write(wanted), batch.write({ ...wanted, strategy: strategies[1]!, seed: 8 })]);
  const later = await batch.write(wanted);
  expect([first.reused, later.reused]).toEqual([0, wanted.source.length]);
  expect(later.tokens).toEqual(first.tokens);
  expect(second.tokens.length).toBeGreaterThan(0);
  expect(batch.facts).toMatchObject({ sources: 3, reused: 2 });
});

test("alternatives are told best first, and the greedy token is the first of them", async () => {
  const batch = new Batch((await decoder(devices.cpu!)).rows!);
  const row = await batch.write({ source: [4, 7], strategy: { kind: "greedy" }, most: 5, seed: 1, begin, end, alternatives: 3 });
  expect(row.alternatives.map((list) => list[0]!.id)).toEqual([...row.tokens]);
  expect(
    row.alternatives.every((list, i) => list.length === 3 && list[0]!.logp === row.logps[i] && list[0]!.logp >= list[2]!.logp),
  ).toBe(true);
});

test("who leaves is written no further, waiting or being written, and nobody else notices", async () => {
  const model = await translator(devices.cpu!);
  const batch = new Batch(model.rows!);
  const leaving = new AbortController();
  const endless: Wanted = { source: [5, 6, 7], strategy: { kind: "greedy" }, most: 1_000, seed: 1, begin, end: -1 };
  let tokens = 0;
  const left = batch.write({
    ...endless,
    signal: leaving.signal,
    onToken: () => void (++tokens === 5 && leaving.abort(new Error("left"))),
  });
  const stays = batch.write({ ...endless, most: 30 });
  await expect(left).rejects.toThrow("left");
  expect(tokens).toBeLessThan(8);
  expect([...(await stays).tokens]).toEqual(await alone(model, { ...endless, most: 30 }));
  expect(() => leaving.signal.throwIfAborted()).toThrow("left");
  await expect(batch.write({ ...endless, signal: leaving.signal })).rejects.toThrow("left");
});

test("who watches and fails, fails alone; a fault of the device is told to all, and the batch begins anew", async () => {
  const model = await translator(devices.cpu!);
  let broken = false;
  const device = new Proxy(devices.cpu!, {
    get(target, name) {
      if (name === "run" && broken) return () => Promise.reject(new Error("the card fell off"));
      const value = Reflect.get(target, name) as unknown;
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
  const batch = new Batch({ ...model.rows!, device });
  const wanted: Wanted = { source: [5, 6, 7], strategy: { kind: "greedy" }, most: 12, seed: 1, begin, end: -1 };
  const fails = batch.write({
    ...wanted,
    onToken: () => {
      throw new Error("full disk");
    },
  });
  const works = batch.write(wanted);
  await expect(fails).rejects.toThrow("full disk");
  const tokens = [...(await works).tokens];
  const both = Promise.allSettled([
    batch.write({
      ...wanted,
      onToken: (written) => {
        broken = written.length > 3;
      },
    }),
    batch.write(wanted),
  ]);
  expect((await both).map((one) => one.status === "rejected" && (one.reason as Error).message)).toEqual([
    "the card fell off",
    "the card fell off",
  ]);
  broken = false;
  expect([...(await batch.write(wanted)).tokens]).toEqual(tokens);
});
