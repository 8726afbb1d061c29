import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { check } from "../check.ts";
import { notInThisVersion as record } from "../diagnostics/not_in_this_version.ts";
import { hostOf } from "../tests/library.ts";
import { notInThisVersion } from "./not-in-this-version.ts";

const refused = (text: string) =>
  notInThisVersion(check(hostOf({ "main.neuro": text }), "main.neuro")).map(({ code, text: why }) => `${code}: ${why}`);

test("what has an implementation may be built", () => {
  const text = `use std.answering { search, quote }
source pages = files("*.md")
index library { over: pages, text: bm25(language: "en") }
pipeline answer(prompt: Dialog) -> Answer = quote(prompt, search(library, [last(prompt)]))`;
  expect(refused(text)).toEqual([]);
});

test("a declaration of std without an implementation is refused where the spec names it", () => {
  expect(refused(record.right as string)).toEqual([]);
  expect(refused(record.wrong as string)).toEqual([
    "not_in_this_version: The fn tool is declared, but this version has no implementation of it.",
  ]);
});

test("the target example checks, and cannot be built yet", () => {
  expect(refused(readFileSync(join(import.meta.dirname, "../tests/neuro.neuro"), "utf8")).length).toBeGreaterThan(3);
});

test("an extern of one's own without TypeScript is refused by name", () => {
  expect(refused("extern fn f(a: Int) -> Int")).toEqual([
    "not_in_this_version: The fn f is declared, but this version has no implementation of it.",
  ]);
});
