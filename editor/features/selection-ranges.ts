/** Selections that grow: the name, the expression, the argument, the statement, the body, the declaration, the file. */
import { contains, type File } from "../../grammar/index.ts";
import { trail } from "../at.ts";
import type { Range } from "../words.ts";

/** The ranges around an offset, the innermost first, each larger than the one before. */
export function selectionRanges(tree: File, offset: number): Range[] {
  const found: Range[] = [];
  const docs = tree.comments.find(({ span }) => contains(span, offset));
  const inner = [...trail(tree, offset)].reverse().map(({ span }) => span);
  for (const { start, end } of docs
    ? [docs.span, ...inner.filter((span) => span.start <= docs.span.start && span.end >= docs.span.end)]
    : inner) {
    const last = found.at(-1);
    if (!last || (start <= last.start && end >= last.end && end - start > last.end - last.start)) found.push({ start, end });
  }
  return found;
}
