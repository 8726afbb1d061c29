/** Random trees, for tests: any tree that the grammar can express, with names and texts that are hard to print. */
import fc from "fast-check";
import type * as ast from "../ast.ts";
import { callableKinds, kinds, reserved, settingKinds } from "../tokens.ts";

const span = { file: "", start: 0, end: 0 };
const node = <T extends object>(shape: T) => ({ ...shape, span });

const plainWords = ["x", "row", "β", "naïve", "数", "_private", "tokens", "σ2", "gap"];
const isFree = (text: string) => !(reserved as readonly string[]).includes(text);
const nameOf = (...texts: readonly string[]) =>
  fc.constantFrom(...texts).map((text): ast.Name => node({ kind: "Name" as const, text }));
const name = nameOf(...plainWords, ...kinds.filter(isFree), "of", "from", "as", "live");
const plain = nameOf(...plainWords);
const capital = nameOf("Float", "List", "Aspect", "R", "Ünicode");
const anyWord = nameOf(...plainWords, ...kinds, ...reserved);
const unit = nameOf("tokens", "layers", "ms", "s");
const docs = fc.option(
  fc.constantFrom("What it is.", "Two\nlines", "", "  indented\n\n// odd").map((text) => node({ text })),
  { nil: undefined, freq: 6 },
);
const optional = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });
const few = <T>(arbitrary: fc.Arbitrary<T>, minLength = 0) => fc.array(arbitrary, { minLength, maxLength: 3 });

const number = fc
  .record({
    raw: fc.constantFrom("0", "1", "10_000", "3e-4", "0.5", "1.5E+3", "2048"),
    suffix: fc.constantFrom("none" as const, "percent" as const, "unit" as const),
    unit,
  })
  .map(({ raw, suffix, unit }): ast.NumberLit => {
    const percent = suffix === "percent";
    const [digits, exponent] = raw.replaceAll("_", "").toLowerCase().split("e");
    const value = Number(`${digits}e${Number(exponent ?? 0) - (percent ? 2 : 0)}`);
    const integer = !percent && /^[\d_]+$/.test(raw);
    return node({ kind: "Number" as const, raw, value, percent, integer, unit: suffix === "unit" ? unit : undefined });
  });

const chunkText = fc.constantFrom(
  "a",
  " two words ",
  '"quoted"',
  "back\\slash",
  "{brace}",
  "line\nline",
  "tab\t",
  "//",
  "é漢😀",
  "  x",
);

/** What a text on one line can hold: no body of several lines, no documentation. */
function oneLine(found: object): boolean {
  if ("docs" in found && found.docs !== undefined) return false;
  if ("stmts" in found && (found.stmts as unknown[]).length > 1) return false;
  return Object.values(found)
    .flat()
    .every((value) => typeof value !== "object" || value === null || oneLine(value));
}

