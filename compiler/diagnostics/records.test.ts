import { readdirSync } from "node:fs";
import { expect, test } from "vitest";
import { check } from "../check.ts";
import { hostOf } from "../tests/library.ts";
import type { Example } from "./define.ts";
import { diagnostics } from "./index.ts";

const codesOf = (example: Example): string[] => {
  const files = typeof example === "string" ? { "main.neuro": example } : example;
  return check(hostOf(files), "main.neuro").diagnostics.map((diagnostic) => diagnostic.code);
};

/** Raised when a build is asked for what checks; `not-in-this-version.test.ts` and `lower/packed.test.ts` show it. */
const whileBuilding = new Set(["not_in_this_version", "not_packable"]);
const checked = [...diagnostics.values()].filter((record) => !whileBuilding.has(record.code));

test("every file of this folder is in the list under its own name", () => {
  const files = readdirSync(import.meta.dirname).filter(
    (name) => name.endsWith(".ts") && !/^(define|index)\.ts$|\.test\.ts$/.test(name),
  );
  expect([...diagnostics.keys()].sort()).toEqual(files.map((name) => name.slice(0, -3)).sort());
});

for (const record of checked) {
  test(`${record.code}: the wrong example yields it and nothing else`, () => {
    const codes = codesOf(record.wrong);
    expect(codes.length).toBeGreaterThan(0);
    expect([...new Set(codes)]).toEqual([record.code]);
  });

  test(`${record.code}: the right example yields nothing`, () => {
    expect(codesOf(record.right)).toEqual([]);
  });
}
