/**
 * Tests as text with marks: `‸` is where the caret stands, `«..»` is a range. What comes back is compared as text too: places are drawn into it,
 * edits are applied to it.
 */
import { hostOf } from "../../compiler/tests/library.ts";
import { Service, type View } from "../service.ts";
import { applied, type Edits, type Place, type Range } from "../words.ts";

/** A text without its marks, and where they stood. */
export interface Marked {
  readonly text: string;
  readonly carets: readonly number[];
  readonly ranges: readonly Range[];
}

/** Takes the marks out of a text. */
export function marked(source: string): Marked {
  const carets: number[] = [];
  const ranges: Range[] = [];
  const open: number[] = [];
  let text = "";
  for (const character of source) {
    if (character === "‸") carets.push(text.length);
    else if (character === "«") open.push(text.length);
    else if (character === "»") ranges.push({ start: open.pop()!, end: text.length });
    else text += character;
  }
  return { text, carets, ranges: ranges.sort((a, b) => a.start - b.start || b.end - a.end) };
}

/** A workspace made of marked texts, all of them open, over the standard library. */
export interface Bench {
  readonly service: Service;
  /** The view of the file with the first mark, or of `main.neuro`. */
  readonly view: View;
  /** The first caret, or -1. */
  readonly offset: number;
  /** The first range, or nothing. */
  readonly range: Range;
  /** The texts without marks. */
  readonly files: Readonly<{ [path: string]: string }>;
}

/** Opens one text as `main.neuro`, or several by path. */
export function bench(source: string | Readonly<{ [path: string]: string }>): Bench {
  const sources = typeof source === "string" ? { "main.neuro": source } : source;
  const all = Object.entries(sources).map(([path, text]) => [path, marked(text)] as const);
  const files = Object.fromEntries(all.map(([path, { text }]) => [path, text]));
  const service = new Service(hostOf(files));
  const specs = Object.keys(files).filter((path) => path.endsWith(".neuro"));
  for (const path of specs) service.open(path, files[path]!);
  service.workspace(specs);
  const [path, marks] = all.find(([, { carets, ranges }]) => carets.length + ranges.length > 0) ?? all[0]!;
  const entry = path.endsWith(".neuro") ? path : "main.neuro";
  const offset = marks.carets[0] ?? -1;
  return { service, view: service.view(entry), offset, range: marks.ranges[0] ?? { start: offset, end: offset }, files };
}

/** The files after the edits, those that changed. */
export function after(files: Readonly<{ [path: string]: string }>, edits: Edits): { [path: string]: string } {
  const changed = [...new Set(edits.map(({ file }) => file))];
  return Object.fromEntries(
    changed.map((path) => [
      path,
      applied(
        files[path] ?? "",
        edits.filter(({ file }) => file === path),
      ),
    ]),
  );
}

/** A text with places of it drawn between `«` and `»`. */
export function drawn(text: string, places: readonly (Place | Range)[]): string {
  const marks = places.flatMap(({ start, end }) => [
    { start, end: start, text: "«" },
    { start: end, end, text: "»" },
  ]);
  const ordered = marks.sort((a, b) => a.start - b.start || (a.text === b.text ? 0 : a.text === "»" ? -1 : 1));
  return applied(text, ordered);
}