/** Everything that refers to everything else. */
const { expr, type, body, param } = fc.letrec<{
  expr: ast.Expr;
  text: ast.Text;
  type: ast.Type;
  atom: ast.Type;
  body: ast.Body;
  axes: ast.Axis[];
  param: ast.Param;
  field: ast.Param;
  stmt: ast.Stmt;
  arg: ast.Arg;
  entry: ast.Entry;
}>((tie) => ({
  expr: fc.oneof(
    { maxDepth: 4, depthIdentifier: "tree", withCrossShrink: true },
    { weight: 4, arbitrary: name },
    { weight: 3, arbitrary: number },
    { weight: 1, arbitrary: fc.boolean().map((value): ast.Bool => node({ kind: "Bool" as const, value })) },
    { weight: 2, arbitrary: tie("text") },
    {
      weight: 6,
      arbitrary: fc
        .tuple(fc.constantFrom("+", "-", "*", "/", "^", "and", "or"), tie("expr"), tie("expr"))
        .map(
          ([op, left, right]): ast.Expr => node({ kind: "Binary" as const, op: op as ast.BinaryOp, opSpan: span, left, right }),
        ),
    },
    {
      weight: 2,
      arbitrary: fc
        .tuple(fc.constantFrom("==", "!=", "<", "<=", ">", ">=", "in"), tie("expr"), tie("expr"))
        .map(
          ([op, left, right]): ast.Expr => node({ kind: "Compare" as const, op: op as ast.CompareOp, opSpan: span, left, right }),
        ),
    },
    {
      weight: 1,
      arbitrary: fc.tuple(tie("expr"), tie("expr")).map(([from, to]): ast.Expr => node({ kind: "Range" as const, from, to })),
    },
    {
      weight: 2,
      arbitrary: fc
        .tuple(fc.constantFrom("-" as const, "not" as const), tie("expr"))
        .map(([op, operand]): ast.Expr => node({ kind: "Unary" as const, op, operand })),
    },
    {
      weight: 1,
      arbitrary: fc
        .tuple(tie("expr"), tie("expr"), tie("expr"))
        .map(([condition, yes, no]): ast.Expr => node({ kind: "If" as const, condition, yes, no })),
    },
    {
      weight: 1,
      arbitrary: fc
        .tuple(name, tie("expr"), tie("body"))
        .map(([name, over, body]): ast.Expr => node({ kind: "For" as const, name, over, body })),
    },
    { weight: 2, arbitrary: few(tie("expr")).map((items): ast.Expr => node({ kind: "List" as const, items })) },
    { weight: 2, arbitrary: few(tie("entry")).map((entries): ast.Expr => node({ kind: "Record" as const, entries })) },
    {
      weight: 4,
      arbitrary: fc
        .record({
          callee: tie("expr"),
          args: few(tie("arg"), 1),
          given: optional(few(tie("arg"), 1)),
          over: optional(tie("axes")),
          to: optional(tie("axes")),
          where: optional(tie("expr")),
        })
        .map((call): ast.Expr => node({ kind: "Call" as const, ...call, to: call.over && call.to })),
    },
    { weight: 1, arbitrary: tie("expr").map((callee): ast.Expr => node({ kind: "Call" as const, callee, args: [] })) },
    {
      weight: 1,
      arbitrary: fc
        .tuple(tie("expr"), tie("expr"))
        .map(([object, value]): ast.Expr => node({ kind: "Index" as const, object, value })),
    },
    {
      weight: 1,
      arbitrary: fc
        .tuple(tie("expr"), few(tie("entry"), 1))
        .map(([object, entries]): ast.Expr => node({ kind: "Select" as const, object, entries })),
    },
    {
      weight: 2,
      arbitrary: fc.tuple(tie("expr"), anyWord).map(([object, name]): ast.Expr => node({ kind: "Field" as const, object, name })),
    },
  ) as fc.Arbitrary<ast.Expr>,
  text: fc
    .record({ chunks: few(chunkText), holes: few(tie("expr").filter(oneLine)), block: fc.boolean() })
    .map(({ chunks, holes, block }): ast.Text => {
      const parts = chunks.flatMap((text, i): (ast.Chunk | ast.Hole)[] => {
        const hole = holes[i];
        return [node({ kind: "Chunk" as const, text }), ...(hole ? [node({ kind: "Hole" as const, value: hole })] : [])];
      });
      // Two chunks never stand side by side.
      const joined = parts.filter((part, i) => part.kind === "Hole" || parts[i - 1]?.kind !== "Chunk");
      return node({ kind: "Text" as const, parts: joined, block });
    }),
  type: fc.oneof(
    { maxDepth: 3, depthIdentifier: "tree" },
    { weight: 5, arbitrary: tie("atom") },
    {
      weight: 1,
      arbitrary: fc.tuple(capital, tie("atom")).map(([name, last]): ast.Type => {
        return node({
          kind: "SumType" as const,
          parts: [node({ kind: "NamedType" as const, name, args: [], unit: undefined }), last],
        });
      }),
    },
  ) as fc.Arbitrary<ast.Type>,
  atom: fc.oneof(
    { maxDepth: 3, depthIdentifier: "tree" },
    {
      weight: 4,
      arbitrary: fc
        .tuple(capital, optional(unit))
        .map(([name, unit]): ast.Type => node({ kind: "NamedType" as const, name, args: [], unit })),
    },
    {
      weight: 1,
      arbitrary: fc
        .tuple(capital, few(tie("type"), 1))
        .map(([name, args]): ast.Type => node({ kind: "NamedType" as const, name, args })),
    },
    {
      weight: 2,
      arbitrary: fc
        .tuple(tie("axes"), optional(capital))
        .map(([axes, of]): ast.Type => node({ kind: "TensorType" as const, axes, of })),
    },
    { weight: 1, arbitrary: few(tie("field"), 1).map((fields): ast.Type => node({ kind: "RecordType" as const, fields })) },
    {
      weight: 1,
      arbitrary: few(tie("type")).chain((params) =>
        // What follows `->` takes a following `+` for itself, so the result is no sum here.
        tie("atom").map((result): ast.Type => node({ kind: "FnType" as const, params, result })),
      ),
    },
  ) as fc.Arbitrary<ast.Type>,
  axes: few(
    fc.oneof(
      fc.constant<ast.Axis>(node({ kind: "Ellipsis" as const })),
      fc.tuple(name, optional(tie("expr"))).map(([name, size]): ast.Axis => node({ kind: "Axis" as const, name, size })),
      fc.tuple(name, name).map(([name, of]): ast.Axis => node({ kind: "Axis" as const, name, of })),
    ),
    1,
  ),
  field: fc
    .record({ docs, name, type: optional(tie("type")), range: optional(tie("expr")), default: optional(tie("expr")) })
    .map((field): ast.Param => node({ kind: "Param" as const, ...field })),
  param: fc
    .tuple(tie("field"), fc.constantFrom(undefined, undefined, "train" as const, "live" as const))
    .map(([field, role]): ast.Param => ({ ...field, role })),
  arg: fc.tuple(optional(anyWord), tie("expr")).map(([label, value]): ast.Arg => node({ kind: "Arg" as const, label, value })),
  entry: fc.tuple(anyWord, tie("expr")).map(([label, value]): ast.Entry => node({ kind: "Entry" as const, label, value })),
  body: fc.array(tie("stmt"), { maxLength: 4 }).map((stmts): ast.Body => node({ kind: "Body" as const, stmts })),
  stmt: fc.oneof(
    { maxDepth: 4, depthIdentifier: "tree" },
    {
      weight: 4,
      arbitrary: fc
        .tuple(docs, few(name, 1), tie("expr"))
        .map(([docs, names, value]): ast.Stmt => node({ kind: "Bind" as const, docs, names, value })),
    },
    { weight: 2, arbitrary: tie("expr").map((value): ast.Stmt => node({ kind: "ExprStmt" as const, value })) },
    {
      weight: 1,
      arbitrary: fc
        .tuple(fc.constantFrom("Minimize" as const, "Maximize" as const), tie("expr"))
        .map(([kind, value]): ast.Stmt => node({ kind, value })),
    },
    {
      weight: 1,
      arbitrary: fc
        .tuple(docs, name, tie("type"), optional(tie("expr")))
        .map(([docs, name, type, init]): ast.Stmt => node({ kind: "Weight" as const, docs, name, type, init })),
    },
    {
      weight: 1,
      arbitrary: fc
        .tuple(optional(name), tie("expr"), optional(tie("expr")), tie("body"))
        .map(([name, over, until, body]): ast.Stmt => node({ kind: "Repeat" as const, name, over, until, body })),
    },
    {
      weight: 1,
      arbitrary: fc
        .tuple(name, few(tie("param")), tie("expr"))
        .map(([name, params, value]): ast.Stmt => node({ kind: "LocalFn" as const, name, params, value })),
    },
  ) as fc.Arbitrary<ast.Stmt>,
}));

