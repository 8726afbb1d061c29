/** What the stage `search` asks: an index, one side of it, or a source elsewhere that finds by itself. */
import type { Docs } from "../types.ts";

/** How a search is bounded. */
export type FindOptions = { readonly signal?: AbortSignal };

/** Something that finds documents for a question. */
export type Searchable = {
  readonly name: string;
  /**
   * Ranked lists for a question, each `top` long at most and best first: one, or several that were found in different ways and are to be fused.
   * Nothing found is an empty list.
   */
  lists(question: string, top: number, options?: FindOptions): Promise<readonly Docs[]>;
};
