/** Names that are edited together while one types: an axis within its declaration. */
import { occurrenceAt, sameAs } from "../occurrences.ts";
import type { View } from "../service.ts";
import type { Range } from "../words.ts";

/** Every place of the axis at an offset, itself included; empty where there is no axis, or one that stands alone. */
export function linkedNames(view: View, offset: number): Range[] {
  const found = occurrenceAt(view, offset);
  if (found?.thing !== "axis") return [];
  const places = sameAs(view, found.key).map(({ name: { span } }) => ({ start: span.start, end: span.end }));
  return places.length > 1 ? places : [];
}
