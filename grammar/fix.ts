/** A fix becomes edits of the text that it was found in. What no longer fits the tree gives none: a fix is whole or nothing. */
import type { File, Node, Use } from "./ast.ts";
import type { Change, Fix } from "./diagnostic.ts";
import { children, pathTo, pathToNode } from "./path.ts";
import type { Span } from "./span.ts";

/** One stretch of one file written anew; `start` is `end` where it only inserts. */
export type Edit = Span & { readonly text: string };

/** A file as a fix needs it. */
export type Source = { readonly text: string; readonly tree: File };

/**
 * The edits that a fix asks for. `source` is the file that its diagnostic is in, `other` finds the files that changes name besides.
 * Undefined where a change has no place any more.
 */
export function editsOf(
  fix: Fix,
  source: Source,
  other: (path: string) => Source | undefined = () => undefined,
): Edit[] | undefined {
  const edits: Edit[] = [];
  for (const change of fix.changes) {
    const path = "span" in change ? change.span.file : source.tree.path;
    const file = path === source.tree.path ? source : other(path);
    const made = file && editsFor(change, file);
    if (!made) return undefined;
    edits.push(...made);
  }
  return edits;
}

/** A text with edits of it made; of those that touch one place the first given stands first. */
export function withEdits(
  text: string,
  edits: readonly { readonly start: number; readonly end: number; readonly text: string }[],
): string {
  const order = edits.map((edit, i) => ({ ...edit, i })).sort((a, b) => b.start - a.start || b.end - a.end || b.i - a.i);
  return order.reduce((now, { start, end, text: written }) => now.slice(0, start) + written + now.slice(end), text);
}

function editsFor(change: Change, source: Source): Edit[] | undefined {
  const { path } = source.tree;
  const edit = (start: number, end: number, text: string): Edit => ({ file: path, start, end, text });
  switch (change.kind) {
    case "replace":
      return [edit(change.span.start, change.span.end, change.text)];
    case "copy": {
      const text = source.text.slice(change.span.start, change.span.end);
      return [edit(change.to.start, change.to.start, `${change.before}${text}${change.after}`)];
    }
    case "close": {
      const at = lastWordBefore(source, change.at.start);
      return [edit(at, at, change.text)];
    }
    case "remove": {
      const range = removal(source, change.span);
      return range && [edit(range.start, range.end, "")];
    }
    case "move":
      return moved(source, change.span, change.before)?.map(([start, end, text]) => edit(start, end, text));
    case "give": {
      const given = additions(source, change.span, change.items);
      return given && [edit(given.at, given.end ?? given.at, given.text)];
    }
    case "rename":
      return namesOf(source.tree, change.from)
        .filter(({ start, end }) => !change.within || (change.within.start <= start && end <= change.within.end))
        .map(({ start, end }) => edit(start, end, change.to));
    case "use": {
      const { at, text } = importing(source, change.module, change.name);
      return [edit(at, at, text)];
    }
  }
}

/** Where the last thing that is neither space nor comment ends. */
function lastWordBefore({ text, tree }: Source, at: number): number {
  let end = at;
  for (;;) {
    while (end > 0 && /\s/.test(text[end - 1]!)) end--;
    const comment = tree.comments.find(({ span }) => span.start < end && span.end >= end);
    if (!comment) return end;
    end = comment.span.start;
  }
}

function namesOf(tree: File, text: string): Span[] {
  const found: Span[] = [];
  const walk = (node: Node): void => {
    if (node.kind === "Name" && node.text === text) found.push(node.span);
    children(node).forEach(walk);
  };
  walk(tree);
  return found;
}

// ── taking away ─────────────────────────────────────────────────────────────

/** What a name at a place names: a removal of the name is one of the whole. */
const named = new Set(["Import", "Entry", "Arg", "Param", "Bind", "Weight", "LocalFn"]);

function removal(source: Source, span: Span): { start: number; end: number } | undefined {
  const path = pathToNode(source.tree, span.start, span.end);
  let at = path.length - 1;
  if (path[at]?.kind === "Name" && named.has(path[at - 1]?.kind ?? "")) at--;
  const [node, parent] = [path[at], path[at - 1]];
  if (!node || !parent) return undefined;
  if (node.kind === "Bind" && node.names.length > 1) return undefined;
  if (node.kind === "Import" && parent.kind === "Use" && parent.imports.length === 1) return wholeLines(source.text, parent.span);
  if (parent.kind === "Body" || parent.kind === "File") return wholeLines(source.text, withDocs(node));
  const siblings = Object.values(parent).find((value): value is Node[] => Array.isArray(value) && value.includes(node));
  return siblings && fromList(source.text, siblings, siblings.indexOf(node));
}

const withDocs = (node: Node): Span =>
  "docs" in node && node.docs ? { ...node.span, start: Math.min(node.docs.span.start, node.span.start) } : node.span;

