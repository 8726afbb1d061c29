import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { check } from "../compiler/index.ts";
import { hostOf } from "../compiler/tests/library.ts";
import { format, parse } from "../grammar/index.ts";

const page = readFileSync(new URL("training.md", import.meta.url), "utf8");
const blocks = [...page.matchAll(/^```neuro *(.*)\n([\s\S]*?)^```$/gm)].map(([, mark, text]) => ({ mark, text: text! }));

test("the spec of the guide checks clean, and its fragments are read as they stand", () => {
  expect(blocks.map(({ mark }) => mark)).toEqual(["", "fragment"]);
  for (const { mark, text } of blocks) {
    if (mark === "") expect(check(hostOf({ "main.neuro": text }), "main.neuro").diagnostics).toEqual([]);
    else expect(parse(text, "fragment").diagnostics).toEqual([]);
    expect(format(text).text).toBe(text);
  }
});
