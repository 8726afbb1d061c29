import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { Faults } from "../../grammar/faults.ts";
import { scan } from "../../grammar/scan.ts";
import { nameAt } from "../at.ts";
import { bench } from "../tests/marked.ts";
import { applied } from "../words.ts";
import { snippets } from "./completion/snippets.ts";
import { type Completion, completion } from "./completion.ts";

const world = `use std.models { EncoderDecoder, linear }
use std.answering { search, quote, infocontext, generate }
source pages = files("pages/*.md")
tokenizer words = bpe(vocab: 4096, from: pages)
index library { over: pages, text: bm25(language: "en") }
model policy: EncoderDecoder { tokenizer: words, width: 64, heads: 4, window: 512 tokens }
type Aspect = main | safety
type Row = { prompt: Dialog, chosen: Answer, aspect: Aspect }
dataset rows: Row = jsonl("rows.jsonl")
fn worth(a: Answer, aspect: Aspect, scale: Float in 0..1 = 1) -> Float = scale * tokens(a) / 1 tokens
`;

const offered = (source: string): Completion[] => {
  const { view, offset } = bench(world + source);
  return completion(view, offset);
};
const labels = (source: string): string[] => offered(source).map(({ label }) => label);

/** What stands first, in order, and what does not stand there at all. */
test.each<[where: string, source: string, first: readonly string[], never?: readonly string[]]>([
  ["kinds at the margin", "pip‸", ["pipeline", "pipeline that answers"]],
  ["kinds of what TypeScript does", "extern ‸", ["type", "model", "fn", "layer"], ["pipeline", "serve"]],
  ["nothing where a name is made", "pipeline ‸", []],
  ["nothing in a comment", "// use ‸", []],
  ["nothing behind a number's digits", "decoding d { most: 2‸ }", []],
  ["modules", "use ‸", ["std.models", "std.decoders"]],
  ["modules behind std", "use std.‸", ["models", "decoders"]],
  ["what a module declares", "use std.rewards { footnotes, ‸ }", ["brackets", "is_getoff"], ["footnotes"]],
  ["what a module declares, before the brace is closed", "use std.rewards { br‸", ["brackets"]],
  ["fields of a setting, those that must be given first", "serve site { ‸ }", ["of", "beside"]],
  ["fields of a setting on lines", "serve site {\n  of: answer\n  p‸\n}", ["port", "page"], ["of"]],
  ["fields that are left", "serve site { of: answer, port: 80, ‸", ["beside"], ["of", "port"]],
  ["cases of a choice", "decoding d { strategy: ‸ }", ["greedy", "sample", "beam"], ["policy"]],
  ["arguments of a case", "decoding d { strategy: beam(‸) }", ["width", "length"]],
  ["a setting's field by its type", "decoding d { most: 200 ‸", ["tokens", "token"]],
  ["units of a field", "serve s { deadline: 2 ‸ }", ["s"]],
  ["architectures, the library's with their use", "model m: ‸", ["EncoderDecoder", "Encoder"]],
  ["configuration of an architecture", "model m: EncoderDecoder { ‸ }", ["tokenizer", "encoder", "decoder", "width"]],
  ["a tokenizer for a model", "model m: EncoderDecoder { tokenizer: ‸ }", ["words"], ["policy"]],
  ["an index over a source", "index other { over: ‸ }", ["pages"], ["policy"]],
  ["what a tokenizer is made by", "tokenizer other = ‸", ["bpe", "file"]],
  ["types", "pipeline a(prompt: D‸", ["Dataset", "Dialog", "Doc"]],
  ["types of rows", "dataset more: Ro‸", ["Row", "Rows"]],
  ["elements of a tensor", "fn f(x: [b] of ‸", ["Token", "Int", "Bool", "Prob"]],
  ["axes of the declaration", "fn f(x: [rows, time], y: [‸", ["rows", "time", ".."]],
  ["axes of what is reduced first", "fn f(x: [rows, time], z: [other]) -> [rows] = sum(x over ‸)", ["rows", "time", "other"]],
  [
    "the axes of an objective",
    "objective o(train policy: LanguageModel, row: Row) {\n  minimize mean(log(policy(row.chosen | row.prompt).tokens) over ‸)\n}",
    ["batch", "token"],
  ],
  ["roles of parameters", "objective o(‸", ["train", "live"]],
  [
    "parameters of a call by name, what fits first",
    "pipeline a(prompt: Dialog) -> Answer {\n  found = search(‸)\n}",
    ["index", "queries", "library"],
  ],
  [
    "what is left of a call's parameters",
    "pipeline a(prompt: Dialog) -> Answer {\n  found = search(library, [last(prompt)], t‸)\n}",
    ["top"],
    ["index", "queries"],
  ],
  [
    "a binding of the fitting type first",
    "pipeline a(prompt: Dialog) -> Answer {\n  found = search(library, [last(prompt)])\n  quote(prompt, ‸\n}",
    ["found", "documents"],
  ],
  ["cases of an enumeration that is asked for", "fn f(a: Answer) -> Float = worth(a, ‸)", ["main", "safety"]],
  [
    "fields of documents",
    "pipeline a(prompt: Dialog) -> Answer {\n  found = search(library, [last(prompt)])\n  x = found.‸\n  quote(prompt, found)\n}",
    ["id", "title", "url"],
  ],
  [
    "fields of a row in an objective",
    "objective o(train policy: LanguageModel, row: Row) {\n  minimize -mean(log(policy(row.‸ | row.prompt)))\n}",
    ["prompt", "chosen", "aspect"],
  ],
  [
    "fields of a row before the line goes on",
    "objective o(train policy: LanguageModel, row: Row) {\n  x = row.‸\n  minimize -mean(log(policy(row.chosen | row.prompt)))\n}",
    ["prompt", "chosen"],
  ],
  [
    "what a probability has",
    "objective o(train policy: LanguageModel, row: Row) {\n  p = policy(row.chosen | row.prompt)\n  q = p.‸\n  minimize mean(log(p))\n}",
    ["tokens", "next"],
  ],
  ["columns of rows", "train t {\n  report(x: count(rows.‸))\n}", ["prompt", "chosen", "aspect"]],
  ["objectives for a fit", "train t {\n  policy = fit(policy, by: ‸)\n}", ["masked_words", "cross_entropy"]],
  ["arguments of a fit", "train t {\n  policy = fit(policy, ‸)\n}", ["by", "on"]],
  ["rows for a fit", "train t {\n  policy = fit(policy, on: ‸)\n}", ["rows"]],
  ["goals in an objective", "objective o(train policy: LanguageModel, row: Row) {\n  mini‸\n}", ["minimize"]],
  ["what joins a condition", "fn f(x: Float) -> Float = if x > 1 ‸", ["then", "and"]],
  ["what a reduction takes behind its operand", "fn f(x: [b]) -> Float = sum(x ‸)", ["and", "or", "in", "over", "where"]],
  ["what gives documents for a source", "source more = ‸", ["pages", "rows", "files"], ["policy"]],
  ["an enumeration for a head", "model m: EncoderDecoder { head: pairwise(over: ‸) }\nuse std.models { pairwise }", ["Aspect"]],
  ["named arguments of mathematics", "fn f(x: Float) -> Float = soft(x > 1, ‸)", ["by", "shape"]],
  ["the last term of a reward", "reward r(a: Answer) {\n  tot‸\n}", ["total"]],
  ["nothing where a case is named", "type A = one | ‸", []],
  ["nothing where a loop's variable is named", "train t {\n  x = for ‸\n}", []],
  ["no roles in a function", "fn f(‸", []],
  ["names of loops", "train t {\n  repeat round in 1..3 {\n    report(x: rou‸)\n  }\n}", ["round"]],
])("%s", (_where, source, first, never = []) => {
  const found = labels(source);
  expect(found.slice(0, first.length)).toEqual(first);
  for (const label of never) expect(found).not.toContain(label);
});

