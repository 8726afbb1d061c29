import { readFileSync } from "node:fs";
import fc from "fast-check";
import { expect, test } from "vitest";
import { EditedFile } from "./edited-file.ts";
import { parse } from "./index.ts";
import { nodes } from "./testing/bare.ts";

const sink = readFileSync(new URL("kitchen-sink.neuro", import.meta.url), "utf8");
const target = readFileSync(new URL("fixtures/target.neuro", import.meta.url), "utf8");
const words = [
  "fn ",
  "model x",
  "\n",
  "\n\n",
  '"""',
  '"',
  "{",
  "}",
  "(",
  ")",
  "// ",
  "/* ",
  "///",
  "x",
  "1",
  "<",
  ">",
  ".",
  ":",
  "=",
  ",",
  "☃",
];

/** Random edits of a text, each by parts of its length so that they fit whatever came before. */
const edits = (texts: readonly string[]) => {
  const inserted = fc.oneof(
    fc.constantFrom(...words),
    fc.constantFrom(...texts).chain((text) => fc.nat({ max: text.length }).map((at) => text.slice(at, at + 40))),
  );
  return fc.array(fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.nat({ max: 60 }), inserted), { maxLength: 12 });
};

test("after any edits the tree and the faults are those of the whole text read anew", () => {
  fc.assert(
    fc.property(fc.constantFrom(sink, target), edits([sink, target]), (start, list) => {
      const source = new EditedFile(start, "x.neuro");
      for (const [at, remove, insert] of list) {
        const from = Math.floor(at * source.text.length);
        source.update(source.text.slice(0, from) + insert + source.text.slice(from + (remove % 7 === 0 ? remove : remove % 3)));
        expect(source.parsed).toEqual(parse(source.text, "x.neuro"));
      }
    }),
    { numRuns: 25 },
  );
});

test("what an edit did not touch keeps its nodes, moved to where they stand now", () => {
  const source = new EditedFile("fn a() = 1\n\n// about b\nfn b() = 2\nfn c() = 3\n", "x.neuro");
  const [, , last] = source.parsed.tree.decls;
  const [first, second, third] = source.update("fn a() = 1\n\n// about b\nfn b() = 2222\nfn c() = 3\n").tree.decls;
  expect(third).toBe(last);
  expect(source.text.slice(third!.span.start, third!.span.end)).toBe("fn c() = 3");
  expect([first, second].map((decl) => decl && source.text.slice(decl.span.start, decl.span.end))).toEqual([
    "fn a() = 1",
    "fn b() = 2222",
  ]);
});

test("one letter reads one declaration again", () => {
  const source = new EditedFile(target, "x.neuro");
  const before = new Set(source.parsed.tree.decls);
  const at = target.indexOf("pipeline");
  const { tree } = source.update(`${target.slice(0, at + 12)}x${target.slice(at + 12)}`);
  expect(tree.decls.filter((decl) => !before.has(decl)).length).toBeLessThanOrEqual(2);
  for (const node of nodes(tree)) expect(node.span.end).toBeLessThanOrEqual(source.text.length);
});
