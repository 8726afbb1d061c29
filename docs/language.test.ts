import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { check } from "../compiler/index.ts";
import { hostOf } from "../compiler/tests/library.ts";
import { format, parse } from "../grammar/index.ts";

const page = readFileSync(new URL("language.md", import.meta.url), "utf8");

/** Blocks of code in the language: the words after its name, the line of the page, the text. */
const blocks = [...page.matchAll(/^```neuro *(.*)\n([\s\S]*?)^```$/gm)].map(([, words, text], i) => {
  const line = page.slice(0, page.indexOf(text!)).split("\n").length;
  return { name: `block ${i + 1}, line ${line}`, mark: words!.split(" ").filter((word) => word !== ""), text: text! };
});
const marked = (word: string | undefined) => blocks.filter(({ mark }) => mark[0] === word);
const codes = (text: string) =>
  check(hostOf({ "main.neuro": text }), "main.neuro").diagnostics.map(({ code, text }) => `${code}: ${text}`);

test("every block is whole, a fragment, or wrong", () => {
  const kinds = blocks.map(({ mark }) => mark[0] ?? "whole");
  expect(new Set(kinds)).toEqual(new Set(["whole", "fragment", "wrong"]));
  expect(blocks.length).toBeGreaterThan(25);
});

describe("whole files check clean", () => {
  test.each(marked(undefined))("$name", ({ text }) => {
    expect(codes(text)).toEqual([]);
  });
});

describe("wrong files yield their diagnostic and nothing else", () => {
  test.each(marked("wrong"))("$name", ({ text, mark }) => {
    expect(codes(text).map((found) => found.split(":")[0])).toEqual([mark[1]]);
  });
});

test("fragments parse, and everything on the page is in the formatter's style", () => {
  for (const { text } of marked("fragment")) expect(parse(text, "fragment").diagnostics).toEqual([]);
  for (const { text, mark } of blocks) if (mark[0] !== "wrong") expect(format(text).text).toBe(text);
});

test("the specs of the readme check clean", () => {
  const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");
  const specs = [...readme.matchAll(/^```neuro\n([\s\S]*?)^```$/gm)].map((match) => match[1]!);
  expect(specs.length).toBeGreaterThan(0);
  for (const text of specs) {
    expect(codes(text)).toEqual([]);
    expect(format(text).text).toBe(text);
  }
});

test("the grammar on the page names every rule and word that it shows", () => {
  const grammar = /```ebnf\n([\s\S]*?)```/.exec(page)![1]!;
  const rules = new Set([...grammar.matchAll(/(?:^|;\s+)(\w+)\s+=/gm)].map((match) => match[1]));
  const used = [...grammar.replace(/"[^"]*"|'[^']*'/g, " ").matchAll(/\b[a-z_]+\b/g)].map((match) => match[0]);
  expect(used.filter((name) => !rules.has(name))).toEqual([]);
});

test("every link within the page has its heading", () => {
  const headings = [...page.matchAll(/^## (.+)$/gm)].map(([, title]) => title!.toLowerCase().replaceAll(" ", "-"));
  for (const [, link] of page.matchAll(/\]\(#([^)]+)\)/g)) expect(headings).toContain(link);
});
