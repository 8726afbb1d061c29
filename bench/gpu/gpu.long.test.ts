import { createRequire } from "node:module";
import { expect, test } from "vitest";
import { packedRun } from "./testing.ts";

test("every case is timed, beside onnxruntime on the same device", () => {
  const peer = createRequire(import.meta.url)
    .resolve("onnxruntime-node")
    .replace(/dist.index\.js$/, "");
  const { rows } = packedRun([], { NEURO_ORT: peer });
  expect(rows.map((row) => row.kind)).toEqual(["decoding", "decoding", "prefill", "training"]);
  for (const { name, seconds, fraction, ratio } of rows) {
    expect(seconds * fraction, name).toBeGreaterThan(0);
    expect(ratio, name).toBeGreaterThan(0);
  }
});
