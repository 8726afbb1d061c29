/** Plain text to documents: paragraphs with their wrapped lines joined. */

import { joinWrapped, type ReadText } from "./document.ts";

/** Reads a `.txt`: empty lines separate paragraphs; lines are joined where they look wrapped, and kept where they look like a list. */
export function readPlain(source: string): ReadText {
  const paragraphs = source
    .replace(/\r\n?/g, "\n")
    .split(/\n[ \t]*\n+/)
    .map((paragraph) => unwrap(paragraph.split("\n")))
    .filter((paragraph) => paragraph !== "");
  return { title: undefined, text: paragraphs.join("\n\n"), headings: [] };
}

/** A line is wrapped when the first word of the next would not have fitted on it. */
function unwrap(lines: readonly string[]): string {
  // Nobody wraps narrower than this: shorter lines are a list or verse.
  const width = Math.max(40, ...lines.map((line) => line.trimEnd().length));
  const items: string[][] = [[]];
  for (const [i, line] of lines.entries()) {
    const before = lines[i - 1]?.trimEnd();
    const word = line.trim().split(/\s/)[0]!;
    const wrapped = before !== undefined && before.length + 1 + word.length > width && !/^\s*(?:[-*•–]|\d+[.)])\s/.test(line);
    if (wrapped) items.at(-1)!.push(line);
    else items.push([line]);
  }
  return items
    .map(joinWrapped)
    .filter((text) => text !== "")
    .join("\n");
}
