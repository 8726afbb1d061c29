import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import type { Callable, Decl, Expr, ExprStmt } from "./index.ts";
import { parse } from "./index.ts";
import { NeuroParser } from "./parser.ts";
import { explicit, nodes } from "./testing/bare.ts";

const read = (path: string) => readFileSync(new URL(path, import.meta.url), "utf8");
const sink = read("kitchen-sink.neuro");

/** The declarations of a text without faults. */
function decls(text: string): readonly Decl[] {
  const { tree, diagnostics } = parse(text, "x.neuro");
  expect(diagnostics.map((diagnostic) => diagnostic.text)).toEqual([]);
  return tree.decls;
}
/** The expression of `fn f() = ...`, with parentheses around every operator. */
function reads(text: string): string {
  return explicit((decls(`fn f() = ${text}\n`)[0] as Callable).value as Expr);
}
/** The statements of a body, as their kinds and texts. */
function items(body: string): string[] {
  const { stmts } = (decls(`train t {\n${body}\n}`)[0] as Callable).body!;
  return stmts.map((stmt) => (stmt.kind === "ExprStmt" ? explicit(stmt.value) : stmt.kind));
}

test("the grammar is LL(2) without ambiguities", () => {
  expect(() => new NeuroParser(true)).not.toThrow();
});

test("every construct, the target example and the language's own snippets are read without a fault", () => {
  expect(decls(sink)).toHaveLength(46);
  for (const name of readdirSync(new URL("fixtures", import.meta.url)))
    expect(decls(read(`fixtures/${name}`)).length).toBeGreaterThan(4);
});

test("every kind of node occurs in the file of every construct", () => {
  const found = new Set([...nodes(parse(sink, "x").tree)].map((node) => node.kind));
  const all = [...read("ast.ts").matchAll(/readonly kind: ("\w+"(?: \| "\w+")*);/g)].flatMap((match) => match[1]!.match(/\w+/g)!);
  const missing = all.filter((kind) => !found.has(kind as never) && kind !== "Missing");
  expect(missing).toEqual([]);
});

describe("operators bind", () => {
  test.each([
    ["-x ^ 2", "(- (x ^ 2))"],
    ["2 ^ -x ^ y", "(2 ^ (- (x ^ y)))"],
    ["a - b - c", "((a - b) - c)"],
    ["a + b * c / d", "(a + ((b * c) / d))"],
    ["1..n - 1", "(1 .. (n - 1))"],
    ["x in 1..3", "(x in (1 .. 3))"],
    ["not a == b and c or d", "(((not (a == b)) and c) or d)"],
    ["-f(x).y[0] * -z", "((- f(x).y[0]) * (- z))"],
    ["if a then b else if c then d else e + 1", "(if a then b else (if c then d else (e + 1)))"],
    ["(a + b) * c", "((a + b) * c)"],
  ])("%s is %s", (text, expected) => {
    expect(reads(text)).toBe(expected);
  });

  test("a chained comparison is reported once and read as two", () => {
    const { tree, diagnostics } = parse("fn f(x) = 1 < x < 3\n", "x");
    expect(diagnostics.map(({ code }) => code)).toEqual(["chained_comparison"]);
    expect(explicit((tree.decls[0] as Callable).value!)).toBe("((1 < x) and (x < 3))");
  });
});

describe("numbers and texts", () => {
  test.each([
    ["10_000", "10000"],
    ["3e-4", "0.0003"],
    ["10%", "0.1"],
    ["7%", "0.07"],
    ["0.7%", "0.007"],
    ["6 layers", "6 layers"],
    ["1500 tokens", "1500 tokens"],
    ["150..160 tokens", "(150 .. 160 tokens)"],
  ])("%s is %s", (text, expected) => {
    expect(reads(text)).toBe(expected);
  });

  /** The parts of a text; holes in angle brackets. */
  function parts(text: string): string[] {
    const value = (decls(`fn f() = ${text}\n`)[0] as Callable).value!;
    if (value.kind !== "Text") throw new Error(value.kind);
    return value.parts.map((part) => (part.kind === "Chunk" ? part.text : `<${explicit(part.value)}>`));
  }
  test("escapes, holes and texts inside holes", () => {
    expect(parts(String.raw`"a\n\t\"\\\{b}"`)).toEqual(['a\n\t"\\{b}']);
    expect(parts('"{a}{b + 1} of {f("x{c}")}."')).toEqual(["<a>", "<(b + 1)>", " of ", "<f(Text)>", "."]);
    expect(parts('""')).toEqual([]);
  });
  test("a block loses the indentation of its closing line and its first and last line end", () => {
    expect(parts('"""\r\n    a\r\n      b {x} c\n\n    """')).toEqual(["a\n  b ", "<x>", " c\n"]);
    expect(parts('"""one "line" only"""')).toEqual(['one "line" only']);
    expect(parts('"""\n  a\n  b"""')).toEqual(["  a\n  b"]);
  });
  test("names are compared in NFC", () => {
    const [composed, apart] = ["\u00e9", "e\u0301"].map(
      (text) => (decls(`fn f(${text}) = 1`)[0] as Callable).params![0]!.name.text,
    );
    expect(apart).toBe(composed);
  });
});

