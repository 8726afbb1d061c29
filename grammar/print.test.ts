import { readdirSync, readFileSync } from "node:fs";
import fc from "fast-check";
import { expect, test } from "vitest";
import { format, parse, print } from "./index.ts";
import { bare } from "./testing/bare.ts";
import { files } from "./testing/trees.ts";
import { unparse } from "./unparse.ts";

const read = (path: string) => readFileSync(new URL(path, import.meta.url), "utf8");
const sink = read("kitchen-sink.neuro");
const samples = [sink, ...readdirSync(new URL("fixtures", import.meta.url)).map((name) => read(`fixtures/${name}`))];
const comments = (text: string) => parse(text, "x").tree.comments.map((comment) => comment.text);

/** What must hold whenever a text has no syntax errors. */
function expectFaithful(text: string): void {
  const before = parse(text, "x");
  const { text: formatted, diagnostics } = format(text);
  expect(diagnostics).toEqual([]);
  const after = parse(formatted, "x");
  expect(after.diagnostics).toEqual([]);
  expect(bare(after.tree)).toEqual(bare(before.tree));
  expect(comments(formatted)).toEqual(comments(text));
  expect(format(formatted).text).toBe(formatted);
}

test("formatting keeps the tree and every comment, and formatting again changes nothing", () => {
  for (const sample of samples) expectFaithful(sample);
});

test("a random tree printed and read again is the same tree, and its text is canonical", () => {
  fc.assert(
    fc.property(files, (file) => {
      const text = print(file);
      const { tree, diagnostics } = parse(text, "random.neuro");
      expect(diagnostics.map(({ text }) => text)).toEqual([]);
      expect(bare(tree)).toEqual(bare(file));
      expect(format(text).text).toBe(text);
      expect(bare(parse(unparse(file), "x").tree)).toEqual(bare(file));
    }),
    { numRuns: 200 },
  );
});

test("whatever becomes of a file by cutting, swapping and respacing, formatting is faithful or leaves it alone", () => {
  const pieces = samples.flatMap((sample) => sample.split(/(?<=\n)|(?<= )|\b/));
  const edit = fc.record({
    at: fc.nat(),
    remove: fc.nat({ max: 3 }),
    insert: fc.array(
      fc.oneof(
        fc.constantFrom("\n", " ", ",", "// c\n", "/// d\n", "(", ")", "{", "}", "\n\n\n", "-", "\r\n", "\t"),
        fc.constantFrom(...pieces),
      ),
      {
        maxLength: 3,
      },
    ),
  });
  const declarations = samples.flatMap((sample) => sample.split(/\n(?=\S)/)).filter((text) => text.length < 900);
  fc.assert(
    fc.property(fc.constantFrom(...declarations), fc.array(edit, { minLength: 1, maxLength: 3 }), (text, edits) => {
      const parts = text.split(/(?<=\n)|(?<= )|\b/);
      for (const { at, remove, insert } of edits) parts.splice(at % (parts.length + 1), remove, ...insert);
      const mutated = parts.join("");
      if (parse(mutated, "x").diagnostics.length === 0) expectFaithful(mutated);
      else expect(format(mutated).text).toBe(mutated);
    }),
    { numRuns: 1000 },
  );
});

test("a file with syntax errors comes back unchanged, with the errors", () => {
  const text = "fn  f( = 3\n";
  expect(format(text)).toEqual({ text, diagnostics: parse(text, "input.neuro").diagnostics });
});

const cases: readonly (readonly [what: string, given: string, expected: string])[] = [
  ["spaces are put in order", "fn f( x:Float,n :Int )->Float=x*n+ -x^2", "fn f(x: Float, n: Int) -> Float = x * n + -x ^ 2\n"],
  ["trailing commas go", "fn f(a, b,) = [a, b,]\nserve s { of: a, }\n", "fn f(a, b) = [a, b]\nserve s { of: a }\n"],
  [
    "line ends are \\n and blank lines are single",
    "type A = a\r\n\r\n\r\n\r\ntype B = b | c\r\n\r\n",
    "type A = a\n\ntype B = b | c\n",
  ],
  ["an empty file stays empty", " \n\n", ""],
  [
    "a broken brace holds one item per line, without commas",
    "serve s { of: a,\nport: 80 }",
    "serve s {\n  of: a\n  port: 80\n}\n",
  ],
  ["a broken bracket opens and closes alike", "fn f(x) = g(\nx,\nx)", "fn f(x) = g(\n  x,\n  x\n)\n"],
  ["a hanging bracket stays", "fn f(x) = g(x,\ny\n)", "fn f(x) = g(x,\n            y)\n"],
  ["`=` is aligned where the author began to", "train t {\na   = 1\nlong = 2\n}", "train t {\n  a    = 1\n  long = 2\n}\n"],
  ["and only there", "train t {\na = 1\nlong = 2\n}", "train t {\n  a = 1\n  long = 2\n}\n"],
  ["an operator hangs below its `=`", "train t {\nform = a\n- b\n}", "train t {\n  form = a\n       - b\n}\n"],
  [
    "comments at line ends share a column",
    "train t {\n a = 1   // x\n bb = 2 // y\n}",
    "train t {\n  a = 1  // x\n  bb = 2 // y\n}\n",
  ],
  [
    "long lines break at the brace",
    `decoding fast { strategy: beam(width: 4), draft: redrafter(policy, beams: 4, length: 5 tokens), quantize: int8, most: 200 tokens }`,
    "decoding fast {\n  strategy: beam(width: 4)\n  draft: redrafter(policy, beams: 4, length: 5 tokens)\n  quantize: int8\n  most: 200 tokens\n}\n",
  ],
  [
    "block texts keep their lines",
    'fn f() = g("""\n    a\n      b\n    """, 1)',
    'fn f() = g("""\n    a\n      b\n    """, 1)\n',
  ],
  [
    "axes keep their dots apart",
    "fn f(x: [..,d]) = sum(x over .. where x>0)+y[a:1..3]",
    "fn f(x: [.., d]) = sum(x over .. where x > 0) + y[a: 1..3]\n",
  ],
];
test.each(cases)("%s", (_, given, expected) => {
  expect(format(given).text).toBe(expected);
});
