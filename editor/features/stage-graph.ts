/**
 * Pipelines, recipes and rewards as graphs: what each statement makes, which function it calls, and whose results it takes. It reads the tree
 * alone, so that a spec that does not check yet can be drawn too.
 */
import type { Bind, Callable, CallableWord, Expr, File, Node, Span, Stmt } from "../../grammar/index.ts";

/** One pipeline, recipe or reward. */
export interface StageGraph {
  readonly name: string;
  readonly word: CallableWord;
  readonly place: Span;
  /** Parameters first, then statements in order; a stage takes only from those before it. */
  readonly stages: readonly Stage[];
}

/** What one statement makes. */
export interface Stage {
  /** The names that it binds; `answer` where it is the result; a parameter's own name. */
  readonly name: string;
  /** The functions that it calls, the outermost first; none for a parameter. */
  readonly calls: readonly string[];
  /** Declarations that it names: models, indexes, data sets. */
  readonly uses: readonly string[];
  /** Places in the list of stages. */
  readonly takes: readonly number[];
  /** The loop around it, as written: `repeat round in 1..5`. */
  readonly within?: string;
  readonly place: Span;
}

const drawn: readonly CallableWord[] = ["pipeline", "train", "reward"];

/** The graphs of a file, in its order. */
export function stageGraph(tree: File, text: string): StageGraph[] {
  const callables = tree.decls.filter((decl): decl is Callable => decl.kind === "Callable" && drawn.includes(decl.word));
  return callables.map((callable) => {
    const { name, word, params = [], body, value } = callable;
    const drawing = new Drawing(text);
    for (const { name, span } of params) drawing.given(name.text, span);
    const result = word === "reward" ? "total" : "result";
    if (value) drawing.made([result], value, value.span);
    drawing.statements(body?.stmts ?? [], result);
    return { name: name.text, word, place: name.span, stages: drawing.stages };
  });
}

class Drawing {
  readonly stages: Stage[] = [];
  private readonly text: string;
  /** Where each name was bound last. */
  private readonly makers = new Map<string, number>();
  private loop: string | undefined;

  constructor(text: string) {
    this.text = text;
  }

  given(name: string, place: Span): void {
    this.makers.set(name, this.stages.push({ name, calls: [], uses: [], takes: [], place }) - 1);
  }

  statements(stmts: readonly Stmt[], result: string): void {
    for (const stmt of stmts) {
      if (stmt.kind === "Bind") this.bound(stmt);
      else if (stmt.kind === "ExprStmt") this.made([this.loop === undefined ? result : ""], stmt.value, stmt.span);
      else if (stmt.kind === "Repeat") this.inside(stmt, () => this.statements(stmt.body.stmts, ""));
      else if (stmt.kind === "LocalFn") this.made([stmt.name.text], stmt.value, stmt.span);
    }
  }

  private bound({ names, value, span }: Bind): void {
    const written = names.map(({ text }) => text);
    const from = this.stages.length;
    if (value.kind === "For") this.inside(value, () => this.statements(value.body.stmts, ""));
    const last = this.stages.at(-1);
    if (this.stages.length === from || !last) {
      this.made(written, value, span);
      return;
    }
    this.stages[this.stages.length - 1] = { ...last, name: last.name || written.join(", ") };
    for (const name of written) this.makers.set(name, this.stages.length - 1);
  }

  private inside(loop: { readonly span: Span; readonly body: { readonly span: Span } }, work: () => void): void {
    const outer = this.loop;
    this.loop = this.text.slice(loop.span.start, loop.body.span.start).trim();
    work();
    this.loop = outer;
  }

  made(names: readonly string[], value: Expr, place: Span): void {
    const calls: string[] = [];
    const read: string[] = [];
    collect(value, calls, read);
    const takes = [...new Set(read.flatMap((name) => this.makers.get(name) ?? []))];
    const uses = [...new Set(read.filter((name) => !this.makers.has(name)))];
    const name = names.join(", ");
    const at =
      this.stages.push({ name, calls, uses, takes, place, ...(this.loop === undefined ? {} : { within: this.loop }) }) - 1;
    for (const one of names) if (one !== "") this.makers.set(one, at);
  }
}

/** The functions that an expression calls, outermost first, and the names that it reads. */
function collect(node: Node, calls: string[], read: string[]): void {
  if (node.kind === "Name") {
    read.push(node.text);
    return;
  }
  if (node.kind === "Call") {
    if (node.callee.kind === "Name") calls.push(node.callee.text);
    else collect(node.callee, calls, read);
    for (const { value } of [...node.args, ...(node.given ?? [])]) collect(value, calls, read);
    if (node.where) collect(node.where, calls, read);
    return;
  }
  for (const part of parts(node)) collect(part, calls, read);
}

/** The expressions directly inside one; labels, fields' names, units and axes are none. */
function parts(node: Node): readonly Node[] {
  switch (node.kind) {
    case "List":
      return node.items;
    case "Record":
      return node.entries.map(({ value }) => value);
    case "Binary":
    case "Compare":
      return [node.left, node.right];
    case "Range":
      return [node.from, node.to];
    case "Unary":
      return [node.operand];
    case "If":
      return [node.condition, node.yes, node.no];
    case "For":
      return [node.over, ...node.body.stmts.flatMap((stmt) => ("value" in stmt ? [stmt.value] : []))];
    case "Index":
      return [node.object, node.value];
    case "Select":
      return [node.object, ...node.entries.map(({ value }) => value)];
    case "Field":
      return [node.object];
    case "Text":
      return node.parts.flatMap((part) => (part.kind === "Hole" ? [part.value] : []));
    default:
      return [];
  }
}