describe("layout", () => {
  test.each([
    ["a line end ends an item", "a\nb", ["a", "b"]],
    [
      "but not after an operator, a comma or an opening bracket",
      "f(\na,\nb)\nx = a +\nb\ny\n= 1".replace("\n= 1", ""),
      ["f(a, b)", "Bind", "y"],
    ],
    ["nor before a binary operator", "a\n+ b\n* c\nand d\n.e\nin xs", ["((a + (b * c)) and (d.e in xs))"]],
    ["nor before then and else", "if a\nthen b\nelse c", ["(if a then b else c)"]],
    ["a leading minus with a space goes on, one without begins", "a\n- b\n-c", ["(a - b)", "(- c)"]],
    ["a bracket at the start of a line begins an item", "a\n[b]\n(c)", ["a", "[b]", "c"]],
    ["inside round and square brackets line ends mean nothing", "f(a\n-b\n(c))", ["f((a - b(c)))"]],
    ["comments and blank lines mean nothing", "a // x\n\n// y\n+ b", ["(a + b)"]],
  ])("%s", (_, text, expected) => {
    expect(items(text)).toEqual(expected);
  });

  test("a line that begins with a label is a field, whatever the word", () => {
    const [decl] = decls("serve s {\n  a: 1\n  then: 2\n  in: 3\n  until: 4, or: 5\n}");
    expect(
      decl!.kind === "Setting" && decl.value?.kind === "Record" && decl.value.entries.map(({ label }) => label.text),
    ).toEqual(["a", "then", "in", "until", "or"]);
  });

  test("a unit stands on the line of its number", () => {
    expect(items("a = 3\ntokens")).toEqual(["Bind", "tokens"]);
    expect(parse("fn f() = g(3\ntokens)", "x").diagnostics).toHaveLength(1);
  });

  test("a type's closing angle ends its line, and `>=` after it is two signs", () => {
    expect(decls("extern fn f() -> Rows<Judged<A>>\nfn g(x: Rows<R>= 3) = x < 1 and y > 2")).toHaveLength(2);
  });

  test("kinds are names wherever the grammar expects names", () => {
    expect(items("index = model + train(source) * fn.of\nfn = 1\nfn g(x) = x\nrepeat + 1".replace("\nrepeat + 1", ""))).toEqual([
      "Bind",
      "Bind",
      "LocalFn",
    ]);
    const [decl] = decls("fn f(train: Int, train x: Float, live: Text, live y: A, train train, fn) = 1") as [Callable];
    expect(decl.params!.map(({ role, name }) => [role, name.text])).toEqual([
      [undefined, "train"],
      ["train", "x"],
      [undefined, "live"],
      ["live", "y"],
      ["train", "train"],
      [undefined, "fn"],
    ]);
  });
});

describe("declarations", () => {
  test("documentation belongs to what follows it, and nothing else is documentation", () => {
    const [decl] = decls("/// A.\n///  B.\n\nfn f(\n  /// X.\n  x, y, /// not Z\n  // not Z\n  z) = 1");
    expect(decl?.docs?.text).toBe("A.\n B.");
    expect((decl as Callable).params!.map(({ docs }) => docs?.text)).toEqual(["X.", undefined, undefined]);
  });

  test("one word after `type X =` is a case unless it is capitalised", () => {
    const kinds = decls("type A = b\ntype B = C\ntype D = e | f\ntype G = { h: Int }").map(
      (decl) => decl.kind === "TypeDecl" && decl.body.kind,
    );
    expect(kinds).toEqual(["Cases", "NamedType", "Cases", "RecordType"]);
  });

  test("spans cover exactly what was written", () => {
    const text =
      '/// D.\nextern fn ema(live m: Weights, decay: Float in 0..1) -> Weights from "./ema.ts"\nfn g(x) = f((a + b) * c)\n';
    const [ema, g] = decls(text) as [Callable, Callable];
    const at = ({ span }: { span: { start: number; end: number } }) => text.slice(span.start, span.end);
    expect(at(ema)).toBe('extern fn ema(live m: Weights, decay: Float in 0..1) -> Weights from "./ema.ts"');
    expect(ema.params!.map(at)).toEqual(["live m: Weights", "decay: Float in 0..1"]);
    expect(at(ema.from!)).toBe('"./ema.ts"');
    const call = g.value as Extract<Expr, { kind: "Call" }>;
    expect(at(call.args[0]!.value)).toBe("(a + b) * c");
  });

  test("a call has its arguments, givens, axes and mask", () => {
    const { stmts } = (decls("fn f() { p(y, n: 1 | x, docs: d over t, h = 8 -> .., u(y) where m > 0) }")[0] as Callable).body!;
    const call = (stmts[0] as ExprStmt).value as Extract<Expr, { kind: "Call" }>;
    expect(call.args.map(({ label }) => label?.text)).toEqual([undefined, "n"]);
    expect(call.given?.map(({ label }) => label?.text)).toEqual([undefined, "docs"]);
    expect(call.over?.map((axis) => axis.kind === "Axis" && [axis.name.text, axis.size?.kind])).toEqual([
      ["t", undefined],
      ["h", "Number"],
    ]);
    expect(call.to?.map((axis) => (axis.kind === "Axis" ? axis.of?.text : axis.kind))).toEqual(["Ellipsis", "y"]);
    expect(call.where && explicit(call.where)).toBe("(m > 0)");
  });
});
