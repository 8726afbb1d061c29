import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { jsonl, openDataset } from "./dataset.ts";
import type { Shape } from "./shape.ts";

const root = mkdtempSync(join(tmpdir(), "neuro-"));
const judged: Shape = {
  prompt: { is: "dialog" },
  documents: { is: "documents", optional: true },
  left: { is: "answer" },
  right: { is: "answer" },
  aspect: { is: ["main", "safety"] },
  p: { is: "number", from: 0, to: 1 },
};
const good = { prompt: "a", left: "x", right: "y", aspect: "main", p: 1 };

async function refusal(...rows: object[]): Promise<string> {
  writeFileSync(join(root, "labels.jsonl"), rows.map((row) => `${JSON.stringify(row)}\n`).join(""));
  try {
    const read = await Array.fromAsync(openDataset("labels", () => jsonl("labels.jsonl"), root, judged));
    return `${read.length} rows`;
  } catch (error) {
    const { message, hint } = error as Error & { hint: string };
    return `${message} ${hint}`.replace(/^.*labels\.jsonl/, "labels.jsonl");
  }
}

test("rows as declared pass, with more fields or without those that may be missing", async () => {
  expect(await refusal(good, { ...good, p: 0, who: "ann" })).toBe("2 rows");
});

test("what every row calls an answer is a text where the spec declares one", async () => {
  writeFileSync(join(root, "facts.jsonl"), '{"prompt":"a","answer":"b"}\n{"prompt":"a","answer":{"text":"c"}}\n');
  const shape: Shape = { prompt: { is: "dialog" }, answer: { is: "text" } };
  const rows = await Array.fromAsync(openDataset("facts", () => jsonl("facts.jsonl"), root, shape));
  expect(rows.map((row) => row.answer as unknown)).toEqual(["b", "c"]);
});

test("an aspect that nobody declared, a p out of its range, a field that is missing: refused by line, with what was found and expected", async () => {
  expect(await refusal(good, { ...good, aspect: "mian" })).toContain(
    'labels.jsonl:2 has "mian" as `aspect`, none of main, safety.',
  );
  // What it shows is a row of this dataset, not of any.
  const like =
    'A row looks like { "prompt": "…", "documents": [{ "title": "…", "text": "…" }], "left": "…", "right": "…", "aspect": "main", "p": 1 }.';
  expect(await refusal({ ...good, aspect: "mian" })).toContain(like);
  expect(await refusal({ ...good, left: 7 })).toContain(like);
  expect(await refusal({ ...good, p: 1.3 })).toContain("labels.jsonl:1 has the number 1.3 as `p`, above 1.");
  expect(await refusal({ ...good, p: -1 })).toContain("labels.jsonl:1 has the number -1 as `p`, below 0.");
  expect(await refusal({ ...good, p: "1" })).toContain('labels.jsonl:1 has "1" as `p`, not a number.');
  expect(await refusal(good, good, { ...good, right: undefined })).toBe(
    "labels.jsonl:3 has no `right`; it has `prompt`, `left`, `aspect`, `p`. The spec declares rows with `prompt`, `left`, `right`, `aspect`, `p`.",
  );
  expect(await refusal({ ...good, prompt: undefined })).toContain(
    "labels.jsonl:1 has no `prompt`; it has `left`, `right`, `aspect`, `p`.",
  );
});

test("an empty file, or one of empty lines, is refused", async () => {
  expect(await refusal()).toContain("labels.jsonl has no rows.");
  writeFileSync(join(root, "lines.jsonl"), "\n\n  \n");
  await expect(Array.fromAsync(openDataset("x", () => jsonl("lines.jsonl"), root))).rejects.toThrow("lines.jsonl has no rows.");
});
