/** Which lines of the spec a line of a form came from, read off the form's own text. */
import type { FormKind } from "../protocol.ts";

/** A place that a form names: `std/models.neuro:45`. */
const place = /[\w./-]+\.neuro:\d+/g;
const places = (text: string): string[] => [...text.matchAll(place)].map(([found]) => found);

/** The places of each line of a text, from the first. */
export function originsOf(kind: FormKind, text: string): readonly (readonly string[])[] {
  const lines = text.split("\n");
  if (kind === "wgsl")
    return covered(
      lines,
      (line) => line.startsWith("// ── "),
      (line) => line.startsWith("// "),
    );
  if (kind === "typescript")
    return covered(
      lines,
      (line) => line === "",
      (line) => /^\s*(\/\*)?\*/.test(line),
    );
  return lines.map(places);
}

/**
 * What a comment at the head of a block names counts for all of the block, and what a line inside names for that line alone.
 * A block begins where `begins` says.
 */
function covered(lines: readonly string[], begins: (line: string) => boolean, heads: (line: string) => boolean): string[][] {
  const found: string[][] = [];
  let start = 0;
  const close = (end: number) => {
    const block = lines.slice(start, end);
    const head = block.filter(heads).flatMap(places);
    for (const line of block) {
      const own = heads(line) ? [] : places(line);
      found.push(own.length > 0 ? own : head);
    }
    start = end;
  };
  for (let at = 1; at <= lines.length; at++) if (at === lines.length || begins(lines[at]!)) close(at);
  return found;
}

/** `std/models.neuro:45` as its file and line. */
export function parsedPlace(text: string): { readonly path: string; readonly line: number } {
  const at = text.lastIndexOf(":");
  return { path: text.slice(0, at), line: Number(text.slice(at + 1)) };
}