/** An item of a list with the comma or line end between it and its neighbour. */
function fromList(text: string, items: readonly Node[], at: number): { start: number; end: number } {
  const { span } = items[at]!;
  const next = items[at + 1];
  const before = items[at - 1];
  if (next && !text.slice(span.end, next.span.start).includes("//")) return { start: span.start, end: next.span.start };
  if (before && !text.slice(before.span.end, span.start).includes("//")) return { start: before.span.end, end: span.end };
  const comma = /^\s*,[ \t]*/.exec(text.slice(span.end))?.[0].length ?? 0;
  return { start: span.start, end: span.end + comma };
}

/** The lines of an item where it has them for itself, or else the item alone. */
function wholeLines(text: string, { start, end }: { start: number; end: number }): { start: number; end: number } {
  const before = /[^\S\r\n]*$/.exec(text.slice(0, start))![0].length;
  const after = /^[^\S\r\n]*(?:\/\/[^\r\n]*)?(?:\r\n|\r|\n|$)/.exec(text.slice(end))?.[0].length;
  const alone = (start - before === 0 || /[\r\n]/.test(text[start - before - 1]!)) && after !== undefined;
  return alone ? { start: start - before, end: end + after } : { start, end };
}

function moved(source: Source, span: Span, before: Span): [number, number, string][] | undefined {
  const taken = removal(source, span);
  if (!taken) return undefined;
  const { text } = source;
  const indent = /[^\S\r\n]*$/.exec(text.slice(0, before.start))![0];
  return [
    [before.start, before.start, `${text.slice(span.start, span.end)}\n${indent}`],
    [taken.start, taken.end, ""],
  ];
}

// ── adding ──────────────────────────────────────────────────────────────────

/** Text that is put at an offset, or in place of the blanks up to another. */
type Added = { readonly at: number; readonly end?: number; readonly text: string };

/** Where items are added, and as what: to a record, to a call, or to a name, which thereby becomes a call or has a record. */
function additions(source: Source, span: Span, items: readonly string[]): Added | undefined {
  const path = pathToNode(source.tree, span.start, span.end);
  let node = path.at(-1);
  const parent = path.at(-2);
  if (node?.kind === "Arg" || node?.kind === "ExprStmt") node = node.value;
  if (node?.kind === "Name" && parent?.kind === "Model" && parent.name === node) node = parent.fields;
  if (node?.kind === "Name" && parent?.kind === "Setting" && parent.name === node) {
    if (parent.value === undefined) return { at: parent.span.end, text: ` { ${items.join(", ")} }` };
    node = parent.value;
  }
  if (node?.kind === "Record") return listed(source.text, node.entries, node.span, items);
  if (node?.kind === "Call") {
    const last = node.args.at(-1);
    if (!last) return { at: source.text.indexOf("(", node.callee.span.end) + 1, text: items.join(", ") };
    return { at: last.span.end, text: `, ${items.join(", ")}` };
  }
  return node?.kind === "Name" || node?.kind === "Field" ? { at: node.span.end, text: `(${items.join(", ")})` } : undefined;
}

/** After the last entry, as the others stand: on lines of their own, or behind commas. */
function listed(text: string, entries: readonly Node[], record: Span, items: readonly string[]): Added {
  const last = entries.at(-1);
  if (!last) {
    // Of what is being typed the closing brace may be missing.
    const closed = /^\s*\}$/.test(text.slice(record.start + 1, record.end));
    return { at: record.start + 1, end: closed ? record.end - 1 : record.start + 1, text: ` ${items.join(", ")} ` };
  }
  const before =
    entries.length > 1 ? text.slice(entries.at(-2)!.span.end, last.span.start) : text.slice(record.start + 1, last.span.start);
  const line = /[\r\n]([^\S\r\n]*)$/.exec(before);
  return { at: last.span.end, text: line ? items.map((item) => `\n${line[1]}${item}`).join("") : `, ${items.join(", ")}` };
}

/** A name joins the `use` of its module, or gets one behind the others. */
export function importing({ text, tree }: Source, module: string, name: string): { at: number; text: string } {
  const uses = tree.decls.filter((decl): decl is Use => decl.kind === "Use");
  const there = uses.find((use) => use.path === module && use.imports.length > 0 && text[use.span.end - 1] === "}");
  if (there) return { at: there.imports.at(-1)!.span.end, text: `, ${name}` };
  const line = `use ${module.startsWith(".") ? JSON.stringify(module) : module} { ${name} }`;
  const last = uses.at(-1);
  if (last) return { at: last.span.end, text: `\n${line}` };
  const first = tree.decls[0];
  const at = first ? withDocs(first).start : 0;
  return { at, text: `${line}\n` };
}

/** Whether something stands around a place that is read as one: a text or a comment. */
export const isInsideText = (tree: File, offset: number): boolean =>
  tree.comments.some(({ span }) => span.start < offset && offset <= span.end) ||
  pathTo(tree, offset).some((node) => node.kind === "Text" && node.span.start < offset && offset < node.span.end);
