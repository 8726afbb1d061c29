import { expect, test } from "vitest";
import { collate } from "../data/feeds.ts";
import { toRow } from "../data/row.ts";
import { openCpu } from "../device/cpu.ts";
import type { Device } from "../device/device.ts";
import { openInterp } from "../device/interp.ts";
import { sourceFeeds, sourceOf, targetFeeds, tinyDecode, tinyEncode, tinyForward, tinyWeights } from "../tests/tiny.ts";
import { tinyText, tinyTokenizer } from "../tests/world.ts";
import { initialise } from "../weights/initialise.ts";
import type { Strategy } from "./choose.ts";
import { decode, type Written } from "./decode.ts";
import { type Model, openModel } from "./writer.ts";

const vocab = tinyTokenizer.size;
const weights = initialise(tinyWeights(vocab), 5);
const { pad, begin, end } = tinyTokenizer.special;
const open = (device: Device): Promise<Model> =>
  openModel({
    device,
    weights,
    encode: { program: sourceOf(tinyEncode(vocab)), feeds: sourceFeeds },
    step: { program: sourceOf(tinyDecode(vocab)), feeds: {} },
    pad,
    begin,
  });
const sources = ["colour of the car?", "colour of the red lamp and of the blue door?"].map((text) => tinyTokenizer.encode(text));

for (const [name, device] of [
  ["interp", openInterp()],
  ["cpu", await openCpu({ threads: 1 })],
] as const) {
  test(`what is thought of written tokens on ${name} equals scoring them afterwards`, async () => {
    const writer = await (await open(device)).encode(sources);
    const rows = await decode(writer, { strategy: { kind: "sample", temperature: 2 }, most: 6, seed: 4, begin, end });
    writer.close();
    const forward = await device.prepare(sourceOf(tinyForward(vocab)));
    for (const [i, row] of rows.entries()) {
      const given = toRow(
        {
          prompt: ["colour of the car?", "colour of the red lamp and of the blue door?"][i],
          answer: { text: "", tokens: row.tokens },
        },
        "row",
      );
      const { values } = collate([given], forward.inputs, { ...sourceFeeds, ...targetFeeds }, { ...tinyText, rounded: false });
      const data = Object.fromEntries(
        Object.entries(values).map(([key, { dtype, shape, data }]) => [key, device.upload(dtype, shape, data)]),
      );
      const held = Object.fromEntries(
        [...weights].map(([key, { shape, data }]) => [key, device.upload("f32", shape, data.slice())]),
      );
      const { logp } = await device.run(forward, { ...held, ...data });
      const scored = await device.read(logp!);
      row.logps.forEach((value, t) => void expect(value).toBeCloseTo(scored[t]!, 4));
    }
  });
}

test("a row is written alike alone and among others", async () => {
  const model = await open(await openCpu({ threads: 1 }));
  const write = async (which: number[]): Promise<readonly number[][]> => {
    const writer = await model.encode(which.map((i) => sources[i]!));
    const rows = await decode(writer, { strategy: { kind: "sample" }, most: 5, seed: 4, begin, end, names: which });
    writer.close();
    return rows.map((row) => [...row.tokens]);
  };
  expect([...(await write([0])), ...(await write([1]))]).toEqual(await write([0, 1]));
});

test("beams on a device: one beam is greedy, and four find an answer that is at least as likely", async () => {
  const model = await open(await openCpu({ threads: 1 }));
  const write = async (strategy: Strategy) => {
    const writer = await model.encode(sources);
    const rows = await decode(writer, { strategy, most: 5, seed: 4, begin, end });
    writer.close();
    return rows;
  };
  const total = (row: Written): number => row.logps.reduce((sum, logp) => sum + logp, 0);
  const greedy = await write({ kind: "greedy" });
  expect((await write({ kind: "beam", width: 1, length: 0 })).map((row) => row.tokens)).toEqual(greedy.map((row) => row.tokens));
  const four = await write({ kind: "beam", width: 4, length: 0 });
  four.forEach((row, i) => void expect(total(row)).toBeGreaterThanOrEqual(total(greedy[i]!) - 1e-5));
});
