import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { operationsIndex } from "./generate.ts";

test("the list of operations names every file of operations: run `npm run generate` after adding one", () => {
  expect(readFileSync(new URL("ops/index.ts", import.meta.url), "utf8")).toBe(operationsIndex());
});
