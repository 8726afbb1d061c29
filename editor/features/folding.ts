/** What can be folded away: declarations, brackets that span lines, runs of imports and of comments. */
import { children, type File, type Node } from "../../grammar/index.ts";
import type { Range } from "../words.ts";

export interface Fold extends Range {
  readonly kind?: "comment" | "imports";
}

/** In the order of the text; a fold's first line stays in sight, and so does a closing bracket on a line of its own. */
export function folding(tree: File, text: string): Fold[] {
  const found: Fold[] = [];
  const add = (start: number, end: number, kind?: Fold["kind"]) => {
    const to = beforeCloser(text, start, end);
    if (/[\r\n]/.test(text.slice(start, to))) found.push({ start, end: to, ...(kind && { kind }) });
  };
  const uses = tree.decls.filter(({ kind }) => kind === "Use");
  if (uses.length > 1) add(uses[0]!.span.start, uses.at(-1)!.span.end, "imports");
  for (const [start, end] of runs(tree, text)) add(start, end, "comment");
  const walk = (node: Node): void => {
    if (bracketed.has(node.kind)) add(node.span.start, node.span.end);
    for (const child of children(node)) walk(child);
  };
  for (const decl of tree.decls) if (decl.kind !== "Use") walk(decl);
  const one = new Map(found.toReversed().map((fold) => [text.slice(0, fold.start).split("\n").length, fold]));
  return [...one.values()].sort((a, b) => a.start - b.start);
}

const bracketed = new Set(["TypeDecl", "Callable", "Architecture", "Model", "Setting", "Body", "Record", "RecordType", "List", "Call", "Repeat", "For", "Text"]); // biome-ignore format: one list

function beforeCloser(text: string, start: number, end: number): number {
  const line = Math.max(text.lastIndexOf("\n", end - 1), start);
  return /^\s*[)\]}]+$/.test(text.slice(line, end)) ? line - (text[line - 1] === "\r" ? 1 : 0) : end;
}

/** Comments on lines that follow one another. */
function runs(tree: File, text: string): [start: number, end: number][] {
  const found: [number, number][] = [];
  for (const { span } of tree.comments) {
    const last = found.at(-1);
    const alone = /(^|\n)[ \t]*$/.test(text.slice(0, span.start));
    if (last && alone && /^\r?\n[ \t]*$/.test(text.slice(last[1], span.start))) last[1] = span.end;
    else if (alone) found.push([span.start, span.end]);
  }
  return found;
}
