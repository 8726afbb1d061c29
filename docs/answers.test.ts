import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { check } from "../compiler/index.ts";
import { hostOf } from "../compiler/tests/library.ts";
import { format, parse } from "../grammar/index.ts";

const page = readFileSync(new URL("answers.md", import.meta.url), "utf8");
const blocks = [...page.matchAll(/^```neuro *(.*)\n([\s\S]*?)^```$/gm)].map(([, mark, text]) => ({ mark, text: text! }));
const stdlib = readFileSync(new URL("../stdlib/answering.neuro", import.meta.url), "utf8");

test("the spec of the page checks clean, with each of its checkers, and is in the formatter's style", () => {
  const [whole, fragment] = blocks;
  const checked = (text: string) => check(hostOf({ "main.neuro": text }), "main.neuro").diagnostics;
  expect(checked(whole!.text)).toEqual([]);
  expect(fragment!.mark).toBe("fragment");
  expect(parse(fragment!.text, "fragment").diagnostics).toEqual([]);
  const other = `${whole!.text.replaceAll("checked: bears", "checked: says_so")}${fragment!.text.replace(/^extern .*\n/m, "")}`;
  expect(checked(other)).toEqual([]);
  for (const { text } of blocks) expect(format(text).text).toBe(text);
});

test("the page has a row for each stage of std", () => {
  for (const [, name] of stdlib.matchAll(/^extern stage (\w+)\(/gm))
    expect([name, page.includes(`| \`${name}(`)]).toEqual([name, true]);
});
