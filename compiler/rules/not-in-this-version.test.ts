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
  expect(refused(record.wrong as string)).toEqual([
    "not_in_this_version: The fn stars is declared, but this version has no implementation of it.",
  ]);
  const spec = `use std.answering { redrafter }
model policy: EncoderDecoder { tokenizer: words }
decoding fast { draft: redrafter(policy) }`;
  expect(refused(spec)).toContain(
    "not_in_this_version: The fn redrafter is declared, but this version has no implementation of it.",
  );
});

test("the target example checks, and cannot be built yet", () => {
  expect(refused(readFileSync(join(import.meta.dirname, "../tests/neuro.neuro"), "utf8")).length).toBeGreaterThan(2);
});

test("an extern of one's own without TypeScript is refused by name", () => {
  expect(refused("extern fn f(a: Int) -> Int")).toEqual([
    "not_in_this_version: The fn f is declared, but this version has no implementation of it.",
  ]);
});

test("settings of fit and of a decoding that nothing runs yet are refused, not ignored", () => {
  const spec = (settings: string, decoding = "") => `use std.models { EncoderDecoder }
use std.objectives { cross_entropy }
use std.data { Instruct }
dataset rows: Instruct = jsonl("rows.jsonl")
tokenizer words = bpe(vocab: 300, from: rows)
model policy: EncoderDecoder { tokenizer: words, width: 32, heads: 2 }
decoding fast { strategy: beam(width: 2)${decoding} }
train t { policy = fit(policy, by: cross_entropy, on: rows, steps: 3 steps${settings}) }`;
  expect(refused(spec(""))).toEqual([]);
  expect(refused(spec(", pack: true, precision: f32"))).toEqual([]);
  const why = (name: string) =>
    `not_in_this_version: The setting ${name} is declared, but this version has no implementation of it.`;
  expect(refused(spec(", precision: bf16"))).toEqual([why("precision")]);
  expect(refused(spec("", ", draft: policy"))).toEqual([why("draft")]);
});
