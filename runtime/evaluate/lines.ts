/** Files of lines: each with its number, so that a fault can name the place; blank lines and comments (`#` first) are passed over, as trec_eval does. */
import { NeuroError } from "../error.ts";
import { readText, shown } from "../files.ts";

/** A line without its end, and where it stands: `runs/bm25.trec:12`. */
export type Line = { readonly text: string; readonly place: string; readonly number: number };

/** The lines of a UTF-8 file that say something. Throws what reading a file throws. */
export function* readLines(path: string): Generator<Line> {
  const text = readText(path);
  let number = 0;
  for (let at = text.startsWith("\ufeff") ? 1 : 0; at < text.length; ) {
    const end = text.indexOf("\n", at);
    const line = text.slice(at, end === -1 ? text.length : end).replace(/\r$/, "");
    number++;
    if (line.trim() !== "" && !line.startsWith("#")) yield { text: line, place: `${shown(path)}:${number}`, number };
    at = end === -1 ? text.length : end + 1;
  }
}

/** The NeuroError for a line that is not what it should be. */
export function badLine({ place }: Pick<Line, "place">, what: string, hint: string): NeuroError {
  return new NeuroError("line_malformed", `${place}: ${what}.`, { where: place, hint });
}

/** The NeuroError for a file that should have lines of a kind and has none. */
export function noLines(path: string, what: string): NeuroError {
  return new NeuroError("file_empty", `${shown(path)} has no ${what}.`, {
    where: path,
    hint: "Name another file, or fill this one.",
  });
}
