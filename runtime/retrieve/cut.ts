/** How an index cuts documents into passages: between sentences, by tokens with an overlap, or not at all. */
import type { TokenOffsets } from "../types.ts";
import { cut as blocks } from "./infocontext.ts";
import { type DocumentPassage, headingsAt, passages } from "./passages.ts";
import type { SourceDocument } from "./sources/document.ts";

/** `block:` and `overlap:` of an index. Without a block, passages are whole sentences. */
export type CutSettings = { readonly block?: number | "whole"; readonly overlap?: number };

/** The passages of a document; an empty one has a single empty passage, so that its title can still be found. */
export function cutDocument(
  document: Pick<SourceDocument, "text" | "headings">,
  { block, overlap = 0 }: CutSettings,
  offsets: TokenOffsets,
): DocumentPassage[] {
  const { text, headings } = document;
  const whole = [{ start: 0, end: text.length, path: [] }];
  if (block === undefined) return passages(document);
  if (block === "whole" || text === "") return whole;
  const at = offsets(text);
  if (at.length <= block) return whole;
  return blocks(at.length, { block, overlap }).map(([from, to]) => {
    const start = from === 0 ? 0 : at[from]!;
    const end = to < at.length ? at[to]! : text.length;
    return { start, end, path: headingsAt(headings, start) };
  });
}
