/** Writes a tree down in the plainest way that reads back as the same tree; `format` makes it pleasant. */
import type * as ast from "./ast.ts";
import { escapes } from "./tokens.ts";

/** How tightly an expression binds; a place asks for at least so much and gets parentheses otherwise. */
const loosest = 0;
const [orLevel, andLevel, notLevel, compareLevel, rangeLevel, sumLevel, productLevel, unaryLevel, powerLevel, postfixLevel] = [
  1, 2, 3, 4, 5, 6, 7, 8, 9, 10,
];

/** The levels of a binary operator and of what may stand on either side. */
const binary: Readonly<Record<ast.BinaryOp, readonly [own: number, left: number, right: number]>> = {
  or: [orLevel, orLevel, andLevel],
  and: [andLevel, andLevel, notLevel],
  "+": [sumLevel, sumLevel, productLevel],
  "-": [sumLevel, sumLevel, productLevel],
  "*": [productLevel, productLevel, unaryLevel],
  "/": [productLevel, productLevel, unaryLevel],
  "^": [powerLevel, postfixLevel, unaryLevel],
};

/** The text of a whole file. Holes left by syntax errors become `missing`. */
export function unparse(file: ast.File): string {
  return file.decls.map((decl) => `${docs(decl.docs)}${declaration(decl)}\n`).join("\n");
}

function docs(found: ast.Docs | undefined): string {
  if (found === undefined) return "";
  const lines = found.text.split("\n").map((line) => (line === "" ? "///" : `/// ${line}`));
  return `\n${lines.join("\n")}\n`;
}

const list = <T>(items: readonly T[], write: (item: T) => string) => items.map(write).join(", ");

function declaration(decl: ast.Decl): string {
  switch (decl.kind) {
    case "Use": {
      const path = decl.relative ? quoted(decl.path) : decl.path;
      return `use ${path} { ${list(decl.imports, ({ name, alias }) => name.text + (alias ? ` as ${alias.text}` : ""))} }`;
    }
    case "TypeDecl": {
      const params = decl.params.length === 0 ? "" : `<${list(decl.params, ({ text }) => text)}>`;
      const body = decl.body.kind === "Cases" ? decl.body.cases.map(({ text }) => text).join(" | ") : type(decl.body);
      return `${extern(decl)}type ${decl.name.text}${params} = ${body}`;
    }
    case "Architecture":
      return `${extern(decl)}model ${decl.name.text}${params(decl.params)} -> ${type(decl.result)} ${body(decl.body)}`;
    case "Model":
      return `${extern(decl)}model ${decl.name.text}: ${decl.architecture.text} ${expr(decl.fields)}`;
    case "Callable": {
      const head = `${extern(decl)}${decl.word} ${decl.name.text}${params(decl.params)}`;
      const result = decl.result ? ` -> ${type(decl.result)}` : "";
      const inside = decl.body ? ` ${body(decl.body)}` : decl.value ? ` = ${expr(decl.value)}` : "";
      return `${head}${result}${inside}${from(decl.from)}`;
    }
    case "Setting": {
      const head = `${extern(decl)}${decl.word} ${decl.name.text}${params(decl.params)}`;
      const result = decl.type ? `${decl.params ? " ->" : ":"} ${type(decl.type)}` : "";
      const value =
        decl.value === undefined ? "" : decl.value.kind === "Record" ? ` ${expr(decl.value)}` : ` = ${expr(decl.value)}`;
      return `${head}${result}${value}${from(decl.from)}`;
    }
  }
}

const extern = (decl: { readonly extern: boolean }) => (decl.extern ? "extern " : "");
const from = (path: ast.Text | undefined) => (path ? ` from ${text(path)}` : "");
const params = (found: readonly ast.Param[] | undefined) => (found ? `(${list(found, param)})` : "");

function param(found: ast.Param): string {
  const role = found.role ? `${found.role} ` : "";
  const typed = found.type ? `: ${type(found.type)}` : "";
  const range = found.range ? ` in ${expr(found.range, rangeLevel)}` : "";
  const value = found.default ? ` = ${expr(found.default)}` : "";
  return docs(found.docs) + role + found.name.text + typed + range + value;
}

function type(found: ast.Type): string {
  switch (found.kind) {
    case "NamedType":
      return (
        found.name.text + (found.unit ? ` ${found.unit.text}` : "") + (found.args.length > 0 ? `<${list(found.args, type)}>` : "")
      );
    case "TensorType":
      return `[${list(found.axes, axis)}]${found.of ? ` of ${found.of.text}` : ""}`;
    case "RecordType":
      return `{ ${list(found.fields, param)} }`;
    case "FnType":
      return `fn(${list(found.params, type)}) -> ${type(found.result)}`;
    case "SumType":
      return found.parts.map(type).join(" + ");
    case "Missing":
      return "Missing";
  }
}

function axis(found: ast.Axis): string {
  if (found.kind === "Ellipsis") return "..";
  return found.name.text + (found.size ? ` = ${expr(found.size, sumLevel)}` : "") + (found.of ? `(${found.of.text})` : "");
}

