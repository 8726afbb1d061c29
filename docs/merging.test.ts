import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { check } from "../compiler/index.ts";
import { hostOf } from "../compiler/tests/library.ts";
import { format } from "../grammar/index.ts";
import { readMergekit } from "../runtime/merge/mergekit.ts";

const page = readFileSync(new URL("merging.md", import.meta.url), "utf8");
const blocks = (language: string) =>
  [...page.matchAll(new RegExp(`^\`\`\`${language}\n([\\s\\S]*?)^\`\`\`$`, "gm"))].map(([, text]) => text!);

test("the specs of the guide check clean and stand as they are formatted", () => {
  expect(blocks("neuro")).toHaveLength(3);
  for (const text of blocks("neuro")) {
    expect(check(hostOf({ "main.neuro": text }), "main.neuro").diagnostics).toEqual([]);
    expect(format(text).text).toBe(text);
  }
});

test("the configuration of the guide is read", () => {
  expect(blocks("yaml")).toHaveLength(1);
  expect(readMergekit(blocks("yaml")[0]!, "merge.yml")).toMatchObject({ method: "ties", base: "start", dtype: "BF16" });
});
