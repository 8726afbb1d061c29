// Averages of weights move on the device, and every engine moves them alike.
import { expect, test } from "vitest";
import { openDevice } from "../device/open.ts";
import { openAverages } from "./averages.ts";

test.each(["cpu", "interp"] as const)(
  "on %s an average keeps its share of the old, step after step, and nothing else moves",
  async (name) => {
    const device = await openDevice(name);
    const put = (values: readonly number[], shape: readonly number[]) => device.upload("f32", shape, Float32Array.from(values));
    const held = {
      w: put([1, 2, 3, 4, 5, 6], [2, 3]),
      "reference/w": put([0, 0, 0, 0, 0, 6], [2, 3]),
      b: put([8], [1]),
      "reference/b": put([4], [1]),
      "m.w": put([7, 7, 7, 7, 7, 7], [2, 3]),
      "other/w": put([9], [1]),
    };
    const move = await openAverages(device, [{ to: "reference/", from: "", decay: 0.75 }], held);
    await move();
    expect([...(await device.read(held["reference/w"]))]).toEqual([0.25, 0.5, 0.75, 1, 1.25, 6]);
    await move();
    expect([...(await device.read(held["reference/w"]))]).toEqual([0.4375, 0.875, 1.3125, 1.75, 2.1875, 6]);
    expect([...(await device.read(held["reference/b"]))]).toEqual([5.75]);
    expect([...(await device.read(held.w))]).toEqual([1, 2, 3, 4, 5, 6]);
    expect([...(await device.read(held["m.w"]))]).toEqual([7, 7, 7, 7, 7, 7]);
    await device.close();
  },
);

test("an average that keeps all of the old stays as it is to the bit", async () => {
  const device = await openDevice("cpu");
  const held = {
    w: device.upload("f32", [3], Float32Array.of(0.1, 1e9, 3)),
    "r/w": device.upload("f32", [3], Float32Array.of(0.3, 0.7, -1e-9)),
  };
  const move = await openAverages(device, [{ to: "r/", from: "", decay: 1 }], held);
  await move();
  expect([...(await device.read(held["r/w"]))]).toEqual([...Float32Array.of(0.3, 0.7, -1e-9)]);
  await device.close();
});
