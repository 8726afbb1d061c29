/**
 * Labels from which nothing can be learned are found before a fit begins: preferences of a text to itself, labels that never take a side or always
 * the same one, aspects that nobody judged. What teaches nothing at all is refused; the rest is told. Knows nothing of objectives.
 */
import { NeuroError } from "../error.ts";
import { tell } from "../notes.ts";
import type { Dataset } from "./dataset.ts";
import type { Feeds } from "./feeds.ts";
import { placeOf, type Row } from "./row.ts";

/** So many rows are looked at: an answer about more would not differ. */
const enough = 50_000;

/** What is counted of rows with two answers. */
type Count = {
  rows: number;
  same: number;
  firstSame: string;
  left: number;
  right: number;
  even: number;
  aspects: Map<string, number>;
};

/** Looks at the rows that a program reads by `feeds`, where they are preferences or labels. Throws `preferences_same`, `labels_even`. */
export async function survey(rows: Dataset, feeds: Feeds): Promise<void> {
  const fields = new Set(
    Object.values(feeds).flatMap((feed) => ("field" in feed ? [feed.field] : "given" in feed ? feed.given : [])),
  );
  const sides = (["chosen rejected", "left right"] as const)
    .map((names) => names.split(" "))
    .find((both) => both.every((name) => fields.has(name)));
  if (sides === undefined) return;
  const count: Count = { rows: 0, same: 0, firstSame: "", left: 0, right: 0, even: 0, aspects: new Map() };
  for await (const row of rows) {
    see(row, sides as [string, string], count);
    if (count.rows === enough) break;
  }
  if (count.rows === 0) return;
  const cases = Object.values(feeds).find((feed) => feed.kind === "case");
  judge(rows.name, sides as [string, string], count, fields.has("p"), cases?.kind === "case" ? cases : undefined);
}

function see(row: Row, [a, b]: readonly [string, string], count: Count): void {
  count.rows++;
  const text = (name: string): string => (row[name] as { text?: string } | undefined)?.text ?? "";
  if (text(a) === text(b) && count.same++ === 0) count.firstSame = placeOf(row);
  const { p, aspect } = row;
  if (typeof p === "number") count[p > 0.5 ? "left" : p < 0.5 ? "right" : "even"]++;
  if (typeof aspect === "string") count.aspects.set(aspect, (count.aspects.get(aspect) ?? 0) + 1);
}

/** Fewer labels than these may well take one side by chance. */
const few = 16;

function judge(
  name: string,
  [a, b]: readonly [string, string],
  count: Count,
  labelled: boolean,
  cases: { readonly field: string; readonly cases: readonly string[] } | undefined,
): void {
  const { rows, same, left, right, even } = count;
  const hint = "Look at how the pairs were made: one side should be what people, or a reward, thought better.";
  if (same === rows)
    throw new NeuroError("preferences_same", `In all ${rows} rows of ${name} \`${a}\` and \`${b}\` are the same text.`, {
      where: name,
      hint,
    });
  if (same > 0)
    tell(`In ${same} of ${rows} rows of ${name} \`${a}\` and \`${b}\` are the same text; the first is ${count.firstSame}.`);
  if (!labelled) return;
  if (even === rows)
    throw new NeuroError("labels_even", `All ${rows} labels of ${name} are even (p is 0.5): none prefers a side.`, {
      where: name,
      hint,
    });
  if (rows >= few && (left === rows || right === rows))
    tell(
      `All ${rows} labels of ${name} prefer the ${left > 0 ? "left" : "right"} answer. A judge whose sign turns with the order does not mind; any other may learn the side, so swap half of the rows.`,
    );
  const unseen = (cases?.cases ?? []).filter((one) => !count.aspects.has(one));
  if (unseen.length > 0) tell(`No label of ${name} is about ${unseen.join(", ")}: nothing is learned of that.`);
}
