// A prompt that begins like what was read or written before is read from where it differs, and its answer is the same.
import { afterAll, expect, test } from "vitest";
import { decoderPrograms } from "../compiler/lower/decoder-testing.ts";
import { type Program, renderOnnx } from "../kernels/index.ts";
import { numbers } from "../kernels/ops/drawn.ts";
import { Batch, type Wanted } from "../runtime/decode/batching.ts";
import { Kept } from "../runtime/decode/kept.ts";
import { ReadPrefixes } from "../runtime/decode/read-prefixes.ts";
import { type FedProgram, type Model, openModel } from "../runtime/decode/writer.ts";
import { openCpu } from "../runtime/device/cpu.ts";
import type { Device } from "../runtime/device/device.ts";
import { openInterp } from "../runtime/device/interp.ts";
import { sourceOf } from "../runtime/device/source.ts";
import { useSwiftshader } from "../runtime/device/swiftshader.ts";
import { openWebGpu } from "../runtime/device/webgpu.ts";
import { initialise } from "../runtime/weights/initialise.ts";

const vocab = 17;
const [begin, end] = [2, 1];
const fed = (program: Program): FedProgram => ({ program: sourceOf(program, renderOnnx), feeds: {} });
const cpu = await openCpu({ threads: 1 });
afterAll(() => cpu.close());

function decoder(fields: Record<string, number>) {
  const { prefill, resume, step, weights } = decoderPrograms(
    { depth: 2, width: 16, heads: 2, kv: 1, inner: 24, ...fields },
    vocab,
  );
  const spoken = initialise(
    weights.map(({ path, axes, init }) => ({ path, axes, init: init as { kind: "constant"; value: number } })),
    7,
  );
  const parts = {
    weights: new Map([...spoken].map(([path, t]) => [path, { ...t, data: t.data.map((x) => 3 * x) }])),
    ...{ prefill: fed(prefill), resume: fed(resume), step: fed(step) },
    ...{ lasting: true, pad: 0, begin },
  };
  return (device: Device): Promise<Model> => openModel({ device, ...parts });
}
const plain = decoder({});
const models = { "a decoder": plain, "a decoder with a sliding window": decoder({ reach: 5 }) };

const next = numbers(11);
const drawn = (length: number): number[] => Array.from({ length }, () => 3 + Math.floor(next() * (vocab - 3)));
/** Prompts that share beginnings of many lengths with one another, some of them whole. */
function sharing(count: number): number[][] {
  const prompts: number[][] = [drawn(30)];
  while (prompts.length < count) {
    const other = prompts[Math.floor(next() * prompts.length)]!;
    prompts.push([...other.slice(0, Math.floor(next() * (other.length + 1))), ...drawn(Math.floor(next() * 20))]);
  }
  return prompts.map((prompt) => (prompt.length === 0 ? [5] : prompt));
}
const asked = (source: readonly number[], seed = 1): Wanted => ({
  ...{ source, seed, begin, end, most: 7 },
  strategy: seed % 2 === 1 ? { kind: "greedy" } : { kind: "sample", temperature: 1.2 },
});

/** What each answers when nothing was read before it. */
async function fresh(model: Model, all: readonly Wanted[]) {
  const rows = [];
  for (const wanted of all) {
    const batch = new Batch(model.rows!);
    rows.push(await batch.write(wanted));
    batch.close();
  }
  return rows;
}

for (const [name, open] of Object.entries(models)) {
  test(`${name}: random prompts with shared beginnings are answered as if each were read alone, in turn and together`, async () => {
    const model = await open(cpu);
    const all = sharing(40).map((source, i) => asked(source, i));
    const expected = await fresh(model, all);
    const [inTurn, together] = [new Batch(model.rows!), new Batch(model.rows!)];
    const turns = [];
    for (const wanted of all) turns.push(await inTurn.write(wanted));
    const rows = await Promise.all(
      all.map(async (wanted, i) => {
        for (let turn = 0; turn < (i % 5) * 2; turn++) await new Promise((resolve) => setTimeout(resolve, 1));
        return together.write(wanted);
      }),
    );
    for (const [written, batch] of [
      [turns, inTurn],
      [rows, together],
    ] as const) {
      expect(written.map(({ tokens }) => [...tokens])).toEqual(expected.map(({ tokens }) => [...tokens]));
      for (const [i, { logps }] of written.entries())
        for (const [t, logp] of logps.entries()) expect(logp).toBeCloseTo(expected[i]!.logps[t]!, 4);
      expect(batch.facts.reusedTokens).toBeGreaterThan(batch.facts.sourceTokens / 4);
      expect(batch.facts.sourceTokens).toBe(all.reduce((sum, { source }) => sum + source.length, 0));
      batch.close();
      expect(batch.facts.kept).toBe(0);
    }
  });
}

