/** The stage `search`: passages of an index, or of a source elsewhere, for one or several questions. */

import { NeuroError } from "../error.ts";
import type { Docs, StageContext } from "../types.ts";
import { joined } from "./library.ts";
import type { Searchable } from "./searchable.ts";

/**
 * The `top` best for the questions, best first: as the index ranks them for one question and one side of it, otherwise by reciprocal ranks over the
 * lists of all questions and sides, each asked to the same depth. Nothing found, or nothing asked, is an empty list.
 */
export async function search(
  index: Searchable,
  queries: readonly string[],
  { top }: { top: number },
  context: StageContext,
): Promise<Docs> {
  if (!Array.isArray(queries))
    throw new NeuroError("queries_missing", "search needs a list of questions.", { hint: "Write `[last(prompt)]`." });
  const asked = [...new Set(queries.map((query) => query.trim()).filter((query) => query !== ""))];
  const lists = await Promise.all(
    asked.map(async (query) => {
      context.signal.throwIfAborted();
      return index.lists(query, top, { signal: context.signal });
    }),
  );
  const found = joined(lists.flat(), top);
  context.note("found", found.length);
  return found;
}