test("a name of std comes with the use that it needs", () => {
  const { view, offset } = bench(`${world}reward r(a: Answer) {\n  total = hard(is_g‸)\n}`);
  const [first] = completion(view, offset);
  expect(first).toMatchObject({ label: "is_getoff", kind: "function" });
  const text = applied(view.text, [...first!.also!, { ...first!.span, text: first!.insert }]);
  expect(text).toContain("use std.rewards { is_getoff }\n");
  expect(text).toContain("hard(is_getoff)");
});

test("a name of std joins the use of its module", () => {
  const { view, offset } = bench(`${world}pipeline a(prompt: Dialog) -> Docs = rera‸`);
  const first = completion(view, offset).find(({ label }) => label === "rerank");
  expect(applied(view.text, first!.also!)).toContain("use std.answering { search, quote, infocontext, generate, rerank }");
});

test("a whole declaration comes with the file's own names and the imports that it needs, and checks", () => {
  const { view, offset } = bench(`source docs = files("x")
index shelf { over: docs, text: bm25(language: "en") }
tokenizer words = bpe(vocab: 4096, from: docs)
pipe‸`);
  const whole = completion(view, offset).find(({ label }) => label === "pipeline without weights")!;
  const plain = whole.insert.replaceAll(/\$\{\d+:([^}]*)\}/g, "$1");
  const text = applied(view.text, [...whole.also!, { ...whole.span, text: plain }]);
  expect(text).toContain("use std.answering { search, quote }\n");
  expect(text).toContain("search(shelf, [last(prompt)], top: 5)");
  expect(bench(text).view.checked.diagnostics).toEqual([]);
});

