/** Bodies of statements as TypeScript blocks. Names are declared once and assigned after, as the versions of the language are. */
import type * as ast from "../../grammar/index.ts";
import type { Writer } from "./expression.ts";
import { runsSteps } from "./step.ts";

/** Names that a body binds, with how often, blocks of `repeat` included. */
function bindings(body: ast.Body, counts = new Map<string, number>(), inner = false): Map<string, number> {
  for (const statement of body.stmts) {
    if (statement.kind === "Bind")
      for (const { text } of statement.names) counts.set(text, (counts.get(text) ?? 0) + (inner ? 2 : 1));
    if (statement.kind === "Repeat") bindings(statement.body, counts, true);
  }
  return counts;
}

/** A body as a block `{ .. }` whose last value is returned. `known` are names that stand already: parameters, started models. */
export function blockText(body: ast.Body, w: Writer, known: ReadonlySet<string> = new Set()): string {
  return `{\n${bodyText(body, w, known, true)}\n}`;
}

/** The statements of a body, a line each. */
export function bodyText(body: ast.Body, w: Writer, known: ReadonlySet<string>, returns: boolean): string {
  const counts = bindings(body);
  const declared = new Set(known);
  return body.stmts
    .map((statement, at) => {
      const text = statementText(statement, w, declared, counts, returns && at === body.stmts.length - 1);
      return commented(statement, text);
    })
    .filter(Boolean)
    .join("\n");
}

/** `///` before a statement stays with it. */
function commented(statement: ast.Stmt, text: string): string {
  if (!statement.docs || !text) return text;
  return `${statement.docs.text
    .split("\n")
    .map((line) => `// ${line}`)
    .join("\n")}\n${text}`;
}

function statementText(
  node: ast.Stmt,
  w: Writer,
  declared: Set<string>,
  counts: ReadonlyMap<string, number>,
  last: boolean,
): string {
  // What cannot leave formulas is written out where it is measured.
  if ((node.kind === "Bind" || node.kind === "LocalFn") && w.emit.checked.measurements.isInner(node.value)) return "";
  switch (node.kind) {
    case "Bind":
      return bindText(node, w, declared, counts) + (last ? `\nreturn ${targetText(node, w)};` : "");
    case "ExprStmt": {
      const value = w.expr(node.value);
      return last && w.typeOf(node.value).kind !== "nothing" ? `return ${value};` : `${value.replace(first, "$1")};`;
    }
    case "Repeat":
      return repeatText(node, w, declared);
    case "LocalFn":
      return localFnText(node, w);
    default:
      return "";
  }
}

const targetText = (node: ast.Bind, w: Writer) =>
  node.names.length === 1
    ? w.emit.local(node.names[0]!.text)
    : `[${node.names.map((name) => w.emit.local(name.text)).join(", ")}]`;

function bindText(node: ast.Bind, w: Writer, declared: Set<string>, counts: ReadonlyMap<string, number>): string {
  const [, fits] = first.exec(w.expr(node.value)) ?? [];
  const value = fits ?? w.expr(node.value);
  const target = fits ? `[${targetText(node, w)}]` : targetText(node, w);
  const names = node.names.map((name) => name.text);
  const fresh = names.filter((name) => !declared.has(name));
  for (const name of names) declared.add(name);
  if (fresh.length === 0) return `${target} = ${value};`;
  const again = names.some((name) => (counts.get(name) ?? 0) > 1);
  if (fresh.length === names.length) return `${again ? "let" : "const"} ${target} = ${value};`;
  return `${fresh.map((name) => `let ${w.emit.local(name)};`).join(" ")}\n${target} = ${value};`;
}

/** `[policy] = await run.fit(..)` reads better than `policy = (await run.fit(..))[0]`. */
const first = /^\((await run\.fit\(.*\))\)\[0\]$/s;

function repeatText(node: ast.Repeat, w: Writer, declared: Set<string>): string {
  const name = node.name ? w.emit.local(node.name.text) : "_round";
  const range = w.emit.runtime("range");
  const over =
    node.over.kind === "Range"
      ? w.expr(node.over)
      : node.name && w.typeOf(node.over).kind === "list"
        ? w.expr(node.over)
        : `${range}(1, ${w.expr(node.over)})`;
  const body = bodyText(node.body, w, declared, false);
  const until = node.until ? `\nif (${w.expr(node.until)}) break;` : "";
  return `for (const ${name} of ${over}) {\n${body}${until}\n}`;
}

/** A local function is expanded where it is used, so its parameters have the types of that use. */
function localFnText(node: ast.LocalFn, w: Writer): string {
  const plain = w.flow.place === "recipe" && !runsSteps(node.value, w);
  const inner = w.within({ place: plain ? "fn" : w.flow.place });
  const value = inner.expr(node.value);
  const params = node.params.map((param) => w.emit.local(param.name.text)).join(", ");
  return `const ${w.emit.local(node.name.text)} = ${inner.awaits ? "async " : ""}(${params}) => ${value.startsWith("{") ? `(${value})` : value};`;
}
