import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { check } from "../compiler/index.ts";
import { hostOf } from "../compiler/tests/library.ts";
import { format } from "../grammar/index.ts";

const page = readFileSync(new URL("sources.md", import.meta.url), "utf8");
const blocks = [...page.matchAll(/^```neuro *(.*)\n([\s\S]*?)^```$/gm)].map(([, mark, text]) => ({ mark, text: text! }));

test("the specs of the page of sources check clean, and are formatted as the formatter does", () => {
  expect(blocks.map(({ mark }) => mark)).toEqual(["", ""]);
  for (const { text } of blocks) {
    expect(check(hostOf({ "main.neuro": text }), "main.neuro").diagnostics).toEqual([]);
    expect(format(text).text).toBe(text);
  }
});