test("files beside this one are offered for a use, and what they declare", () => {
  const files = { "a/rewards.neuro": "fn worth(x: Float) -> Float = x\nfn _own(x: Float) -> Float = x\n" };
  const at = (source: string) => {
    const { view, offset } = bench({ "a/main.neuro": source, ...files });
    return completion(view, offset).map(({ label }) => label);
  };
  expect(at('use "./‸')).toEqual(["./rewards.neuro"]);
  expect(at('use "./rewards.neuro" { ‸ }')).toEqual(["worth"]);
});

test("data files and folders are offered where a text is their path, one folder at a time", () => {
  const files = { "a/rows.jsonl": "", "a/pages/cats.md": "", "a/pages/old/dogs.md": "", "a/weights/policy.safetensors": "" };
  const at = (source: string) => {
    const { view, offset } = bench({ "a/main.neuro": source, ...files });
    return completion(view, offset).map(({ label }) => label);
  };
  expect(at('source s = files("‸')).toEqual(["pages/", "weights/", "rows.jsonl"]);
  expect(at('source s = files("pages/‸')).toEqual(["pages/old/", "pages/cats.md"]);
  expect(at('source s = files("pages/*‸')).toEqual([]);
  expect(at('type Row = { prompt: Dialog }\ndataset d: Row = jsonl("./ro‸")')).toEqual(["./rows.jsonl"]);
  expect(at('use std.models { EncoderDecoder }\nmodel m: EncoderDecoder { from: "wei‸" }')).toEqual(["weights/"]);
  expect(at('source s = tool("‸')).toEqual([]);
});

test("a field says its type, its range and what it is for", () => {
  const [field] = offered("decoding d { strategy: beam(wid‸) }");
  expect(field).toMatchObject({ label: "width", detail: "Int", insert: "width: " });
  expect(field!.documentation).toContain("How many answers are kept side by side.");
  expect(field!.documentation).toContain("1 or more");
});

test("the whole word at the caret is replaced", () => {
  const { view, offset } = bench(`${world}serve s { p‸ort: 80 }`);
  const port = completion(view, offset).find(({ label }) => label === "port");
  expect(view.text.slice(port!.span.start, port!.span.end)).toBe("port");
  expect(port!.insert).toBe("port");
});

test.each(snippets.filter(({ word }) => word !== "use"))("$label checks once it is filled in", ({ body, word }) => {
  const text = body.replaceAll(/\$\{\d+:([^}]*)\}/g, "$1").replaceAll("$0", word === "fn" ? "x" : "");
  const needs = [
    "use std.models { EncoderDecoder }",
    "use std.answering { search, quote, infocontext, generate }",
    "use std.rewards { footnotes }",
    "use std.objectives { cross_entropy }",
    "use std.data { Instruct, Preference }",
    'source pages = files("pages/*.md")',
    "tokenizer words = bpe(vocab: 4096, from: pages)",
    'index library { over: pages, text: bm25(language: "en") }',
    "model policy: EncoderDecoder { tokenizer: words, width: 64, heads: 4, window: 2048 tokens }",
    'dataset rows: Instruct = jsonl("rows.jsonl")',
    "pipeline answer(prompt: Dialog) -> Answer = quote(prompt, search(library, [last(prompt)]))",
  ];
  const name = /^\w+(?: \w+)? (\w+)/.exec(text)![1]!;
  const kept = needs.filter((line) => !new RegExp(`^\\w+ ${word === "extern" ? "-" : name}\\b`).test(line));
  const found = bench(`${kept.join("\n")}\n${text}\n`).view.checked.diagnostics;
  expect(found.filter(({ code }) => code !== "unused_name" && code !== "missing_file")).toEqual([]);
});

test("what is typed next is nearly always offered", () => {
  const text = readFileSync(join(import.meta.dirname, "../../compiler/tests/neuro.neuro"), "utf8");
  const { service, view } = bench(text);
  const words = scan(text, new Faults("")).lexemes.filter(({ image }) => /^[\p{L}_]/u.test(image));
  // Names that are being made cannot be known: `model policy`, `found = ..`.
  const read = words.filter(({ startOffset }, at) => {
    const node = nameAt(view.tree, startOffset);
    const parent = node?.around.at(-1);
    const makes = parent && "name" in parent && parent.name === node?.name;
    return at % 6 === 0 && !makes && parent?.kind !== "Bind" && parent?.kind !== "Cases";
  });
  const missing = read.filter(({ startOffset: start, endOffset: end, image }) => {
    service.open("main.neuro", text);
    service.change("main.neuro", [{ start, end: end + 1, text: "" }]);
    return !completion(service.view("main.neuro"), start).some(({ label }) => label === image || label === `std.${image}`);
  });
  expect(read.length).toBeGreaterThan(50);
  expect(missing.map(({ image }) => image).filter((image) => image !== "std").length).toBeLessThan(read.length / 20);
});
