/**
 * Cuts a document into the passages that an index holds, so that a long document is found by its paragraph: whole sentences, whole
 * paragraphs where they fit, a new passage where a section begins. Together they are the document, in order, without overlap.
 */

import { sentences } from "./analysis/sentences.ts";
import { words } from "./analysis/words.ts";
import type { Heading, SourceDocument } from "./sources/document.ts";

/** A passage is `text.slice(start, end)`; `path` are the headings that it stands under, outermost first. */
export type DocumentPassage = { readonly start: number; readonly end: number; readonly path: readonly Heading[] };

/** Words. A passage ends before it would exceed `most`; a new section ends it when it has `least`. */
export const passageSize = { most: 220, least: 60 };
/** Characters that count as a word where words are longer: what has no words at all (data in one line) is cut, too. */
const longWord = 36;
/** Characters that are looked at together. */
const stretch = 100_000;

/**
 * Terms of a title count as if the passage said them this often, those of its headings once. More finds pages about one thing better (facts in
 * Russian: 92.7% first at weight 1, 96.6% at 3) and changes nothing on XQuAD.
 */
export const titleWeight = 3;

type Piece = { start: number; end: number; words: number; heading: boolean };

/** The passages of a document; an empty one has a single empty passage, so that its title can still be found. */
export function passages(document: Pick<SourceDocument, "text" | "headings">): DocumentPassage[] {
  const { text, headings } = document;
  const found: DocumentPassage[] = [];
  let open: Piece[] = [];
  let count = 0;
  const close = (carry: Piece[] = []) => {
    if (open.length > 0) found.push({ start: open[0]!.start, end: open.at(-1)!.end, path: headingsAt(headings, open[0]!.start) });
    open = carry;
    count = carry.reduce((sum, piece) => sum + piece.words, 0);
  };
  for (const piece of pieces(text, headings)) {
    if (piece.heading && count >= passageSize.least) close();
    if (count > 0 && count + piece.words > passageSize.most) {
      // A heading belongs to what follows it.
      const last = open.at(-1)!;
      if (last.heading && open.length > 1) {
        open.pop();
        close([last]);
      } else if (!last.heading) close();
    }
    open.push(piece);
    count += piece.words;
  }
  close();
  return found.length > 0 ? found : [{ start: 0, end: 0, path: [] }];
}

/** Headings, paragraphs, and the sentences of paragraphs that are too long. */
function* pieces(text: string, headings: readonly Heading[]): Generator<Piece> {
  const starts = new Set(headings.map((heading) => heading.at));
  for (let start = 0; start < text.length; ) {
    if (text[start] === "\n") {
      start += 1;
      continue;
    }
    const next = text.indexOf("\n\n", start);
    const end = next < 0 ? text.length : next;
    const paragraph = text.slice(start, end);
    const count = sizeOf(paragraph);
    if (count <= passageSize.most) yield { start, end, words: count, heading: starts.has(start) };
    else for (const part of parts(paragraph, start)) yield part;
    start = end;
  }
}

/** The words of a text; more where they are longer than words. */
function sizeOf(text: string): number {
  const long = Math.ceil(text.length / longWord);
  return long > passageSize.most ? long : Math.max(long, words(text).length);
}

function* parts(paragraph: string, offset: number): Generator<Piece> {
  for (const sentence of sentences(paragraph)) {
    for (let from = 0; from < sentence.text.length; ) {
      const to = stretchEnd(sentence.text, from);
      yield* cutWords(sentence.text.slice(from, to), offset + sentence.start + from);
      from = to;
    }
  }
}

/** What has no sentences (data, code) is cut between words, what has no words between characters. */
function* cutWords(text: string, offset: number): Generator<Piece> {
  const inside = words(text);
  const most = passageSize.most * longWord;
  for (let i = 0; i === 0 || i < inside.length; i += passageSize.most) {
    const next = inside[i + passageSize.most];
    const end = next === undefined ? text.length : next.start;
    for (let from = i === 0 ? 0 : inside[i]!.start; from < end; ) {
      const to = end - from > most ? whole(text, from + most) : end;
      const count = Math.max(Math.min(passageSize.most, inside.length - i), Math.ceil((to - from) / longWord));
      yield { start: offset + from, end: offset + to, words: count, heading: false };
      from = to;
    }
  }
}

/** Where a stretch that begins at `from` ends: behind a space, if there is one. */
function stretchEnd(text: string, from: number): number {
  if (text.length - from <= stretch) return text.length;
  const space = text.lastIndexOf(" ", from + stretch);
  return space > from ? space + 1 : whole(text, from + stretch);
}

/** A place that does not stand within a character of two units. */
const whole = (text: string, at: number): number => (/[\ud800-\udbff]/.test(text[at - 1]!) ? at - 1 : at);

/** The headings that a place stands under, outermost first. */
export function headingsAt(headings: readonly Heading[], at: number): Heading[] {
  const path: Heading[] = [];
  for (const heading of headings) {
    if (heading.at > at) break;
    while (path.length > 0 && path.at(-1)!.level >= heading.level) path.pop();
    path.push(heading);
  }
  return path;
}
