import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { languageDisk } from "./language-disk.ts";

test("what an editor's host lists are absolute paths, below the workspace or wherever a pattern begins", () => {
  const root = mkdtempSync(join(tmpdir(), "neuro-disk-")).replaceAll("\\", "/");
  mkdirSync(`${root}/here/data`, { recursive: true });
  mkdirSync(`${root}/there`);
  for (const path of ["here/main.neuro", "here/data/rows.jsonl", "there/other.md"]) writeFileSync(`${root}/${path}`, "");
  const host = languageDisk({ runs: false }).host(() => [`${root}/here`]);
  expect(host.list("**/*.jsonl")).toEqual([`${root}/here/data/rows.jsonl`]);
  expect(host.list(`${root}/there/*`)).toEqual([`${root}/there/other.md`]);
  expect(host.list(`${root}/nowhere/*`)).toEqual([]);
});
