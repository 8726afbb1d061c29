import { expect, test } from "vitest";
import { axis, input, output, program, renderOnnx, scatterAdd } from "../../kernels/index.ts";
import { openCpu } from "./cpu.ts";
import { runOnce } from "./once.ts";
import { sourceOf } from "./source.ts";
import { bestThreads } from "./threads.ts";

// onnxruntime's ScatterND adds from several threads at once: now and then it lost a part of the gradient of an embedding, so a run could not be
// repeated. Whether two threads meet is chance, hence the rounds.
test("rows are added without loss by two threads, however often an index occurs", async () => {
  const [rows, wide, into] = [4000, 128, 50];
  const index = input("index", "data", "i32", [axis("n", rows)]);
  const values = input("values", "data", "f32", [axis("n", rows), axis("d", wide)]);
  const sum = scatterAdd(values, index, ["n"], axis("v", into));
  const source = sourceOf(program("rows", [output("sum", "value", sum, ["v", "d"])]), renderOnnx);
  const feeds = { index: Float64Array.from({ length: rows }, (_, i) => i % into), values: new Float64Array(rows * wide).fill(1) };
  const device = await openCpu({ threads: 2 });
  for (let round = 0; round < 40; round++) {
    const { sum: found } = await runOnce(device, source, feeds, {});
    const expected = Array.from({ length: into * wide }, (_, i) => Math.ceil((rows - Math.floor(i / wide)) / into));
    expect([...found!]).toEqual(expected);
  }
  await device.close();
});

test.each([
  ["half as long on two, no better on more", [8, 4, 4.1, 4], 8, 2],
  ["always better", [8, 4, 2, 1], 8, 8],
  ["worse on several, as where others compute too", [8, 9, 9, 9], 8, 1],
  ["one core", [8], 1, 1],
])("as many threads as pay: %s", async (_, seconds, cores, best) => {
  const probe = async (threads: number) => ({ run: async () => seconds[Math.log2(threads)]!, close: async () => {} });
  expect(await bestThreads(cores, probe)).toBe(best);
});
