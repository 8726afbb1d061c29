/**
 * The tree of a `.neuro` file: what was written, in order, before names or types mean anything.
 * Every node is discriminated by `kind` and has a span. Where the text is broken there is a `Missing`, and a diagnostic says why;
 * whoever walks the tree passes over `Missing` in silence.
 */
import type { Span } from "./span.ts";

/** An identifier, in NFC. Also the expression that refers to what it names. `text` is never empty. */
export type Name = { readonly kind: "Name"; readonly text: string; readonly span: Span };

/** A hole left by a syntax error that has already been reported. */
export type Missing = { readonly kind: "Missing"; readonly span: Span };

/** `//` or `///`, with its slashes and without its line end. */
export type Comment = { readonly kind: "Comment"; readonly text: string; readonly doc: boolean; readonly span: Span };

/** The text of `///` lines that stand directly before a node, joined by newlines, without slashes and one leading space. */
export type Docs = { readonly text: string; readonly span: Span };

export type File = {
  readonly kind: "File";
  readonly path: string;
  readonly decls: readonly Decl[];
  /** Every comment in order, those that became `docs` included. */
  readonly comments: readonly Comment[];
  readonly span: Span;
};

// ── declarations ────────────────────────────────────────────────────────────

export type Decl = Use | TypeDecl | Callable | Architecture | Model | Setting;

/** `use std.models { Encoder as E }` or `use "./rewards.neuro" { quality }`. */
export type Use = {
  readonly kind: "Use";
  readonly docs?: Docs;
  /** `std.models`, or the text of the string. */
  readonly path: string;
  /** Written as a string, that is, relative to this file. */
  readonly relative: boolean;
  readonly pathSpan: Span;
  readonly imports: readonly Import[];
  readonly span: Span;
};
/** `alias` is the name in this file; without one it is `name`. */
export type Import = { readonly kind: "Import"; readonly name: Name; readonly alias?: Name; readonly span: Span };

/** `type Judged<A> = { .. }`, or an enumeration when `body` is `Cases`. */
export type TypeDecl = {
  readonly kind: "TypeDecl";
  readonly docs?: Docs;
  readonly extern: boolean;
  readonly name: Name;
  readonly params: readonly Name[];
  readonly body: Type | Cases;
  readonly span: Span;
};
/** The cases of an enumeration; at least one. A single name without a capital counts as one case. */
export type Cases = { readonly kind: "Cases"; readonly cases: readonly Name[]; readonly span: Span };

export type CallableWord = "fn" | "layer" | "objective" | "pipeline" | "reward" | "train" | "stage";
/** Whatever takes parameters and has a body of statements, one expression after `=`, or TypeScript behind it. */
export type Callable = {
  readonly kind: "Callable";
  readonly docs?: Docs;
  readonly extern: boolean;
  readonly word: CallableWord;
  readonly name: Name;
  /** Absent when no parentheses were written, as in `train neuro { }`. */
  readonly params?: readonly Param[];
  readonly result?: Type;
  /** At most one of `body` and `value`. */
  readonly body?: Body;
  readonly value?: Expr;
  /** `from "./rerank.ts"`. */
  readonly from?: Text;
  readonly span: Span;
};

/** `model Encoder(depth: Int, x: [b, s] of Token) -> Scorer { .. }`. */
export type Architecture = {
  readonly kind: "Architecture";
  readonly docs?: Docs;
  readonly extern: boolean;
  readonly name: Name;
  readonly params: readonly Param[];
  readonly result: Type;
  readonly body: Body;
  readonly span: Span;
};

/** `model policy: EncoderDecoder { width: 512 }`. */
export type Model = {
  readonly kind: "Model";
  readonly docs?: Docs;
  readonly extern: boolean;
  readonly name: Name;
  readonly architecture: Name;
  readonly fields: RecordLit;
  readonly span: Span;
};

