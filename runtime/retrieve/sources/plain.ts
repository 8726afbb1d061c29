/** Plain text and simple HTML to documents: paragraphs with their wrapped lines joined. */

import { anchorOf, type Heading, joinWrapped, type ReadText } from "./document.ts";
import { decodeEntities } from "./entities.ts";

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

/** Reads the text of an HTML page: title, headings, paragraphs; scripts, styles, navigation and markup left out. */
export function readHtml(source: string): ReadText {
  const title = /<title[^>]*>([\s\S]*?)<\/title>/i.exec(source)?.[1];
  const language = /<html[^>]*\slang=["']?([\w-]+)/i.exec(source)?.[1];
  const body = source
    .replace(/<!--[\s\S]*?-->/g, "")
    .replace(/<(script|style|noscript|template|svg|nav|head)\b[\s\S]*?<\/\1\s*>/gi, " ")
    .replace(/\s+/g, " ")
    .replace(/<h([1-6])\b[^>]*>([\s\S]*?)<\/h\1\s*>/gi, "\n\n\u{e000}$1$2\n\n")
    .replace(/<\/?(?:p|div|section|article|main|header|footer|aside|ul|ol|table|blockquote|pre|dl|figure)\b[^>]*>/gi, "\n\n")
    .replace(/<(?:br|li|tr|dt|dd)\b[^>]*>/gi, "\n")
    .replace(/<\/?(?:td|th)\b[^>]*>/gi, " ")
    .replace(/<[^>]*>/g, "");
  const headings: Heading[] = [];
  const anchors = new Map<string, number>();
  let text = "";
  for (const paragraph of decodeEntities(body).split(/\n\s*\n/)) {
    const lines = paragraph.split("\n").map((line) => line.replace(/\s+/g, " ").trim());
    const whole = lines.filter((line) => line !== "").join("\n");
    const heading = /^\u{e000}([1-6])([\s\S]*)$/u.exec(whole);
    const plain = heading ? heading[2]!.trim() : whole;
    if (plain === "") continue;
    if (heading) headings.push({ at: text.length, level: Number(heading[1]), text: plain, anchor: anchorOf(plain, anchors) });
    text += `${plain}\n\n`;
  }
  const name = title === undefined ? "" : decodeEntities(title).replace(/\s+/g, " ").trim();
  return { title: name || headings[0]?.text, text: text.trimEnd(), headings, ...(language ? { language } : {}) };
}
