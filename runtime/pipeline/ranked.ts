/**
 * What a stage gave, as its span tells it: documents or blocks by name, with their scores and without their texts; or the questions that it made. It
 * knows no stage.
 */

import type { Block, Context, Doc, Ranked } from "../types.ts";

/** So many of a stage's results are told. */
const most = 100;
const mostTexts = 20;
/** Characters of one text. */
const longest = 400;

/** The results of a stage whose value is documents or a context; undefined for any other value. */
export function rankedOf(value: unknown): readonly Ranked[] | undefined {
  if (Array.isArray(value)) return value.length > 0 && value.every(isDoc) ? value.slice(0, most).map(ofDoc) : undefined;
  return isContext(value) ? value.blocks.slice(0, most).map(ofBlock) : undefined;
}

/** The results of a stage whose value is short texts; undefined for any other value. */
export function textsOf(value: unknown): readonly string[] | undefined {
  const isTexts = Array.isArray(value) && value.length > 0 && value.every((one) => typeof one === "string");
  return isTexts ? (value as string[]).slice(0, mostTexts).map((one) => one.slice(0, longest)) : undefined;
}

const isDoc = (value: unknown): value is Doc =>
  typeof value === "object" && value !== null && "id" in value && "title" in value && "text" in value;

const isContext = (value: unknown): value is Context =>
  typeof value === "object" && value !== null && "blocks" in value && "tokens" in value && Array.isArray(value.blocks);

const ofDoc = ({ id, score }: Doc): Ranked => (score === undefined ? { id } : { id, score });

const ofBlock = ({ doc, score, start, end }: Block): Ranked => ({ id: doc.id, score, start, end });
