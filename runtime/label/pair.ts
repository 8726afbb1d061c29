/**
 * A pair of answers under one name, whichever side each stands on: so nobody is asked twice, and what was said of a pair is found again. Knows
 * nothing of files.
 */
import { placeOf, type Row, type RowAnswer } from "../data/row.ts";
import { NeuroError } from "../error.ts";
import { canonicalJson, sha256 } from "../files.ts";

/** A row with two answers that are compared. */
export type Pair = Row & { readonly left: RowAnswer; readonly right: RowAnswer };

/** A label as a line of JSON, about an aspect that may be asked about. */
export const likeLabel = (aspect = "main"): string =>
  `{ "prompt": "…", "left": "…", "right": "…", "aspect": ${JSON.stringify(aspect)}, "p": 1 }`;

/** The row, when it has two answers. Throws `row_lacks_field`. */
export function pairOf(row: Row, who: string): Pair {
  const lacks = (["left", "right"] as const).find((side) => typeof (row[side] as RowAnswer | undefined)?.text !== "string");
  if (lacks === undefined) return row as Pair;
  throw new NeuroError("row_lacks_field", `${who}: ${placeOf(row)} has no \`${lacks}\`; pairs of answers are compared.`, {
    where: placeOf(row),
    hint: "Make pairs of rows: against(rows, others).",
  });
}

/** The name of a pair: of what was asked, over which documents, and of both answers in whichever order. */
export function nameOf({ prompt, documents, left, right }: Pair): string {
  const asked = prompt.map(({ role, content }) => [role, content]);
  const shown = documents.map(({ title, text }) => [title, text]);
  return sha256(canonicalJson([asked, shown, [left.text, right.text].sort()])).slice(0, 24);
}

/** The same pair with its sides changed, and with them the share that prefers the left one. */
export function turned<R extends Pair>(row: R): R {
  const { p } = row;
  return { ...row, left: row.right, right: row.left, ...(typeof p === "number" && { p: 1 - p }) };
}

/** What one label says, under a name: the pair, the aspect, who said it and what, on whichever sides; undefined for a row that is no label. */
export function labelName(row: unknown): string | undefined {
  const { prompt, documents, left, right, aspect, p, annotator } = (row ?? {}) as Partial<Pair>;
  if (!prompt || !documents || !left || !right || typeof p !== "number") return undefined;
  const share = right.text < left.text ? 1 - p : p;
  return `${nameOf(row as Pair)} ${String(aspect)} ${String(annotator ?? "")} ${share.toFixed(9)}`;
}
