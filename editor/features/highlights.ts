/** The names of one thing in the file that is looked at; where a version of it is made counts as a write. */
import { occurrenceAt, sameAs } from "../occurrences.ts";
import type { View } from "../service.ts";
import type { Range } from "../words.ts";

export interface Highlight extends Range {
  readonly write: boolean;
}

/** In the order of the text; empty where nothing is named. */
export function highlights(view: View, offset: number): Highlight[] {
  const found = occurrenceAt(view, offset);
  if (!found) return [];
  return sameAs(view, found.key).map(({ name: { span }, write }) => ({ start: span.start, end: span.end, write }));
}
