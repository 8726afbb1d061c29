/** From the raw pieces of a string to the text they mean: quotes off, escapes resolved, the indentation of a block stripped. */
import type { Faults } from "./faults.ts";
import { escapes } from "./tokens.ts";

/** One token of a string as it stands in the source: `"abc"`, `"abc{`, `}def{`, `}ghi"`. */
export type Piece = { readonly raw: string; readonly start: number };

/** The text of each piece, in order, and where it lies. Unknown escapes are reported and kept as they are. */
export function decode(pieces: readonly Piece[], block: boolean, faults: Faults): { text: string; start: number; end: number }[] {
  const bare = pieces.map((piece, i) => strip(piece, i === 0, i === pieces.length - 1, block));
  if (block) stripIndentation(bare);
  return bare.map(({ lines, start, end }) => {
    const texts = lines.map((line) => resolveEscapes(line.text, line.start, faults));
    return { text: texts.join("\n"), start, end };
  });
}

type Line = { text: string; start: number };
type Bare = { lines: Line[]; start: number; end: number };

/** Takes quotes and braces off and cuts the piece into lines. */
function strip({ raw, start }: Piece, first: boolean, last: boolean, block: boolean): Bare {
  const quotes = block ? '"""' : '"';
  const open = first ? quotes.length : 1;
  const closed = raw.length > open && raw.endsWith(last ? quotes : "{");
  const close = closed ? Math.min(last ? quotes.length : 1, raw.length - open) : 0;
  const inner = raw.slice(open, raw.length - close);
  const end = start + raw.length - close;
  if (!block) return { lines: [{ text: inner, start: start + open }], start: start + open, end };
  const lines: Line[] = [];
  let at = start + open;
  for (const part of inner.split(/(\r\n|\r|\n)/)) {
    if (/^[\r\n]/.test(part)) lines.push({ text: "", start: at + part.length });
    else if (lines.length === 0) lines.push({ text: part, start: at });
    else lines[lines.length - 1] = { text: part, start: at };
    at += part.length;
  }
  return { lines, start: start + open, end };
}

/**
 * When the closing quotes stand alone on their line, that line and the line end before it are not part of the text, and its indentation is taken
 * off every line. A line end directly behind the opening quotes is never part of the text.
 */
function stripIndentation(pieces: Bare[]): void {
  const [first, last] = [pieces[0]!, pieces.at(-1)!];
  const tail = last.lines.at(-1)!;
  const indent = last.lines.length > 1 && /^[ \t]*$/.test(tail.text) ? tail.text.length : 0;
  const alone = last.lines.length > 1 && /^[ \t]*$/.test(tail.text);
  for (const piece of pieces) {
    piece.lines.forEach((line, i) => {
      if (i === 0) return;
      const spaces = /^[ \t]*/.exec(line.text)![0].length;
      const cut = Math.min(indent, spaces);
      line.text = line.text.slice(cut);
      line.start += cut;
    });
  }
  if (alone) last.lines.pop();
  if (first.lines.length > 1 && first.lines[0]!.text.trim() === "") first.lines.shift();
}

function resolveEscapes(raw: string, start: number, faults: Faults): string {
  if (!raw.includes("\\")) return raw;
  return raw.replace(/\\([\s\S]?)/gu, (whole: string, character: string, offset: number) => {
    const meant = escapes[character];
    if (meant !== undefined) return meant;
    faults.report({
      code: "unknown_escape",
      title: "Unknown escape",
      text: `\`${whole}\` means nothing in a text.`,
      hint:
        character === "}"
          ? "A closing brace needs no backslash: write `}`."
          : `The escapes are ${Object.keys(escapes)
              .map((key) => `\`\\${key}\``)
              .join(", ")}; a backslash itself is \`\\\\\`.`,
      label: "unknown",
      start: start + offset,
      end: start + offset + whole.length,
      fix: {
        title: character === "}" ? "Write `}`" : "Double the backslash",
        changes: [{ start: start + offset, end: start + offset + whole.length, text: character === "}" ? "}" : `\\${whole}` }],
      },
    });
    return whole;
  });
}
