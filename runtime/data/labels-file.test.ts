import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { labels, openDataset } from "./dataset.ts";

const root = mkdtempSync(join(tmpdir(), "neuro-labels-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const row = { prompt: "who?", left: "a", right: "b", aspect: "main", p: 1 };
const judged = openDataset("judged", () => labels("side-by-side"), root, {
  aspect: { is: ["main", "safety"] },
  p: { is: "number", from: 0, to: 1 },
});
function say(...rows: object[]): Promise<unknown[]> {
  mkdirSync(join(root, "labels"), { recursive: true });
  writeFileSync(join(root, "labels", "side-by-side.jsonl"), rows.map((one) => `${JSON.stringify(one)}\n`).join(""));
  return Array.fromAsync(judged);
}

test("labels are rows of a file by their name; an aspect that nobody declared and a share out of range are refused with their line", async () => {
  expect(await say(row, { ...row, aspect: "safety", p: 0.5 })).toMatchObject([{ aspect: "main" }, { p: 0.5 }]);
  const place = { code: "row_malformed", where: expect.stringContaining("side-by-side.jsonl:2") };
  await expect(say(row, { ...row, aspect: "beauty" })).rejects.toMatchObject(place);
  await expect(say(row, { ...row, p: 2 })).rejects.toMatchObject(place);
});
