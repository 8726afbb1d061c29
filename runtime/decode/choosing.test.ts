import { expect, test } from "vitest";
import { openCpu } from "../device/cpu.ts";
import { openInterp } from "../device/interp.ts";
import { sourceOf, tinyDecode } from "../tests/tiny.ts";
import { type Allowed, chooser, cutOf, uniforms } from "./choose.ts";
import { Choosing } from "./choosing.ts";
import { type Decoding, decode, type Writer } from "./decode.ts";
import { choosable } from "./sampling-programs.ts";

const rows = 60;
const logs = (vocab: number): Float32Array =>
  Float32Array.from({ length: rows * vocab }, (_, i) => Math.log((1 + ((i * 2654435761) >>> 20)) / 4096 / vocab));
const even: Allowed = (id) => id % 2 === 0;
const late: Allowed = (id) => id > 5;

for (const [engine, device] of [
  ["interp", openInterp()],
  ["cpu", await openCpu({ threads: 1 })],
] as const)
  for (const vocab of [7, 100])
    test(`of ${vocab} words, ${engine} chooses what the host chooses for the same draw`, async () => {
      const step = await device.prepare(sourceOf(tinyDecode(vocab)));
      const choosing = new Choosing(device, step);
      const values = logs(vocab);
      const uniform = uniforms(3);
      for (const strategy of [
        { kind: "greedy" },
        { kind: "sample" },
        { kind: "sample", temperature: 0.5 },
        { kind: "sample", min_p: 0.3 },
        { kind: "sample", top_k: 4, top_p: 0.7 },
      ] as const)
        for (const masks of [[undefined], [even, undefined, late]]) {
          const allowed = Array.from({ length: rows }, (_, row) => masks[row % masks.length]);
          const choose = chooser(strategy, 3);
          const told = Array.from({ length: rows }, (_, row) =>
            choose(values.subarray(row * vocab, (row + 1) * vocab), row, 9, allowed[row]),
          );
          const next = device.upload("f32", [rows, vocab], values.slice());
          const numbers = Float32Array.from({ length: rows }, (_, row) => uniform(row, 9));
          const { ids, logps } = await choosing.choose(next, { cut: cutOf(strategy), uniforms: numbers, allowed });
          expect([...ids]).toEqual(told);
          expect([...logps]).toEqual(told.map((id, row) => values[row * vocab + id]));
        }
      choosing.close();
      await device.close();
    });

test("a share of all words is drawn by the host", () => {
  expect(choosable(cutOf({ kind: "sample", top_p: 0.9 }))).toBe(false);
  expect(choosable(cutOf({ kind: "sample", top_p: 0.9, top_k: 3 }))).toBe(true);
});

test("rows that have ended leave the batch, and every other goes on as what it was", async () => {
  let rows = [0, 1, 2, 3, 4];
  const sizes: number[] = [];
  // Row r says 1 until it has r words, then it ends.
  let said = rows.map(() => 0);
  const writer: Writer = {
    get rows() {
      return rows.length;
    },
    async next() {
      sizes.push(rows.length);
      const told = Float32Array.from(rows.flatMap((row, place) => (said[place]! < row ? [-9, -0.1, -9] : [-9, -9, -0.1])));
      said = said.map((count) => count + 1);
      return told;
    },
    async select(places) {
      rows = places.map((place) => rows[place]!);
      said = places.map((place) => said[place]!);
    },
    async reorder() {},
    close: () => {},
  };
  const decoding: Decoding = { strategy: { kind: "greedy" }, most: 9, seed: 0, begin: 0, end: 2 };
  const written = await decode(writer, decoding);
  expect(written.map(({ tokens }) => tokens)).toEqual([[2], [1, 2], [1, 1, 2], [1, 1, 1, 2], [1, 1, 1, 1, 2]]);
  expect(sizes).toEqual([5, 5, 3, 2, 1]);
});
