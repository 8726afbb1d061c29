import { expect, test } from "vitest";
import { packedRun } from "./testing.ts";

test("the bundle runs where nothing is installed, and times a prefill", () => {
  const { bandwidth, rate, rows } = packedRun(["--only", "prefill", "--alone"]);
  expect(bandwidth * rate).toBeGreaterThan(0);
  expect(rows).toMatchObject([{ kind: "prefill", ratio: "not asked for" }]);
  expect(rows[0]!.seconds * rows[0]!.fraction).toBeGreaterThan(0);
}, 120_000);
