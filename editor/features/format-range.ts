/** The declarations that a range touches in their canonical form. Each is formatted by itself, so that what is broken elsewhere is no hindrance. */
import { type File, format } from "../../grammar/index.ts";
import type { Service } from "../service.ts";
import type { Edit, Edits, Range } from "../words.ts";
import { lineEdits } from "./line-edits.ts";

/** The edits of the file, in the order of the text; none where nothing is to be done. */
export function formatRange(service: Service, path: string, { start, end }: Range): Edits {
  const text = service.text(path);
  const { tree } = service.parsed(path);
  return tree.decls
    .map((decl) => whole(tree, decl.span, text))
    .filter((range) => range.start <= end && range.end >= start)
    .flatMap((range) => formatPiece(path, text, range));
}

/** A declaration with the lines of its documentation, from the beginning of a line. */
function whole(tree: File, { start, end }: Range, text: string): Range {
  let from = start;
  for (const { span, doc } of tree.comments.toReversed())
    if (doc && span.end <= from && /^\s*$/.test(text.slice(span.end, from))) from = span.start;
  return { start: text.lastIndexOf("\n", from - 1) + 1, end };
}

/** One piece that reads as a file; what does not, or shares its first line with something else, is left alone. */
export function formatPiece(path: string, text: string, { start, end }: Range): Edit[] {
  const piece = text.slice(start, end);
  const { text: formatted, diagnostics } = format(`${piece}\n`, path);
  if (diagnostics.length > 0 || formatted.trim() === "") return [];
  return lineEdits(`${piece}\n`, formatted).map((edit) => ({
    file: path,
    start: start + edit.start,
    // The line end behind the piece is not the piece's.
    end: Math.min(start + edit.end, end),
    text: start + edit.end > end ? edit.text.replace(/\n$/, "") : edit.text,
  }));
}
