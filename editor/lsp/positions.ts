/** Offsets of a text as lines and characters, counted as the client counts them: in units of UTF-16, in bytes of UTF-8, or in characters. */
import type { Position, Range as ProtocolRange } from "vscode-languageserver";
import { lineStarts } from "../../grammar/index.ts";
import type { Range } from "../words.ts";

/** How a client counts characters in a line. */
export type Encoding = "utf-16" | "utf-8" | "utf-32";

/** The first encoding of the client's list that we know; UTF-16, which every client knows, when it names none. */
export function negotiated(offered: readonly string[] | undefined): Encoding {
  const known: readonly string[] = ["utf-16", "utf-8", "utf-32"];
  return (offered?.find((each) => known.includes(each)) ?? "utf-16") as Encoding;
}

/** The lines of one text. Places outside are clamped into it, so that no request can miss. */
export class Lines {
  readonly text: string;
  private readonly encoding: Encoding;
  private readonly starts: readonly number[];

  constructor(text: string, encoding: Encoding) {
    this.text = text;
    this.encoding = encoding;
    this.starts = lineStarts(text);
  }

  /** How many lines there are, at least one. */
  get count(): number {
    return this.starts.length;
  }

  /** Where an offset lies, both counted from 0. */
  position(offset: number): Position {
    const at = Math.max(0, Math.min(offset, this.text.length));
    let low = 0;
    let high = this.starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.starts[middle]! <= at) low = middle;
      else high = middle - 1;
    }
    return { line: low, character: this.width(this.starts[low]!, at) };
  }

  /** The offset of a position; a character past the end of its line is the line's end. */
  offset({ line, character }: Position): number {
    if (!(line >= 0)) return 0;
    if (line >= this.starts.length) return this.text.length;
    const start = this.starts[Math.trunc(line)]!;
    const end = this.lineEnd(Math.trunc(line));
    if (!(character > 0)) return start;
    if (this.encoding === "utf-16") return Math.min(start + Math.trunc(character), end);
    let left = character;
    let at = start;
    while (at < end) {
      const code = this.text.codePointAt(at)!;
      left -= this.encoding === "utf-8" ? bytesOf(code) : 1;
      if (left < 0) break;
      at += code > 0xffff ? 2 : 1;
    }
    return Math.min(at, end);
  }

  range({ start, end }: Range): ProtocolRange {
    return { start: this.position(start), end: this.position(end) };
  }

  /** The offsets of a range; one that runs backwards is turned round. */
  offsets(range: ProtocolRange): Range {
    const [start, end] = [this.offset(range.start), this.offset(range.end)];
    return start <= end ? { start, end } : { start: end, end: start };
  }

  /** How wide the text from `start` to `end`, within one line, is to the client. */
  width(start: number, end: number): number {
    if (this.encoding === "utf-16") return end - start;
    let width = 0;
    for (const character of this.text.slice(start, end))
      width += this.encoding === "utf-8" ? bytesOf(character.codePointAt(0)!) : 1;
    return width;
  }

  /** Where a line ends, its line break not counted. */
  lineEnd(line: number): number {
    let end = this.starts[line + 1] ?? this.text.length;
    if (line + 1 < this.starts.length) {
      if (this.text[end - 1] === "\n") end--;
      if (this.text[end - 1] === "\r") end--;
    }
    return end;
  }

  /** Where a line begins. */
  lineStart(line: number): number {
    return this.starts[line]!;
  }
}

const bytesOf = (code: number): number => (code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4);
