/** The stage `search`: passages of an index for one or several questions. */

import { NeuroError } from "../error.ts";
import type { Docs, StageContext } from "../types.ts";
import { fuseLists } from "./fuse.ts";
import type { Index } from "./library.ts";

/**
 * The `top` passages that share terms with the questions, best first: by BM25 for one question, by reciprocal ranks for several, each
 * question asked to the same depth. Nothing found, or nothing asked, is an empty list.
 */
export async function search(
  index: Index,
  queries: readonly string[],
  { top }: { top: number },
  context: StageContext,
): Promise<Docs> {
  if (!Array.isArray(queries))
    throw new NeuroError("queries_missing", "search needs a list of questions.", { hint: "Write `[last(prompt)]`." });
  const asked = [...new Set(queries.map((query) => query.trim()).filter((query) => query !== ""))];
  const lists: Docs[] = [];
  for (const query of asked) {
    context.signal.throwIfAborted();
    lists.push(await index.find(query, top));
  }
  const found = lists.length === 1 ? lists[0]! : fuseLists(lists, 60, top);
  context.note("found", found.length);
  return found;
}
