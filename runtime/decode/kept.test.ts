import { expect, test } from "vitest";
import type { Device, ProgramSource, Runnable, Tensor } from "../device/device.ts";
import { openInterp } from "../device/interp.ts";
import { bytesOf, Kept } from "./kept.ts";
import { ReadSources } from "./read-sources.ts";
import type { Read, RowSteps } from "./writer.ts";

const runnable: Runnable = { name: "step", inputs: [], outputs: [] };

/** Reads a token into 100 numbers, and counts what lies on the device. */
function reading(): { rows: RowSteps; lying: Set<Tensor>; reads: number[] } {
  const lying = new Set<Tensor>();
  const reads: number[] = [];
  const device = {
    ...openInterp(),
    prepare: async (_: ProgramSource) => runnable,
    release: (...tensors: Tensor[]) => tensors.forEach((tensor) => void lying.delete(tensor)),
  } as unknown as Device;
  const read = async (sources: readonly (readonly number[])[]): Promise<Read> => {
    const width = Math.max(...sources.map((source) => source.length));
    const memory: Tensor = { dtype: "f32", shape: [sources.length, width, 100] };
    lying.add(memory);
    reads.push(sources.length);
    return { tensors: { memory }, lengths: sources.map(({ length }) => length), at: sources.map(() => 0) };
  };
  return { rows: { device, step: runnable, weights: {}, read }, lying, reads };
}
const text = (length: number, seed: number): number[] => Array.from({ length }, (_, i) => seed * 1000 + i);
const used = async (sources: ReadSources, ...texts: number[][]): Promise<number[]> => {
  const rows = await sources.read(texts);
  for (const { done } of rows) done();
  return rows.map(({ reused }) => reused);
};

test("what several models have read shares one room: thousands of sources leave no more on the device than there is room for", async () => {
  const room = 100_000;
  const kept = new Kept(room);
  const models = [reading(), reading(), reading()];
  const readers = models.map(({ rows }) => new ReadSources(rows, kept));
  for (let turn = 0; turn < 1000; turn++) {
    for (const reader of readers) await used(reader, text(3 + (turn % 17), turn), text(1 + (turn % 5), 5000 + turn));
    const bytes = models.reduce((sum, { lying }) => sum + bytesOf([...lying]), 0);
    expect(bytes).toBe(kept.bytes);
    expect(bytes).toBeLessThanOrEqual(room);
  }
  expect(kept.bytes).toBeGreaterThan(room / 2);
  expect(readers.reduce((sum, { bytes }) => sum + bytes, 0)).toBe(kept.bytes);
  for (const reader of readers) reader.close();
  expect([kept.bytes, ...models.map(({ lying }) => lying.size)]).toEqual([0, 0, 0, 0]);
});

test("what was used last stays, what is in use stays whatever comes, and goes when nobody uses it", async () => {
  const { rows, lying } = reading();
  const kept = new Kept(2 * 4000);
  const reader = new ReadSources(rows, kept);
  const [a, b, c, d] = [text(10, 1), text(10, 2), text(10, 3), text(10, 4)] as const;
  expect(await used(reader, a)).toEqual([0]);
  await used(reader, b);
  expect(await used(reader, a)).toEqual([10]);
  await used(reader, c);
  expect(await used(reader, a)).toEqual([10]);
  expect(await used(reader, b)).toEqual([0]);
  const [held] = await reader.read([b]);
  const others = await reader.read([c, d]);
  expect(Object.values(held!.read.tensors).every((tensor) => lying.has(tensor))).toBe(true);
  expect(kept.bytes).toBeGreaterThanOrEqual(3 * 4000);
  for (const { done } of [held!, ...others]) done();
  expect(kept.bytes).toBeLessThanOrEqual(2 * 4000);
});

test("the same source twice at once is read once, and the second is told so", async () => {
  const { rows, reads } = reading();
  const reader = new ReadSources(rows, new Kept());
  expect(await used(reader, text(4, 1), text(4, 1), text(4, 2))).toEqual([0, 4, 0]);
  expect(reads).toEqual([2]);
});
