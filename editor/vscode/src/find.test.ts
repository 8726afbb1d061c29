import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { findNeuroc } from "./find.ts";

const root = mkdtempSync(join(tmpdir(), "neuro-find-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));
const starter = join(root, "node_modules/neuro/bin/neuroc.mjs");
mkdirSync(join(root, "node_modules/neuro/bin"), { recursive: true });
mkdirSync(join(root, "below/deep"), { recursive: true });
writeFileSync(starter, "");
writeFileSync(join(root, "mine"), "");

test("the package beside a folder, or above it, is found", () => {
  expect(findNeuroc(join(root, "below/deep"), "", "node")).toEqual({ command: "node", args: [starter] });
});

test("what a person set goes first, from the folder where it is relative", () => {
  expect(findNeuroc(root, "mine", "node")).toEqual({ command: join(root, "mine"), args: [] });
  expect(findNeuroc(join(root, "below"), "../mine", "node")).toEqual({ command: join(root, "mine"), args: [] });
});

test("what was set and is not there is nothing, whatever else is installed", () => {
  expect(findNeuroc(root, "gone", "node")).toBeUndefined();
});