test("on a GPU, too, a shared beginning changes no answer", async () => {
  expect(useSwiftshader()).toBe(true);
  const gpu = await openWebGpu();
  const model = await plain(gpu);
  const all = sharing(6).map((source, i) => ({ ...asked(source, i), most: 3 }));
  const batch = new Batch(model.rows!);
  const rows = await Promise.all(all.map((wanted) => batch.write(wanted)));
  const expected = await fresh(await plain(cpu), all);
  expect(rows.map(({ tokens }) => [...tokens])).toEqual(expected.map(({ tokens }) => [...tokens]));
  expect(batch.facts.reusedTokens).toBeGreaterThan(0);
  batch.close();
  await gpu.close();
});

test("where nothing is rounded, the answer after a shared beginning is the same to the last bit", async () => {
  const model = await plain(openInterp());
  const all = sharing(8).map((source, i) => ({ ...asked(source, i), most: 3 }));
  const expected = await fresh(model, all);
  const batch = new Batch(model.rows!);
  const rows = [];
  for (const wanted of all) rows.push(await batch.write(wanted));
  expect(rows.map(({ tokens, logps }) => ({ tokens, logps }))).toEqual(expected.map(({ tokens, logps }) => ({ tokens, logps })));
  expect(batch.facts.reusedTokens).toBeGreaterThan(0);
});

test("a conversation is read from the end of its last answer, and a shared beginning from its end, also by those who come together", async () => {
  const model = await plain(cpu);
  const batch = new Batch(model.rows!);
  const first = await batch.write({ ...asked(drawn(20)), end: -1 });
  const [system, talk] = [drawn(25), drawn(20)];
  const one = await batch.write({ ...asked(talk), end: -1 });
  // The last token that was written was never read.
  const more = [...talk, ...one.tokens, ...drawn(6)];
  const two = await batch.write(asked(more));
  expect([first.reused, one.reused, two.reused]).toEqual([0, 0, talk.length + one.tokens.length - 1]);
  const others = Array.from({ length: 5 }, (_, i) => asked([...system, 3 + i, ...drawn(9)], i));
  const rows = await Promise.all(others.map((wanted) => batch.write(wanted)));
  expect(rows.map(({ reused }) => reused)).toEqual([0, ...others.slice(1).map(() => system.length)]);
  expect(rows.map(({ tokens }) => [...tokens])).toEqual((await fresh(model, others)).map(({ tokens }) => [...tokens]));
  // The same again: its last token is read, to be told what follows.
  expect((await batch.write(others[0]!)).reused).toBe(others[0]!.source.length - 1);
});

test("no more bytes are kept than there is room for: what was not used for longest is read again", async () => {
  const model = await plain(cpu);
  // Of a token: keys and values of two layers, one head of 8 channels, four bytes each.
  const token = 2 * 2 * 8 * 4;
  const kept = new Kept(70 * token);
  const reader = new ReadPrefixes(model.rows!, model.rows!.resume!, kept);
  const read = async (source: readonly number[]) => {
    const [row] = await reader.read([source]);
    row!.done();
    return row!.reused;
  };
  const [a, b, c] = [drawn(30), drawn(30), drawn(30)] as const;
  expect([await read(a), await read(b)]).toEqual([0, 0]);
  expect(kept.bytes).toBe(62 * token);
  expect(await read(a)).toBe(29);
  await read(c);
  expect(kept.bytes).toBe(62 * token);
  expect([await read(a), await read(b)]).toEqual([29, 0]);
  // A text that is longer than all the room is read, and drives nobody out.
  const before = kept.bytes;
  expect(await read(drawn(90))).toBe(0);
  expect(kept.bytes).toBe(before);
  reader.close();
  expect([kept.bytes, reader.bytes]).toEqual([0, 0]);
});
