import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { check } from "../check.ts";
import { diagnosticPage } from "../explain.ts";
import { hostOf } from "./library.ts";

const read = (path: string) => readFileSync(join(import.meta.dirname, path), "utf8");
const sources = [
  read("neuro.neuro"),
  read("../../grammar/kitchen-sink.neuro"),
  read("../../stdlib/data.neuro"),
  read("../../stdlib/answering.neuro"),
];
const run = (text: string) => check(hostOf({ "main.neuro": text }), "main.neuro");

/** Words and marks that mean something somewhere. */
const scraps = [
  "(",
  ")",
  "[",
  "]",
  "{",
  "}",
  "|",
  "..",
  ",",
  ":",
  "=",
  "->",
  "over ",
  "where ",
  "if ",
  "then ",
  "else ",
  "for ",
  "in ",
  "repeat ",
  "until ",
  "weight ",
  "minimize ",
  "fn ",
  "train ",
  "model ",
  "reward ",
  "pipeline ",
  "extern ",
  "use ",
  "type ",
  "policy",
  "answer",
  "fit(",
  "1",
  "2.5",
  "10%",
  "3 tokens",
  '"',
  "\n",
  "A",
  "<",
  ">",
  "Rows<R>",
  "mean(",
  "softmax(",
  "x",
  ".tokens",
  "?",
  "\u0000",
  "é",
  "ß",
  "R + ",
  "Weights",
  "live ",
];

const edit = fc.record({ at: fc.double({ min: 0, max: 1, noNaN: true }), cut: fc.nat(40), put: fc.constantFrom(...scraps, "") });

test("no edit of a spec makes the checker throw, and it says the same twice", () => {
  fc.assert(
    fc.property(fc.constantFrom(...sources), fc.array(edit, { minLength: 1, maxLength: 6 }), (source, edits) => {
      const text = edits.reduce((before, { at, cut, put }) => {
        const place = Math.floor(at * before.length);
        return before.slice(0, place) + put + before.slice(place + cut);
      }, source);
      const first = run(text).diagnostics;
      expect(run(text).diagnostics).toEqual(first);
      for (const { span } of first.filter((diagnostic) => diagnostic.span.file === "main.neuro")) {
        expect(span.start).toBeGreaterThanOrEqual(0);
        expect(span.end).toBeLessThanOrEqual(text.length);
      }
    }),
    { numRuns: 40 },
  );
});

test("lines of several specs in any order are checked without an exception", () => {
  const lines = sources.flatMap((source) => source.split("\n"));
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...lines), { maxLength: 60 }), (chosen) => {
      run(chosen.join("\n"));
    }),
    { numRuns: 100 },
  );
});

test("whatever is said has a page", () => {
  const codes = new Set<string>();
  for (const source of sources)
    for (let at = 0; at < source.length; at += 307)
      for (const { code } of run(source.slice(0, at) + source.slice(at + 7)).diagnostics) codes.add(code);
  expect([...codes].filter((code) => diagnosticPage(code) === undefined)).toEqual([]);
});

test("an empty file, one of brackets and one that is not there are each answered", () => {
  expect(run("").diagnostics).toEqual([]);
  expect(run("[".repeat(20_000)).diagnostics.length).toBeGreaterThan(0);
  expect(check(hostOf({}), "main.neuro").diagnostics.map((diagnostic) => diagnostic.code)).toEqual(["missing_file"]);
});