function body(found: ast.Body): string {
  const [only, ...more] = found.stmts;
  if (only === undefined) return "{}";
  if (more.length === 0 && only.docs === undefined) return `{ ${statement(only)} }`;
  return `{\n${found.stmts.map((stmt) => `${docs(stmt.docs)}${statement(stmt)}\n`).join("")}}`;
}

function statement(stmt: ast.Stmt): string {
  switch (stmt.kind) {
    case "Weight":
      return `weight ${stmt.name.text}: ${type(stmt.type)}${stmt.init ? ` = ${expr(stmt.init)}` : ""}`;
    case "Minimize":
    case "Maximize":
      return `${stmt.kind.toLowerCase()} ${expr(stmt.value)}`;
    case "Repeat": {
      const name = stmt.name ? `${stmt.name.text} in ` : "";
      return `repeat ${name}${expr(stmt.over)}${stmt.until ? ` until ${expr(stmt.until)}` : ""} ${body(stmt.body)}`;
    }
    case "LocalFn":
      return `fn ${stmt.name.text}${params(stmt.params)} = ${expr(stmt.value)}`;
    case "Bind":
      return `${list(stmt.names, ({ text }) => text)} = ${expr(stmt.value)}`;
    case "ExprStmt":
      return expr(stmt.value);
  }
}

/** An expression where at least `level` is asked for. */
function expr(found: ast.Expr, level = loosest): string {
  const [own, written] = levelled(found);
  return own < level ? `(${written})` : written;
}

function levelled(found: ast.Expr): readonly [level: number, text: string] {
  switch (found.kind) {
    case "If":
      return [loosest, `if ${expr(found.condition, orLevel)} then ${expr(found.yes)} else ${expr(found.no)}`];
    case "For":
      return [loosest, `for ${found.name.text} in ${expr(found.over)} ${body(found.body)}`];
    case "Binary": {
      const [own, left, right] = binary[found.op];
      return [own, `${expr(found.left, left)} ${found.op} ${expr(found.right, right)}`];
    }
    case "Unary":
      if (found.op === "not") return [notLevel, `not ${expr(found.operand, compareLevel)}`];
      return [unaryLevel, `-${expr(found.operand, powerLevel)}`];
    case "Compare":
      return [compareLevel, `${expr(found.left, rangeLevel)} ${found.op} ${expr(found.right, rangeLevel)}`];
    case "Range":
      return [rangeLevel, `${expr(found.from, sumLevel)}..${expr(found.to, sumLevel)}`];
    default:
      return [postfixLevel, tight(found)];
  }
}

function tight(found: Exclude<ast.Expr, { kind: "If" | "For" | "Binary" | "Unary" | "Compare" | "Range" }>): string {
  switch (found.kind) {
    case "Number":
      return found.raw + (found.percent ? "%" : "") + (found.unit ? ` ${found.unit.text}` : "");
    case "Text":
      return text(found);
    case "Bool":
      return String(found.value);
    case "Name":
      return found.text;
    case "List":
      return `[${list(found.items, expr0)}]`;
    case "Record":
      return found.entries.length === 0 ? "{}" : `{ ${list(found.entries, entry)} }`;
    case "Call":
      return `${expr(found.callee, postfixLevel)}(${inside(found)})`;
    case "Index":
      return `${expr(found.object, postfixLevel)}[${expr(found.value)}]`;
    case "Select":
      return `${expr(found.object, postfixLevel)}[${list(found.entries, entry)}]`;
    case "Field":
      return `${expr(found.object, postfixLevel)}.${found.name.text}`;
    case "Missing":
      return "missing";
  }
}

const expr0 = (found: ast.Expr) => expr(found);
const entry = ({ docs: found, label, value }: ast.Entry) => `${docs(found)}${label.text}: ${expr(value)}`;
const arg = ({ label, value }: ast.Arg) => (label ? `${label.text}: ${expr(value)}` : expr(value));

function inside(call: ast.Call): string {
  const given = call.given ? ` | ${list(call.given, arg)}` : "";
  const over = call.over ? ` over ${list(call.over, axis)}` : "";
  const to = call.to ? ` -> ${list(call.to, axis)}` : "";
  const where = call.where ? ` where ${expr(call.where)}` : "";
  return list(call.args, arg) + given + over + to + where;
}

const escaped = new Map(Object.entries(escapes).map(([letter, meant]) => [meant, `\\${letter}`]));

function escapeText(raw: string, block: boolean): string {
  return raw.replace(/[\\"{\n\t]/g, (character) => (block && character === "\n" ? character : escaped.get(character)!));
}

const quoted = (raw: string) => `"${escapeText(raw, false)}"`;

function text(found: ast.Text): string {
  const parts = found.parts.map((part) => (part.kind === "Chunk" ? escapeText(part.text, found.block) : `{${expr(part.value)}}`));
  return found.block ? `"""\n${parts.join("")}\n"""` : `"${parts.join("")}"`;
}
