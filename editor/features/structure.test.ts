// How a text is built: outlines, colours, folds, growing selections, formatting; each test is a text and what is drawn into it.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { format } from "../../grammar/index.ts";
import { after, bench, drawn, marked } from "../tests/marked.ts";
import { applied } from "../words.ts";
import { prepareCalls } from "./call-hierarchy.ts";
import { definition } from "./definition.ts";
import { diagnostics } from "./diagnostics.ts";
import { documentLinks } from "./document-links.ts";
import { documentSymbols, type Symbol as Named } from "./document-symbols.ts";
import { folding } from "./folding.ts";
import { formatDocument } from "./format-document.ts";
import { formatOnType } from "./format-on-type.ts";
import { formatRange } from "./format-range.ts";
import { highlights } from "./highlights.ts";
import { lineEdits } from "./line-edits.ts";
import { linkedNames } from "./linked-names.ts";
import { references } from "./references.ts";
import { renameRange } from "./rename-range.ts";
import { selectionRanges } from "./selection-ranges.ts";
import { semanticTokens } from "./semantic-tokens.ts";
import { workspaceSymbols } from "./workspace-symbols.ts";

const example = readFileSync(join(import.meta.dirname, "../../compiler/tests/neuro.neuro"), "utf8");

test("an outline names declarations, their cases, fields, parameters and what their bodies bind", () => {
  const { view } = bench(`use std.models { EncoderDecoder }
type Side = left | right
type Row = { text: Text, worth: Float }
model policy: EncoderDecoder { width: 64 }
objective o(train policy: LanguageModel, row: Row) {
  fn gain(y) = y
  a, b = gain(1)
  minimize a
}
`);
  const line =
    (depth: number) =>
    (symbol: Named): string[] => [
      `${"  ".repeat(depth)}${symbol.kind} ${symbol.name}${symbol.detail ? `: ${symbol.detail}` : ""}`,
      ...(symbol.children ?? []).flatMap(line(depth + 1)),
    ];
  expect(documentSymbols(view.tree).flatMap(line(0)).join("\n")).toBe(`enum Side
  case left
  case right
type Row
  field text
  field worth
model policy: EncoderDecoder
  field width
objective o
  parameter policy
  parameter row
  fn gain
  variable a
  variable b`);
});

test("declarations of all files are found by some of their letters, the closest first", () => {
  const files = {
    "main.neuro": "fn judged_worth(a: Float) -> Float = a\nfn just(a: Float) -> Float = a\n",
    "b.neuro": "type Side = worth | none\nfn wide(a: Float) -> Float = a\n",
  };
  const { service } = bench(files);
  expect(workspaceSymbols(service, "worth").map(({ name, container }) => [name, container])).toEqual([
    ["worth", "Side"],
    ["judged_worth", "main.neuro"],
  ]);
  expect(workspaceSymbols(service, "JW").map(({ name }) => name)).toEqual(["judged_worth"]);
  expect(workspaceSymbols(service, "")).toHaveLength(6);
});

test("each name has the colour of what it means", () => {
  const { view } = bench(`use std.models { EncoderDecoder }
type Side = left | right
source pages = files("docs/*.md")
tokenizer words = bpe(vocab: 300, from: pages)
model policy: EncoderDecoder { tokenizer: words }
fn f(x: [b, t], side: Side) -> [b] {
  y = sqrt(sum(x over t))
  if side == left then y else 2 * y
}
`);
  const said = semanticTokens(view).map(
    ({ start, end, type, modifiers }) => `${view.text.slice(start, end)} ${[type, ...modifiers].join(" ")}`,
  );
  for (const one of [
    "EncoderDecoder class defaultLibrary",
    "Side type declaration",
    "left enumMember declaration",
    "pages variable declaration readonly",
    "words variable readonly",
    "tokenizer property",
    "policy variable declaration readonly",
    "f function declaration",
    "x parameter declaration",
    "t typeParameter",
    "y variable declaration",
    "left enumMember",
    "Side type",
  ])
    expect(said, one).toContain(one);
  const plotted = bench("train t { plot(mean: 1, «max»: sqrt(4)) }\n").view;
  expect(semanticTokens(plotted).map(({ start, type }) => `${plotted.text.slice(start, start + 3)} ${type}`)).toEqual([
    "t { function",
    "plo function",
    "mea property",
    "max property",
    "sqr function",
  ]);
  const places = semanticTokens(view).map(({ start }) => start);
  expect(places).toEqual([...new Set(places)].sort((a, b) => a - b));
});

test("what spans lines folds, up to a closing bracket on a line of its own; imports and comments fold as one", () => {
  const text = `use std.models { EncoderDecoder }
use std.data { Instruct }
// one
// two
fn f(a: Float) -> Float {
  b = a // beside
  b
}
fn g(a: Float) -> Float = a
model policy: EncoderDecoder {
  width: 64,
}
`;
  const { view } = bench(text);
  expect(folding(view.tree, view.text).map(({ start, end, kind }) => [view.text.slice(start, end), kind])).toEqual([
    ["use std.models { EncoderDecoder }\nuse std.data { Instruct }", "imports"],
    ["// one\n// two", "comment"],
    ["fn f(a: Float) -> Float {\n  b = a // beside\n  b", undefined],
    ["model policy: EncoderDecoder {\n  width: 64,", undefined],
  ]);
});

