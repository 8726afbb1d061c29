/**
 * A text that is edited: after an edit only the segments that looked at what changed are read again, and the tree is always what reading the whole
 * text would give. Nodes of the other segments stay the same objects; those behind the edit are moved in place, spans and all, so whoever
 * keeps a node keeps it in the right place, and whoever wants a place of the past copies its numbers.
 */
import { joined, type Parsed } from "./parse.ts";
import { mostTokens } from "./scan.ts";
import { readSegment, readSegments, type Segment } from "./segment.ts";
import type { Span } from "./span.ts";

export class EditedFile {
  readonly file: string;
  #text: string;
  #segments: readonly Segment[];
  #parsed: Parsed;

  constructor(text: string, file: string) {
    this.file = file;
    this.#text = text;
    this.#segments = readSegments(text, file);
    this.#parsed = joined(this.#segments, text.length, file);
  }

  get text(): string {
    return this.#text;
  }

  /** The tree and the syntax errors of the text as it is now. */
  get parsed(): Parsed {
    return this.#parsed;
  }

  /** The text becomes another; where they differ is found here. */
  update(text: string): Parsed {
    if (text === this.#text) return this.#parsed;
    const tokens = this.#segments.reduce((sum, segment) => sum + segment.tokens, 0);
    const isPlain = tokens < mostTokens / 2 && !text.includes("\u0000") && !this.#text.includes("\u0000");
    this.#segments = isPlain ? this.#reread(text) : readSegments(text, this.file);
    this.#text = text;
    this.#parsed = joined(this.#segments, text.length, this.file);
    return this.#parsed;
  }

  #reread(text: string): Segment[] {
    const before = this.#text;
    const { from, same } = difference(before, text);
    const moved = text.length - before.length;
    // Segments behind this offset hold nothing that changed.
    const behind = before.length - same;
    const old = this.#segments;
    const first = old.findIndex(({ reach }) => reach > from);
    const segments = old.slice(0, first);
    let next = first;
    for (let at = old[first]!.start; at < text.length || segments.length === 0; at = segments.at(-1)!.end) {
      while (next < old.length && (old[next]!.start < behind || old[next]!.start + moved < at)) next++;
      const kept = old[next];
      if (kept && next > 0 && at > 0 && kept.start + moved === at) {
        const rest = old.slice(next);
        if (moved !== 0) rest.forEach((segment) => void move(segment, moved));
        return [...segments, ...rest];
      }
      segments.push(readSegment(text, at, this.file));
    }
    return segments;
  }
}

/** The offset of the first difference, and how many characters at the end are the same. */
function difference(a: string, b: string): { from: number; same: number } {
  const length = Math.min(a.length, b.length);
  let from = 0;
  while (from < length && a.charCodeAt(from) === b.charCodeAt(from)) from++;
  let same = 0;
  while (same < length - from && a.charCodeAt(a.length - 1 - same) === b.charCodeAt(b.length - 1 - same)) same++;
  return { from, same };
}

type Movable = { -readonly [Key in keyof Span]: Span[Key] };

function move(segment: Segment, by: number): void {
  segment.start += by;
  segment.end += by;
  segment.reach += by;
  for (const span of segment.spans as readonly Movable[]) {
    span.start += by;
    span.end += by;
  }
}
