import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { format, parse } from "./index.ts";

const sample = readFileSync(new URL("fixtures/target.neuro", import.meta.url), "utf8");
const lines = sample.split("\n").length;
const long = Array.from({ length: Math.ceil(5_000 / lines) }, () => sample).join("\n");

/** Processor time in milliseconds, the least of a few runs: what the work costs whatever else the machine does. */
function least(work: () => void): number {
  const times = Array.from({ length: 3 }, () => {
    const begin = process.cpuUsage();
    work();
    const { user, system } = process.cpuUsage(begin);
    return (user + system) / 1000;
  });
  return Math.min(...times);
}

test("5,000 lines are parsed well under 300 ms and formatted in a few seconds", () => {
  expect(long.split("\n").length).toBeGreaterThan(5_000);
  expect(least(() => parse(long, "long.neuro"))).toBeLessThan(300);
  expect(least(() => format(long))).toBeLessThan(4_000);
});
