/** Rows of labels as a judge is held against them: pairs with an aspect and the share of people who preferred the left one. Knows nothing of judges. */
import { malformed, placeOf, type Row, toRow } from "../data/row.ts";
import { NeuroError } from "../error.ts";
import { likeLabel, pairOf } from "./pair.ts";
import type { Answered } from "./queue.ts";

/** The rows, checked. Throws `row_lacks_field` and `row_malformed` for one that is no label, and `no_rows` where there is none. */
export async function* labelled(rows: AsyncIterable<unknown> | Iterable<unknown>): AsyncGenerator<Answered> {
  let count = 0;
  for await (const value of rows as AsyncIterable<unknown>) yield labelOf(toRow(value, `row ${++count}`));
  if (count > 0) return;
  throw new NeuroError("no_rows", "overrating: nobody has labelled anything yet.", {
    hint: "Give it rows that people judged, with `left`, `right`, `aspect` and `p`.",
  });
}

function labelOf(row: Row): Answered {
  const pair = pairOf(row, "overrating");
  const { p, aspect } = pair;
  if (p === undefined || aspect === undefined)
    throw new NeuroError(
      "row_lacks_field",
      `overrating: ${placeOf(row)} has no \`${p === undefined ? "p" : "aspect"}\`: nobody judged it.`,
      {
        where: placeOf(row),
        hint: "Give it rows that people judged: labels(..), or what label(..) gave.",
      },
    );
  if (typeof p !== "number" || !(p >= 0 && p <= 1))
    throw malformed(placeOf(row), `has ${JSON.stringify(p)} as \`p\`, not a share (0 to 1)`, likeLabel());
  return pair as Answered;
}
