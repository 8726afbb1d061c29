/**
 * Places that stay right while text is typed before them: each is kept by its distance from the declaration it stands in, whose own place the grammar
 * keeps. What is handed out are numbers of now.
 */
import type { Decl, File, Span } from "../grammar/index.ts";

/** A place beside a node; one outside of all declarations has none, and does not move. */
interface Anchored extends Span {
  readonly beside: Decl | undefined;
}

/** The place by its distance from the declaration of the tree that holds it. */
export function anchored(span: Span, tree: File | undefined): Span {
  const beside = tree && declarationAround(tree, span);
  const base = beside?.span.start ?? 0;
  return { file: span.file, start: span.start - base, end: span.end - base, beside } as Anchored;
}

/** Where an anchored place is now. */
export function placeNow(span: Span): Span {
  const base = (span as Anchored).beside?.span.start ?? 0;
  return { file: span.file, start: span.start + base, end: span.end + base };
}

/** The last declaration that begins at or before a place, if it reaches that far. */
function declarationAround({ decls }: File, { start, end }: Span): Decl | undefined {
  let low = 0;
  let high = decls.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (decls[middle]!.span.start <= start) low = middle + 1;
    else high = middle;
  }
  const found = decls[low - 1];
  return found && end <= found.span.end ? found : undefined;
}
