/** Whether what stands at an offset can be renamed, and the name to begin with. */
import { givenAxes, type Occurrence, occurrenceAt } from "../occurrences.ts";
import type { View } from "../service.ts";
import type { Place, Refusal } from "../words.ts";

/** The name's place, or why it keeps its name. */
export function renameRange(view: View, offset: number): Place | Refusal {
  const found = occurrenceAt(view, offset);
  const reason = found ? unrenamed(found) : "There is no name here.";
  return reason === undefined ? found!.name.span : { refused: reason };
}

/** Why a thing keeps its name; undefined where it can be renamed. */
export function unrenamed({ name, thing, home }: Occurrence): string | undefined {
  if (thing === "builtin") return `${name.text} is a word of the language.`;
  if (thing === "field") return `${name.text} is a field of rows: files of data name it, too.`;
  if (thing === "axis" && givenAxes.has(name.text)) return `${name.text} is an axis that every batch has.`;
  if (home?.file.startsWith("std/")) return `${name.text} is declared in the standard library.`;
  return undefined;
}