const path = fc.constantFrom("./rerank.ts", "../a b.ts").map((text): ast.Text => {
  return node({ kind: "Text" as const, parts: [node({ kind: "Chunk" as const, text })], block: false });
});
const record = expr.filter((found): found is ast.RecordLit => found.kind === "Record");
const emptyRecord = fc.constant<ast.RecordLit>(node({ kind: "Record" as const, entries: [] }));

const decl: fc.Arbitrary<ast.Decl> = fc.oneof(
  fc
    .tuple(docs, fc.constantFrom("std.models", "./x.neuro"), few(fc.tuple(name, optional(name)), 1))
    .map(([docs, path, imports]): ast.Decl => {
      const items = imports.map(([name, alias]) => node({ kind: "Import" as const, name, alias }));
      return node({ kind: "Use" as const, docs, path, relative: path.startsWith("."), pathSpan: span, imports: items });
    }),
  fc
    .tuple(docs, fc.boolean(), plain, few(capital), type)
    .map(([docs, extern, name, params, body]): ast.Decl => node({ kind: "TypeDecl" as const, docs, extern, name, params, body })),
  fc.tuple(docs, name, few(plain, 1)).map(([docs, name, cases]): ast.Decl => {
    const body = node({ kind: "Cases" as const, cases });
    return node({ kind: "TypeDecl" as const, docs, extern: false, name, params: [], body });
  }),
  fc
    .record({
      docs,
      extern: fc.boolean(),
      word: fc.constantFrom(...callableKinds),
      name,
      params: optional(few(param)),
      result: optional(type),
      inside: fc.oneof(body, expr, fc.constant(undefined)),
      from: optional(path),
    })
    .map(({ inside, ...rest }): ast.Decl => {
      const [block, value] = inside?.kind === "Body" ? [inside, undefined] : [undefined, inside];
      return node({ kind: "Callable" as const, ...rest, body: block, value });
    }),
  fc
    .record({ docs, extern: fc.boolean(), name, params: few(param), result: type, body })
    .map((model): ast.Decl => node({ kind: "Architecture" as const, ...model })),
  fc
    .record({ docs, extern: fc.boolean(), name, architecture: capital, fields: fc.oneof(record, emptyRecord) })
    .map((model): ast.Decl => node({ kind: "Model" as const, ...model })),
  fc
    .record({
      docs,
      extern: fc.boolean(),
      word: fc.constantFrom(...settingKinds),
      name,
      params: optional(few(param)),
      type: optional(type),
      value: optional(expr),
      from: optional(path),
    })
    .map((setting): ast.Decl => node({ kind: "Setting" as const, ...setting })),
);

/** Whole files of up to five declarations. */
export const files: fc.Arbitrary<ast.File> = fc
  .array(decl, { maxLength: 5 })
  .map((decls): ast.File => node({ kind: "File" as const, path: "random.neuro", decls, comments: [] }));