export type SettingWord = "tokenizer" | "source" | "index" | "dataset" | "trees" | "decoding" | "quantization" | "eval" | "serve";
/** `index library { .. }`, `dataset judged: Judged<Aspect> = labels("..")`, `source weather(city: Text) -> { .. } = tool("..")`. */
export type Setting = {
  readonly kind: "Setting";
  readonly docs?: Docs;
  readonly extern: boolean;
  readonly word: SettingWord;
  readonly name: Name;
  readonly params?: readonly Param[];
  /** After `:` or `->`. */
  readonly type?: Type;
  /** The record or what follows `=`. */
  readonly value?: Expr;
  readonly from?: Text;
  readonly span: Span;
};

/** A parameter, or a field of a record type (then without `role`). */
export type Param = {
  readonly kind: "Param";
  readonly docs?: Docs;
  readonly role?: "train" | "live";
  readonly name: Name;
  readonly type?: Type;
  /** `Float in 0..1`: usually a `Range`. */
  readonly range?: Expr;
  readonly default?: Expr;
  readonly span: Span;
};

// ── types ───────────────────────────────────────────────────────────────────

export type Type = NamedType | TensorType | RecordType | FnType | SumType | Missing;

/** `Float`, `List<T>`, `Int tokens`. */
export type NamedType = {
  readonly kind: "NamedType";
  readonly name: Name;
  readonly args: readonly Type[];
  readonly unit?: Name;
  readonly span: Span;
};
/** `[b, t, d] of Token`; elements are Float without `of`. */
export type TensorType = { readonly kind: "TensorType"; readonly axes: readonly Axis[]; readonly of?: Name; readonly span: Span };
/** `{ prompt: Dialog, documents: Docs = [] }`. */
export type RecordType = { readonly kind: "RecordType"; readonly fields: readonly Param[]; readonly span: Span };
/** `fn(Dialog, Doc) -> Float`. */
export type FnType = { readonly kind: "FnType"; readonly params: readonly Type[]; readonly result: Type; readonly span: Span };
/** `R + { reward: Float }`: two or more parts. */
export type SumType = { readonly kind: "SumType"; readonly parts: readonly Type[]; readonly span: Span };

/** In tensor types and after `over` and `->`: `..`, `d`, `h = 8` (`size`), `token(answer)` (`of`). */
export type Axis =
  | { readonly kind: "Ellipsis"; readonly span: Span }
  | { readonly kind: "Axis"; readonly name: Name; readonly size?: Expr; readonly of?: Name; readonly span: Span };

// ── statements ──────────────────────────────────────────────────────────────

export type Body = { readonly kind: "Body"; readonly stmts: readonly Stmt[]; readonly span: Span };
export type Stmt = Weight | Goal | Repeat | LocalFn | Bind | ExprStmt;

/** `weight w: [i, o = wide] = normal(0, 0.02)`. */
export type Weight = {
  readonly kind: "Weight";
  readonly docs?: Docs;
  readonly name: Name;
  readonly type: Type;
  readonly init?: Expr;
  readonly span: Span;
};
export type Goal = { readonly kind: "Minimize" | "Maximize"; readonly docs?: Docs; readonly value: Expr; readonly span: Span };
/** `repeat i in 1..rounds until gap < 2% { .. }`; `over` is the count or the range. */
export type Repeat = {
  readonly kind: "Repeat";
  readonly docs?: Docs;
  readonly name?: Name;
  readonly over: Expr;
  readonly until?: Expr;
  readonly body: Body;
  readonly span: Span;
};
/** `fn gain(y) = ..` inside a body. */
export type LocalFn = {
  readonly kind: "LocalFn";
  readonly docs?: Docs;
  readonly name: Name;
  readonly params: readonly Param[];
  readonly value: Expr;
  readonly span: Span;
};
/** `policy, value = fit(..)`; one name or more. */
export type Bind = {
  readonly kind: "Bind";
  readonly docs?: Docs;
  readonly names: readonly Name[];
  readonly value: Expr;
  readonly span: Span;
};
export type ExprStmt = { readonly kind: "ExprStmt"; readonly docs?: Docs; readonly value: Expr; readonly span: Span };

// ── expressions ─────────────────────────────────────────────────────────────

export type Expr =
  | NumberLit
  | Text
  | Bool
  | Name
  | List
  | RecordLit
  | Binary
  | Compare
  | Range
  | Unary
  | If
  | For
  | Call
  | Index
  | Select
  | Field
  | Missing;

