import { readFileSync } from "node:fs";
import fc from "fast-check";
import { expect, test } from "vitest";
import { format, parse, renderDiagnostic } from "./index.ts";
import { nodes } from "./testing/bare.ts";

const sink = readFileSync(new URL("kitchen-sink.neuro", import.meta.url), "utf8");
const signs = '()[]{}<>"".,:=|+-*/^%\\\n\r\t ';

/** What holds for any text at all. */
function expectSound(text: string): void {
  const { tree, diagnostics } = parse(text, "x.neuro");
  const inside = ({ start, end }: { start: number; end: number }) => start >= 0 && start <= end && end <= text.length;
  for (const node of nodes(tree)) {
    if (!inside(node.span)) expect.fail(`${node.kind} at ${node.span.start}..${node.span.end} of ${text.length}`);
    if (node.kind === "Name" && node.text === "") expect.fail("a name without text");
  }
  for (const diagnostic of diagnostics) {
    if (!inside(diagnostic.span)) expect.fail(`${diagnostic.code} at ${diagnostic.span.start}..${diagnostic.span.end}`);
    expect(renderDiagnostic(diagnostic, text)).toContain(diagnostic.title);
  }
  const formatted = format(text);
  if (diagnostics.length > 0) expect(formatted.text).toBe(text);
}

test("any text gives a tree and diagnostics whose spans lie inside it", () => {
  const unit = fc.oneof(
    fc.constantFrom(...signs),
    fc.constantFrom("fn ", "model ", "if ", "x", "1", '"""', "//", "/*", "for ", "repeat "),
  );
  fc.assert(
    fc.property(
      fc.oneof(fc.string({ unit: "binary" }), fc.string({ unit: "grapheme" }), fc.string({ unit, maxLength: 60 })),
      expectSound,
    ),
    {
      numRuns: 800,
    },
  );
});

test("any slices of a real file, in any order, with anything between, give the same", () => {
  const slice = fc.tuple(fc.nat({ max: sink.length }), fc.nat({ max: 200 })).map(([at, length]) => sink.slice(at, at + length));
  const piece = fc.oneof({ weight: 4, arbitrary: slice }, { weight: 1, arbitrary: fc.string({ unit: "binary", maxLength: 5 }) });
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 5 }), (pieces) => expectSound(pieces.join(""))),
    { numRuns: 400 },
  );
});

test("a file cut off anywhere gives the same", () => {
  for (let end = 0; end < sink.length; end += 61) expectSound(sink.slice(0, end));
});

test.each([
  ["open round brackets", "("],
  ["closing brackets", ")"],
  ["pairs of brackets", "()"],
  ["holes", '"{'],
  ["strange characters", "\u2603"],
  ["line ends", "\n"],
  ["minus signs", "-"],
])("ten megabytes of %s are read in time", (_, unit) => {
  const text = `fn f() = ${unit.repeat(10_000_000 / unit.length)}`;
  const begin = process.cpuUsage();
  const { diagnostics } = parse(text, "x.neuro");
  const { user, system } = process.cpuUsage(begin);
  expect((user + system) / 1000).toBeLessThan(10_000);
  expect(diagnostics.length).toBeGreaterThan(0);
  expect(diagnostics.length).toBeLessThanOrEqual(100);
});

test.each([
  ["brackets", "(", ")"],
  ["lists", "[", "]"],
  ["calls", "f(", ")"],
  ["records", "{ a: ", " }"],
  ["texts", '"{', '}"'],
  ["choices", "if a then b else ", ""],
  ["powers", "x ^ ", ""],
  ["loops", "for i in x { ", " }"],
  ["sums", "x + ", ""],
  ["comparisons", "x < ", ""],
  ["conjunctions", "x and ", ""],
])("%s nested forty deep are read, and a hundred thousand deep are reported", (_, open, close) => {
  const nested = (depth: number) => `fn f() = ${open.repeat(depth)}1${close.repeat(depth)}\n`;
  const shallow = parse(nested(40), "x").diagnostics.map(({ code }) => code);
  expect(shallow.filter((code) => code !== "chained_comparison")).toEqual([]);
  const deep = parse(nested(100_000), "x").diagnostics.map(({ code }) => code);
  expect(deep.some((code) => code === "too_deep" || code === "chained_comparison")).toBe(true);
});

test("a chain of calls or of function types a hundred thousand long is reported", () => {
  for (const text of [
    `fn f() = x${".y".repeat(100_000)}\n`,
    `fn f() = x${"[0]".repeat(100_000)}\n`,
    `type T = ${"fn() -> ".repeat(100_000)}Int\n`,
  ]) {
    expect(parse(text, "x").diagnostics.map(({ code }) => code)).toContain("too_deep");
  }
});