test("a selection grows from a name to its file", () => {
  const { view, offset } = bench("fn f(a: Float) -> Float {\n  b = g(a + ‸c)\n  b\n}\n");
  expect(selectionRanges(view.tree, offset).map(({ start, end }) => view.text.slice(start, end).replaceAll("\n", "⏎"))).toEqual([
    "c",
    "a + c",
    "g(a + c)",
    "b = g(a + c)",
    "{⏎  b = g(a + c)⏎  b⏎}",
    "fn f(a: Float) -> Float {⏎  b = g(a + c)⏎  b⏎}",
    "fn f(a: Float) -> Float {⏎  b = g(a + c)⏎  b⏎}⏎",
  ]);
});

test("a document is formatted by the lines that differ, and a broken one is left alone", () => {
  const it = bench("fn f(a:Float)->Float = a\n// stays\nfn g(a: Float) -> Float = a\nfn h( a: Float ) -> Float = a\n");
  const edits = formatDocument(it.service, "main.neuro");
  expect(after(it.files, edits)["main.neuro"]).toBe(format(it.view.text).text);
  expect(edits.map(({ start, end }) => it.view.text.slice(start, end))).toEqual([
    "fn f(a:Float)->Float = a\n",
    "fn h( a: Float ) -> Float = a\n",
  ]);
  const broken = bench("fn f(a:Float)->Float = (\n");
  expect(formatDocument(broken.service, "main.neuro")).toEqual([]);
});

test("a range is formatted by declarations, whatever is broken elsewhere", () => {
  const it = bench("fn f(a:Float)->Float = a\n/// Says g.\nfn «g»(a:Float)->Float {\n b=a\n  b }\nfn h(a:Float) = (\n");
  expect(after(it.files, formatRange(it.service, "main.neuro", it.range))["main.neuro"]).toBe(
    "fn f(a:Float)->Float = a\n/// Says g.\nfn g(a: Float) -> Float {\n  b = a\n  b\n}\nfn h(a:Float) = (\n",
  );
});

test("a bracket that closes a declaration formats it, and a new line is indented as deep as it lies", () => {
  const typed = (source: string, character: string) => {
    const it = bench(source);
    return applied(it.view.text, formatOnType(it.service, "main.neuro", it.offset, character));
  };
  expect(typed("fn f(a:Float)->Float {\n    a }‸\nfn g(a:Float) = (\n", "}")).toBe(
    "fn f(a: Float) -> Float {\n  a\n}\nfn g(a:Float) = (\n",
  );
  expect(typed("fn f(a: Float) -> Float {\n‸\n}\n", "\n")).toBe("fn f(a: Float) -> Float {\n  \n}\n");
  expect(typed('fn f(a: Float) -> Float {\n  b = g(a, "(" // [\n‸)\n}\n', "\n")).toBe(
    'fn f(a: Float) -> Float {\n  b = g(a, "(" // [\n  )\n}\n',
  );
  expect(typed("fn f(a: Float) -> Float = a\n‸", "\n")).toBe("fn f(a: Float) -> Float = a\n");
});

test("syntax and checks are told apart, and nothing is told twice", () => {
  const { service } = bench("fn f(a: Float) -> Float = b\nfn g(a: Float) = (\n");
  const { syntax, checks } = diagnostics(service, "main.neuro");
  expect(syntax.length).toBeGreaterThan(0);
  expect(checks.map(({ code }) => code)).toContain("unknown_name");
  const keys = [...syntax, ...checks].map(({ code, span }) => `${code} ${span.start}`);
  expect(new Set(keys).size).toBe(keys.length);
});

test("edits by lines give the other text, whatever the two are", () => {
  const text = fc.array(fc.constantFrom("a\n", "b\n", "\n", "c", "a b\r\n")).map((lines) => lines.join(""));
  fc.assert(fc.property(text, text, (before, now) => void expect(applied(before, lineEdits(before, now))).toBe(now)));
});

test("no place of a spec, whole or cut anywhere, is too odd for any feature", () => {
  const cuts = fc.tuple(fc.nat(example.length), fc.nat(400), fc.nat(example.length));
  fc.assert(
    fc.property(cuts, ([from, length, at]) => {
      const { text } = marked(example.slice(0, from) + example.slice(from + length));
      const { view, service } = bench(text);
      const offset = Math.min(at, text.length);
      for (const feature of [definition, highlights, linkedNames, prepareCalls, renameRange]) feature(view, offset);
      references(service, "main.neuro", offset);
      for (const range of selectionRanges(view.tree, offset)) expect(range.start <= offset && offset <= range.end).toBe(true);
      for (const fold of folding(view.tree, text)) expect(fold.start).toBeLessThan(fold.end);
      for (const { name } of documentSymbols(view.tree)) expect(name).not.toBe("");
      expect(drawn(text, semanticTokens(view)).replaceAll(/[«»]/g, "")).toBe(text);
      expect([...documentLinks(view), ...diagnostics(service, "main.neuro").checks]).toBeDefined();
      formatOnType(service, "main.neuro", offset, "}");
      formatRange(service, "main.neuro", { start: offset, end: offset });
    }),
    { numRuns: 25 },
  );
}, 60_000);