/** `10_000`, `3e-4`, `20%` (value 0.2), `6 layers`. */
export type NumberLit = {
  readonly kind: "Number";
  /** Percent applied. */
  readonly value: number;
  /** As written, without `%` and unit. */
  readonly raw: string;
  /** Written without point, exponent and `%`. */
  readonly integer: boolean;
  readonly percent: boolean;
  readonly unit?: Name;
  readonly span: Span;
};
/** A string; adjacent chunks do not occur, and `""` has no parts. */
export type Text = {
  readonly kind: "Text";
  readonly parts: readonly (Chunk | Hole)[];
  /** Written with three quotes. */
  readonly block: boolean;
  readonly span: Span;
};
/** Literal text with escapes resolved and, in a block, indentation stripped. */
export type Chunk = { readonly kind: "Chunk"; readonly text: string; readonly span: Span };
/** `{expr}` in a string. */
export type Hole = { readonly kind: "Hole"; readonly value: Expr; readonly span: Span };
export type Bool = { readonly kind: "Bool"; readonly value: boolean; readonly span: Span };
export type List = { readonly kind: "List"; readonly items: readonly Expr[]; readonly span: Span };
export type RecordLit = { readonly kind: "Record"; readonly entries: readonly Entry[]; readonly span: Span };
/** `label: value` in a record or in `x[t: i]`. */
export type Entry = {
  readonly kind: "Entry";
  readonly docs?: Docs;
  readonly label: Name;
  readonly value: Expr;
  readonly span: Span;
};

export type BinaryOp = "+" | "-" | "*" | "/" | "^" | "and" | "or";
export type Binary = {
  readonly kind: "Binary";
  readonly op: BinaryOp;
  readonly opSpan: Span;
  readonly left: Expr;
  readonly right: Expr;
  readonly span: Span;
};
export type CompareOp = "==" | "!=" | "<" | "<=" | ">" | ">=" | "in";
/** Never chained: `1 < x < 3` is reported by the parser and read as `1 < x and x < 3`. */
export type Compare = {
  readonly kind: "Compare";
  readonly op: CompareOp;
  readonly opSpan: Span;
  readonly left: Expr;
  readonly right: Expr;
  readonly span: Span;
};
/** `150..160 tokens`: the unit stays on the number that carries it. */
export type Range = { readonly kind: "Range"; readonly from: Expr; readonly to: Expr; readonly span: Span };
export type Unary = { readonly kind: "Unary"; readonly op: "-" | "not"; readonly operand: Expr; readonly span: Span };
/** `if condition then yes else no`. */
export type If = { readonly kind: "If"; readonly condition: Expr; readonly yes: Expr; readonly no: Expr; readonly span: Span };
/** `for name in over { .. }`. */
export type For = { readonly kind: "For"; readonly name: Name; readonly over: Expr; readonly body: Body; readonly span: Span };
/** `callee(args | given over axes -> to where mask)`. */
export type Call = {
  readonly kind: "Call";
  readonly callee: Expr;
  readonly args: readonly Arg[];
  /** After the bar; present whenever a bar was written. */
  readonly given?: readonly Arg[];
  readonly over?: readonly Axis[];
  readonly to?: readonly Axis[];
  readonly where?: Expr;
  readonly span: Span;
};
export type Arg = { readonly kind: "Arg"; readonly label?: Name; readonly value: Expr; readonly span: Span };
/** `xs[i]`. */
export type Index = { readonly kind: "Index"; readonly object: Expr; readonly value: Expr; readonly span: Span };
/** `x[t: i, k: 0]`; at least one entry. */
export type Select = {
  readonly kind: "Select";
  readonly object: Expr;
  readonly entries: readonly Entry[];
  readonly span: Span;
};
/** `row.chosen`. */
export type Field = { readonly kind: "Field"; readonly object: Expr; readonly name: Name; readonly span: Span };

/** Any node at all; what a generic walk sees. */
export type Node = File | Decl | Import | Cases | Param | Type | Axis | Body | Stmt | Expr | Chunk | Hole | Entry | Arg;
