// The guides: every spec checks clean and is in the formatter's style, every fault is the one that is named, and the first guide is followed command by command.
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { check } from "../../compiler/index.ts";
import { hostOf } from "../../compiler/tests/library.ts";
import { format, parse } from "../../grammar/index.ts";
import { alike, blocksOf, fileOf, replay } from "./replay.ts";

const names = readdirSync(import.meta.dirname)
  .filter((file) => file.endsWith(".md"))
  .map((file) => file.slice(0, -3));

test("there is a guide for each thing that people come for", () => {
  expect(names.sort()).toEqual(["answer-engine", "dpo-to-warp", "hugging-face", "my-objective", "my-reward"]);
});

describe.each(names)("%s", (name) => {
  const blocks = blocksOf(name);
  const files = Object.fromEntries(blocks.flatMap((block) => (fileOf(block) ? [[fileOf(block)!, block.text]] : [])));
  const codes = (text: string) => {
    const { diagnostics } = check(hostOf({ ...files, "main.neuro": text }), "main.neuro");
    return diagnostics.map(({ code, text: said }) => `${code}: ${said}`);
  };
  const specs = blocks.filter(({ language }) => language === "neuro");

  test.each(specs.map((block) => [`the spec of line ${block.line}`, block] as const))("%s", (_, { marks, text }) => {
    if (marks[0] === "fragment") expect(parse(text, "fragment").diagnostics).toEqual([]);
    else if (marks[0] === "wrong") expect(codes(text).map((said) => said.split(":")[0])).toEqual([marks[1]]);
    else expect(codes(text)).toEqual([]);
    if (marks[0] !== "wrong") expect(format(text).text).toBe(text);
  });
});

test("an answer engine is made by the commands of its guide", async () => {
  const folder = mkdtempSync(join(tmpdir(), "neuro-guide-"));
  try {
    for (const { line, status, output, missing } of await replay("answer-engine", folder))
      expect({ line, status, missing, output: missing.length > 0 ? output : "" }).toEqual({
        line,
        status: 0,
        missing: [],
        output: "",
      });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}, 180_000);

test("what is measured may differ a little, what is said may not", () => {
  expect(alike("before 1.049, after 1.384", "before 1.102, after 1.31")).toBe(true);
  expect(alike("before 1.049, after 1.384", "before 1.049, after 0.4")).toBe(false);
  expect(alike("pairs: 128 rows", "pairs: 128 columns")).toBe(false);
});
