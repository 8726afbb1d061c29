import { expect, test } from "vitest";
import { parse, renderDiagnostic } from "./index.ts";

/** Each fault as its code, the text it marks and its hint. */
function faults(text: string): (string | undefined)[][] {
  return parse(text, "main.neuro").diagnostics.map(({ code, span, hint }) => [code, text.slice(span.start, span.end), hint]);
}

test.each<[what: string, text: string, code: string, marked: string, hint: RegExp | undefined]>([
  ["a misspelt kind", "modle m: Encoder { width: 8 }\n", "unknown_kind", "modle", /^Did you mean `model`\?$/],
  ["a misspelt kind after extern", 'extern stgae rerank(d: Docs) -> Docs from "./r.ts"\n', "unknown_kind", "stgae", /`stage`/],
  ["a kind of another language", "import std.models { Encoder }\n", "unknown_kind", "import", /`use`/],
  ["a binding at the top", "x = 3\n", "expected_declaration", "x", /fn x\(\)/],
  ["a brace on the next line", "pipeline p(x: Dialog) -> Answer\n{\n  f(x)\n}\n", "expected_declaration", "{", /line before/],
  [
    "an unclosed bracket, found by the closer of another",
    "reward r(a: Text) { total = soft(a >= 3 }\n",
    "unclosed_bracket",
    "(",
    /Add `\)`/,
  ],
  [
    "an unclosed brace, found by the next declaration",
    "train t {\n  a = f(x)\n\ntrain u {\n  b = 1\n}\n",
    "unclosed_bracket",
    "{",
    /Add `}`/,
  ],
  ["a wrong closing bracket", "fn f(x) = [1, 2)\n", "wrong_bracket", ")", /`]`/],
  ["a closing bracket too many", "fn f(x) = x]\n", "unopened_bracket", "]", /Remove/],
  ["an unclosed text", 'fn f(x) = "abc\nfn g(x) = 1\n', "unterminated_text", '"abc', /"""/],
  ["an unclosed text in brackets", 'train t {\n  a = f("abc, 1)\n  b = 2\n}\n', "unterminated_text", '"abc, 1)', /"""/],
  ["an unclosed hole", 'fn f(x) = "a {x b"\nfn g(x) = 1\n', "unterminated_text", '"', /Add/],
  ["an unclosed block", 'fn f(x) = """abc\nfn g(x) = 1\n', "unterminated_text", '"""', /Add `"""`/],
  ["an unknown escape", 'fn f(x) = "\\q"\n', "unknown_escape", "\\q", /\\n/],
  ["a semicolon", "train t {\n  a = 1;\n  b = 2\n}\n", "unknown_character", ";", /line end/],
  ["curly quotes", "fn f() = “\n", "unknown_character", "“", /straight/],
  ["a block comment", "/* a\n b */\nfn f(x) = 1\n", "block_comment", "/*", /\/\//],
  ["an if without else", "fn f(x) = if x then 1\n", "syntax", "1", /Every `if`/],
  ["an if statement", "train t {\n  if x > 3 { y }\n}\n", "syntax", "{", /no `if` statement/],
  ["let", "train t {\n  let x = 3\n}\n", "syntax", "x", /no keyword/],
  ["return", "train t {\n  return x\n}\n", "syntax", "x", /last expression/],
  ["a reserved word as a name", "train t {\n  over = 3\n}\n", "syntax", "over", /reserved/],
  ["a reserved word as a parameter", "fn f(in: Int) = 1\n", "syntax", "in", /reserved/],
  ["an assignment for a comparison", "fn f(x) = if x = 3 then 1 else 2\n", "syntax", "=", /`==`/],
  ["a modulo", "fn f(x) = x % 2\n", "syntax", "%", /`10%`/],
  ["a power in two stars", "fn f(x) = x ** 2\n", "syntax", "*", /x \^ 2/],
  ["a lambda", "fn f(x) = map(x, y => y)\n", "syntax", "=", undefined],
  ["a missing value", "model m: E { a: , b: 1 }\n", "syntax", ",", undefined],
  ["a missing colon", "model m: E { a 1, b: 1 }\n", "syntax", "1", undefined],
  ["a missing comma", "serve s { of: answer port: 8080 }\n", "syntax", "port", undefined],
  ["a type in lower case with arguments", "fn f(x: list<Int>) = 1\n", "syntax", "<", /capital/],
  ["imports without names", "use std.models\n", "syntax", "models", /Name what is used/],
  ["a range of three", "fn f() = 1..2..3\n", "syntax", "..", /two ends/],
  ["two bars", "fn f() = p(a | b | c)\n", "syntax", "|", /once in a call/],
  ["not inside a sum", "fn f(a) = a + not a\n", "syntax", "not", /parentheses/],
  ["an empty hole", 'fn f() = "{}"\n', "syntax", '}"', /\\{/],
])("%s is reported once, at its place, with a hint that helps", (_, text, code, marked, hint) => {
  const found = faults(text);
  expect(found.map(([code, marked]) => [code, marked])).toEqual([[code, marked]]);
  if (hint) expect(found[0]![2]).toMatch(hint);
});

test("every fault is reported, and what follows a fault is read", () => {
  const text = "train t {\n  a = f(, x)\n  b = 3 4\n  over = 1\n  c = 5\n}\nmodle m: E { }\nfn g(x: ) = x\nfn h(x) = x\n";
  const { tree, diagnostics } = parse(text, "main.neuro");
  expect(diagnostics.map(({ code }) => code)).toEqual(["syntax", "syntax", "syntax", "unknown_kind", "syntax"]);
  expect(tree.decls.map((decl) => decl.kind !== "Use" && decl.name.text)).toEqual(["t", "m", "g", "h"]);
  expect(
    tree.decls[0]?.kind === "Callable" && tree.decls[0].body?.stmts.map((stmt) => stmt.kind === "Bind" && stmt.names[0]?.text),
  ).toEqual(["a", "b", "c"]);
});

test("a binary file gets one clear message", () => {
  const binary = String.fromCharCode(...Array.from({ length: 5000 }, (_, i) => (i * 7919) % 256));
  expect(faults(binary).map(([code]) => code)).toEqual(["not_text"]);
});

test("an empty file, a byte order mark and foreign line ends are no faults", () => {
  for (const text of ["", "\ufeff", "\n\r\n\r", "\ufefftype A = a\r\ntype B = b\rtype C = c"]) expect(faults(text)).toEqual([]);
});

test("a frame shows the line, carets, label, text and hint", () => {
  const text = "type A = a\nmodle policy: EncoderDecoder { width: 512 }\n";
  expect(renderDiagnostic(parse(text, "main.neuro").diagnostics[0]!, text)).toBe(
    [
      "error: Unknown kind of declaration",
      "   ┌─ main.neuro:2:1",
      "   │",
      " 2 │ modle policy: EncoderDecoder { width: 512 }",
      "   │ ^^^^^ unknown kind",
      "",
      "`modle` does not begin a declaration.",
      "",
      "Hint: Did you mean `model`?",
    ].join("\n"),
  );
});

test("a frame shows other places, and counts tabs and wide characters as a terminal draws them", () => {
  const text = 'fn f(x) = [\n\t"漢字", 1)\n';
  expect(renderDiagnostic(parse(text, "a.neuro").diagnostics[0]!, text).split("\n").slice(0, 6)).toEqual([
    "error: Brackets do not pair",
    "   ┌─ a.neuro:2:9",
    "   │",
    " 1 │ fn f(x) = [",
    "   │           - opened here",
    ' 2 │     "漢字", 1)',
  ]);
  expect(renderDiagnostic(parse(text, "a.neuro").diagnostics[0]!, text).split("\n")[6]).toBe("   │              ^ expected `]`");
});

test("nothing in a source reaches the terminal as a command, and long lines are cut around the place", () => {
  const text = `fn f() = "${"x".repeat(3000)}\u001b[31m" ; "${"y".repeat(3000)}"\n`;
  const frame = renderDiagnostic(parse(text, "a.neuro").diagnostics.at(-1)!, text);
  expect(frame).not.toContain("\u001b");
  expect(Math.max(...frame.split("\n").map((line) => line.length))).toBeLessThan(150);
  expect(frame).toContain("…");
});

test("colour is drawn only when asked for", () => {
  const [diagnostic] = parse("x", "a.neuro").diagnostics;
  expect(renderDiagnostic(diagnostic!, "x")).not.toContain("\u001b[");
  expect(renderDiagnostic(diagnostic!, "x", { color: true })).toContain("\u001b[1;31m");
});

test("a second place in another file has its own frame", () => {
  const span = (file: string) => ({ file, start: 0, end: 1 });
  const diagnostic = {
    code: "name_twice",
    severity: "warning" as const,
    title: "Twice",
    text: "Text.",
    span: span("a"),
    label: "here",
    more: [{ span: span("b"), label: "there" }],
  };
  const frame = renderDiagnostic(diagnostic, "one", { sources: (file) => (file === "b" ? "two" : undefined) });
  expect(frame).toContain("warning: Twice");
  expect(frame).toContain(" 1 │ two\n   │ - there");
});
