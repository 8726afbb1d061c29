/** The mathematics of a declaration as a formula on paper (MathML, which browsers draw themselves). What has no usual sign keeps its name. */
import type { Axis, Call, Decl, Expr, Stmt } from "../../grammar/index.ts";
import { escaped } from "./page.ts";

/** The formula of a function, layer or objective, line by line; empty where it has none. */
export function formulaHtml(node: Decl): string {
  if (node.kind !== "Callable" || node.extern || !["fn", "layer", "objective"].includes(node.word)) return "";
  const rows = node.value
    ? [`${named(node.name.text, node.params?.map(({ name }) => name.text) ?? [])}<mo>=</mo>${math(node.value)}`]
    : (node.body?.stmts ?? []).flatMap(line);
  if (rows.length === 0) return "";
  const body = rows.map((row) => `<mtr><mtd>${row}</mtd></mtr>`).join("\n");
  return `<div class="formula scroll" tabindex="0"><math displaystyle="true"><mtable>${body}</mtable></math></div>`;
}

const name = (text: string): string =>
  [...text].length === 1 ? `<mi>${escaped(text)}</mi>` : `<mi mathvariant="normal">${escaped(text.replaceAll("_", " "))}</mi>`;
const op = (sign: string): string => `<mo>${escaped(sign)}</mo>`;
const row = (...parts: string[]): string => `<mrow>${parts.join("")}</mrow>`;
const list = (parts: readonly string[]): string => parts.join(op(","));
const call = (head: string, ...args: string[]): string => row(head, op("("), list(args), op(")"));
const named = (text: string, params: readonly string[]): string => call(name(text), ...params.map(name));
const word = (text: string): string => `<mtext>${escaped(text)}</mtext>`;

function line(stmt: Stmt): string[] {
  switch (stmt.kind) {
    case "Bind":
      return [row(list(stmt.names.map(({ text }) => name(text))), op("="), math(stmt.value))];
    case "LocalFn":
      return [
        row(
          named(
            stmt.name.text,
            stmt.params.map((param) => param.name.text),
          ),
          op("="),
          math(stmt.value),
        ),
      ];
    case "Minimize":
    case "Maximize":
      return [row(word(`${stmt.kind.toLowerCase()} `), math(stmt.value))];
    case "Weight":
      return stmt.type.kind === "TensorType"
        ? [row(name(stmt.name.text), op("∈"), `<msup><mi>ℝ</mi><mrow>${stmt.type.axes.map(axis).join(op("×"))}</mrow></msup>`)]
        : [];
    case "Repeat":
      return [
        row(word("repeat "), math(stmt.over)),
        ...stmt.body.stmts.flatMap(line).map((each) => row("<mspace width='2em'/>", each)),
      ];
    case "ExprStmt":
      return [math(stmt.value)];
  }
}

const axis = (each: Axis): string => (each.kind === "Ellipsis" ? "<mo>…</mo>" : name(each.name.text));

/** How tightly an expression holds together when drawn; what holds less than its place asks is put in brackets. */
function tightness(e: Expr): number {
  if (e.kind === "If" || e.kind === "For") return 0;
  if (e.kind === "Compare" || e.kind === "Range") return 1;
  if (e.kind === "Binary") return { and: 0, or: 0, "+": 2, "-": 2, "*": 3, "/": 5, "^": 4 }[e.op];
  if (e.kind === "Unary") return 2;
  if (e.kind === "Call" && ["sum", "mean"].includes(nameOf(e.callee))) return 3;
  return 5;
}
const within = (e: Expr, least: number): string => (tightness(e) < least ? row(op("("), math(e), op(")")) : math(e));
const nameOf = (e: Expr): string => (e.kind === "Name" ? e.text : "");

