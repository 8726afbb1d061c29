import { expect, test } from "vitest";
import { editsOf, parse, withEdits } from "./index.ts";
import { syntaxPages } from "./pages.ts";

/** The text after the fix of its first diagnostic that has one. */
function mended(text: string): string | undefined {
  const { tree, diagnostics } = parse(text, "main.neuro");
  const fix = diagnostics.find((each) => each.fix)?.fix;
  const edits = fix && editsOf(fix, { text, tree });
  return edits && withEdits(text, edits);
}

test.each<[what: string, wrong: string, right: string]>([
  ["a chain of comparisons", "fn f(x: Float) = 1 < x < 3\n", "fn f(x: Float) = 1 < x and x < 3\n"],
  ["a longer chain", "fn f(x: Float) = 1 < x < y(x) <= 3\n", "fn f(x: Float) = 1 < x and x < y(x) and y(x) <= 3\n"],
  ["a misspelt kind", "modle m: Encoder { width: 8 }\n", "model m: Encoder { width: 8 }\n"],
  ["a kind of another language", "import std.models { Encoder }\n", "use std.models { Encoder }\n"],
  ["a binding at the top", "best = 10\n", "fn best() = 10\n"],
  ["a brace on the next line", "fn f(x: Float) -> Float\n{\n  x\n}\n", "fn f(x: Float) -> Float {\n\n  x\n}\n"],
  ["an unclosed bracket at the end", "fn f(x: Float) = (x + x // twice\n\n", "fn f(x: Float) = (x + x) // twice\n\n"],
  [
    "an unclosed brace before a declaration",
    "train t {\n  a = f(x)\n\ntrain u {\n  b = 1\n}\n",
    "train t {\n  a = f(x) }\n\ntrain u {\n  b = 1\n}\n",
  ],
  ["the closer of another bracket", "fn pair(x: Float) = [x, x)\n", "fn pair(x: Float) = [x, x]\n"],
  ["a closer too many", "fn same(x: Float) = x)\n", "fn same(x: Float) = x\n"],
  ["an unclosed text", 'fn name() = "library\n', 'fn name() = "library"\n'],
  ["an unclosed block of text", 'fn name() = """\n  a\n', 'fn name() = """\n  a\n"""'],
  ["an unknown escape", 'fn path() = "a\\b"\n', 'fn path() = "a\\\\b"\n'],
  ["a semicolon", "fn one() = 1;\n", "fn one() = 1\n"],
  ["a long dash", "fn one(x) = x − 1\n", "fn one(x) = x - 1\n"],
  ["a block comment", "/* one */ fn one() = 1\n", "// one\n fn one() = 1\n"],
  ["a block comment of lines", "/*\n * one\n * two\n */\nfn one() = 1\n", "// one\n// two\n\nfn one() = 1\n"],
  ["an assignment in a condition", "fn f(x: Float) = if x = 1 then 2 else 3\n", "fn f(x: Float) = if x == 1 then 2 else 3\n"],
  ["two stars", "fn f(x: Float) = x ** 2\n", "fn f(x: Float) = x ^ 2\n"],
  ["a needless let", "fn f(x: Float) -> Float {\n  let y = x\n  y\n}\n", "fn f(x: Float) -> Float {\n  y = x\n  y\n}\n"],
  ["a needless return", "fn f(x: Float) -> Float {\n  y = x\n  return y\n}\n", "fn f(x: Float) -> Float {\n  y = x\n  y\n}\n"],
])("%s is mended", (_what, wrong, right) => {
  expect(mended(wrong)).toBe(right);
});

/** No one text is meant there. */
const undetermined = new Set(["syntax", "too_deep", "too_large", "not_text"]);

test.each(syntaxPages.filter(({ code }) => !undetermined.has(code)))(
  "$code: the fix of the wrong example leaves no such fault",
  ({ code, wrong }) => {
    const now = mended(wrong);
    expect(now).toBeDefined();
    expect(parse(now!, "main.neuro").diagnostics.map((each) => each.code)).not.toContain(code);
  },
);
