import { readFileSync, writeFileSync } from "node:fs";
import { expect, test } from "vitest";
import { drawn } from "../ops/drawn.ts";
import { onnxFeeds, onnxSession } from "../render/onnx-session.ts";
import { crossEntropy } from "../tests/large-vocabulary.ts";

const mebibytes = (key: string): number =>
  Number(new RegExp(`${key}:\\s+(\\d+)`).exec(readFileSync("/proc/self/status", "utf8"))![1]) / 1024;

test("cross entropy over 32,768 words never holds its logits in this process", async () => {
  const p = crossEntropy(32_768, 256);
  const sizes = { b: 16, t: 128 };
  const session = await onnxSession(p);
  const feeds = onnxFeeds(p, drawn(p, sizes), sizes);
  // The highest resident size is counted anew from here.
  writeFileSync("/proc/self/clear_refs", "5");
  const before = mebibytes("VmRSS");
  await session.run(feeds);
  // The logits alone are 256 MiB; the gradient of the table is 32, its slices 32, its result 32.
  expect(mebibytes("VmHWM") - before).toBeLessThan(220);
  await session.release();
}, 120_000);
