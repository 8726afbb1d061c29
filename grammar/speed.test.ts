import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { format, parse } from "./index.ts";

const sample = readFileSync(new URL("fixtures/target.neuro", import.meta.url), "utf8");
const lines = sample.split("\n").length;
const long = Array.from({ length: Math.ceil(5_000 / lines) }, () => sample).join("\n");

/** The least of a few runs in milliseconds: what the work costs when nothing else disturbs it. */
function least(work: () => void): number {
  const times = Array.from({ length: 3 }, () => {
    const begin = performance.now();
    work();
    return performance.now() - begin;
  });
  return Math.min(...times);
}

// About 100 ms and a second on an idle core; the bounds leave room for a machine that does other work meanwhile.
test("5,000 lines are parsed in a fraction of a second and formatted in a few", () => {
  expect(long.split("\n").length).toBeGreaterThan(5_000);
  expect(least(() => parse(long, "long.neuro"))).toBeLessThan(900);
  expect(least(() => format(long))).toBeLessThan(8_000);
});