function math(e: Expr): string {
  switch (e.kind) {
    case "Name":
      return name(e.text);
    case "Number":
      return `<mn>${escaped(e.raw)}${e.percent ? "%" : ""}</mn>`;
    case "Bool":
      return name(String(e.value));
    case "Binary":
      return binary(e);
    case "Compare":
      return row(
        within(e.left, 2),
        op({ "==": "=", "!=": "≠", "<=": "≤", ">=": "≥", in: "∈", "<": "<", ">": ">" }[e.op]),
        within(e.right, 2),
      );
    case "Range":
      return row(math(e.from), op("…"), math(e.to));
    case "Unary":
      return row(op(e.op === "not" ? "¬" : "−"), within(e.operand, 3));
    case "If":
      return row(
        op("{"),
        `<mtable columnalign="left"><mtr><mtd>${math(e.yes)}</mtd><mtd>${word("if ")}${math(e.condition)}</mtd></mtr><mtr><mtd>${math(e.no)}</mtd><mtd>${word("otherwise")}</mtd></mtr></mtable>`,
      );
    case "Call":
      return called(e);
    case "Index":
      return `<msub>${within(e.object, 5)}<mrow>${math(e.value)}</mrow></msub>`;
    case "Select":
      return `<msub>${within(e.object, 5)}<mrow>${list(e.entries.map(({ label, value }) => row(name(label.text), op("="), math(value))))}</mrow></msub>`;
    case "Field":
      return field(e.object, e.name.text);
    case "List":
      return row(op("["), list(e.items.map(math)), op("]"));
    case "Record":
      return row(op("{"), list(e.entries.map(({ label, value }) => row(name(label.text), op(":"), math(value)))), op("}"));
    default:
      return word("…");
  }
}

/** `row.answer` is the row's answer, and `p(y | x).tokens` the factors of p, one for each token. */
const field = (object: Expr, label: string): string =>
  object.kind === "Name"
    ? `<msub>${name(label)}${name(object.text)}</msub>`
    : `<msub>${row(math(object))}<mrow>${name(label)}</mrow></msub>`;

function binary({ op: sign, left, right }: Extract<Expr, { kind: "Binary" }>): string {
  if (sign === "/") return `<mfrac>${row(math(left))}${row(math(right))}</mfrac>`;
  if (sign === "^") return `<msup>${row(within(left, 5))}${row(math(right))}</msup>`;
  if (sign === "*") return row(within(left, 3), op("·"), within(right, 4));
  if (sign === "and" || sign === "or") return row(within(left, 1), op(sign === "and" ? "∧" : "∨"), within(right, 1));
  return row(within(left, 2), op(sign === "-" ? "−" : "+"), within(right, sign === "-" ? 3 : 2));
}

/** Signs of functions that have one on paper. */
const drawn: Readonly<Record<string, (x: string) => string>> = {
  sqrt: (x) => `<msqrt>${x}</msqrt>`,
  exp: (x) => `<msup><mi>e</mi>${row(x)}</msup>`,
  abs: (x) => row(op("|"), x, op("|")),
  floor: (x) => row(op("⌊"), x, op("⌋")),
  sigmoid: (x) => call(name("σ"), x),
  hard: (x) => row(op("["), x, op("]")),
};

function called(e: Call): string {
  const head = nameOf(e.callee);
  const args = e.args.map(({ label, value }) => (label ? row(name(label.text), op("="), math(value)) : math(value)));
  const below = [...(e.over ?? []).map(axis), ...(e.where ? [row(word(" where "), math(e.where))] : [])];
  const under = below.length > 0 ? row(list(below.slice(0, e.over?.length ?? 0)), ...below.slice(e.over?.length ?? 0)) : "";
  const only = e.args.length === 1 && e.args[0]!.label === undefined ? e.args[0]!.value : undefined;
  if (only && head === "sum") return row(under ? `<munder><mo>∑</mo>${under}</munder>` : op("∑"), within(only, 3));
  if (only && !under && drawn[head]) return drawn[head](math(only));
  const base = e.callee.kind === "Name" ? name(head) : row(op("("), math(e.callee), op(")"));
  const called = under ? `<munder>${base}${under}</munder>` : base;
  if (!e.given) return call(called, ...args);
  return row(called, op("("), list(args), op("|"), list(e.given.map(({ value }) => math(value))), op(")"));
}
