// A real trained model (karpathy's stories260K) is taught from a spec, by the command that people use: a few stories lower the loss of others of
// their kind, and direct preference on pairs of its own samples raises the reward that the spec declares.
import { spawnSync } from "node:child_process";
import { appendFileSync, existsSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { beginnings, held, told } from "./stories.ts";

// The data is read where it lies beside the project, and is no part of it; a checkout without it has nothing to learn with here.
const places = ["../../../shared", "../../shared"].map((each) => join(import.meta.dirname, each, "data/stories260K"));
const source = places.map((each) => join(each, "stories260K.bin")).find((each) => existsSync(each));
const neuroc = join(import.meta.dirname, "../../bin/neuroc.mjs");

/** The imported model with the recipes and their rows. */
function folder(): string {
  const at = join(mkdtempSync(join(tmpdir(), "neuro-stories-")), "stories");
  run(["import", source!, "--as", "stories", "--out", at], ".");
  const rows = (name: string, list: readonly object[]) =>
    writeFileSync(join(at, name), list.map((row) => `${JSON.stringify(row)}\n`).join(""));
  rows("told.jsonl", told.map((answer) => ({ prompt: "", answer }))); // biome-ignore format: one line
  rows("held.jsonl", held.map((answer) => ({ prompt: "", answer }))); // biome-ignore format: one line
  rows("beginnings.jsonl", beginnings.map((prompt) => ({ prompt }))); // biome-ignore format: one line
  writeFileSync(
    join(at, "dogs.ts"),
    `export const dogs = (answer: { readonly text: string }): number => Math.min(3, answer.text.split(/\\bdogs?\\b/i).length - 1);\n`,
  );
  appendFileSync(join(at, "main.neuro"), readFileSync(join(import.meta.dirname, "train.neuro"), "utf8"));
  return at;
}

function run(command: readonly string[], cwd: string): string {
  const { status, stderr, stdout } = spawnSync(process.execPath, [neuroc, ...command], { cwd, encoding: "utf8" });
  expect([status, status === 0 ? "" : stderr]).toEqual([0, ""]);
  return stdout;
}

/** What a recipe reported. */
function reported(at: string, recipe: string): { before: number; after: number } {
  run(["train", "--recipe", recipe, "--device", "cpu"], at);
  const lines = readFileSync(join(at, "runs", recipe, "1", "journal.jsonl"), "utf8")
    .trim()
    .split("\n");
  const found = lines.map((line) => JSON.parse(line) as { report?: Record<string, number>[] }).filter(({ report }) => report);
  return Object.assign({}, ...found.flatMap(({ report }) => report!));
}

describe.runIf(source !== undefined)("stories260K, trained from a spec", () => {
  test("a few stories lower the loss of others of their kind", () => {
    const { before, after } = reported(folder(), "taught");
    expect(before).toBeGreaterThan(1);
    expect(after).toBeLessThan(0.8 * before);
  }, 300_000);

  test("preference over its own samples raises the reward that the spec declares", () => {
    const at = folder();
    const { before, after } = reported(at, "preferring");
    expect(after).toBeGreaterThan(1.5 * before);
    expect(existsSync(join(at, "runs/preferring/1/report.html"))).toBe(true);
  }, 300_000);
});
