/**
 * PDF to a document: the pieces of text that a page is painted with become lines, lines paragraphs, larger letters headings; what repeats at the edges
 * of pages is left out, and where each page begins is kept. pdf.js (the npm package `unpdf`) reads the file; it is loaded with the first PDF.
 */
import { anchorOf, type Heading, type ReadText } from "./document.ts";

/** A piece of text on a page, in points from its lower left corner. */
export type PageItem = {
  readonly str: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly fontSize: number;
  readonly fontFamily: string;
  readonly hasEOL: boolean;
};

/** The document of a PDF, or why it cannot be read, in a few words. */
export async function readPdf(bytes: Uint8Array): Promise<(ReadText & { readonly pages: readonly number[] }) | string> {
  const { extractTextItems, getDocumentProxy, getMeta } = await import("unpdf");
  let pdf: Awaited<ReturnType<typeof getDocumentProxy>> | undefined;
  try {
    // A copy: pdf.js takes the bytes for itself. 0: it says nothing on the console.
    pdf = await getDocumentProxy(new Uint8Array(bytes), { verbosity: 0 });
    const { items } = await extractTextItems(pdf);
    const read = documentOf(items);
    if (read.text === "") return "no text in it; are its pages pictures?";
    const { info } = await getMeta(pdf);
    const named = typeof info.Title === "string" ? info.Title.trim() : "";
    // Programs write their own files' names there.
    return /\S/.test(named) && !/\.(docx?|tex|dvi|indd|pages|odt)$/i.test(named) ? { ...read, title: named } : read;
  } catch (error) {
    const { name, message } = error as Error;
    if (name === "PasswordException") return "encrypted: it asks for a password";
    return `not a PDF that can be read (${message.split("\n")[0]!.replace(/\.$/, "").slice(0, 80)})`;
  } finally {
    await pdf?.loadingTask.destroy();
  }
}

type Line = {
  readonly text: string;
  readonly x: number;
  readonly y: number;
  readonly right: number;
  readonly size: number;
  readonly fixed: boolean;
};
type Block = { text: string; readonly size: number; readonly fixed: boolean; last: Line };

/** The pages of a PDF as one text. */
export function documentOf(pages: readonly (readonly PageItem[])[]): ReadText & { readonly pages: readonly number[] } {
  const lines = withoutEdges(pages.map(linesOf));
  const all = lines.flat();
  const body = quantile(
    all.flatMap(({ text, size }) => Array.from({ length: Math.ceil(text.length / 20) }, () => size)),
    0.5,
  );
  const pairs = lines
    .flatMap((page) => page.slice(1).map((line, i) => [page[i]!, line] as const))
    .filter(([a, b]) => isOne(a, b));
  const gaps = pairs.map(([a, b]) => a.y - b.y).filter((gap) => gap > 0);
  const pitch = quantile(gaps, 0.3);
  const sizes = [...new Set(all.map(({ size }) => Math.round(size)).filter((size) => size >= larger * body))].sort(
    (a, b) => b - a,
  );
  const out = { text: "", headings: [] as Heading[], anchors: new Map<string, number>(), pages: [] as number[] };
  let open: Block | undefined;
  const close = () => {
    if (open === undefined) return;
    const at = out.text === "" ? 0 : out.text.length + 2;
    out.text += `${at === 0 ? "" : "\n\n"}${open.text}`;
    const level = sizes.indexOf(Math.round(open.size)) + 1;
    if (level > 0 && open.text.length <= 200)
      out.headings.push({ at, level: Math.min(level, 6), text: open.text, anchor: anchorOf(open.text, out.anchors) });
    open = undefined;
  };
  for (const page of lines) {
    const first = page[0];
    // A sentence goes on from one page to the next.
    const goesOn = open !== undefined && first !== undefined && isOne(open.last, first) && /^\p{Ll}/u.test(first.text);
    if (!goesOn || !/[^.!?:]$/.test(open!.text)) close();
    out.pages.push(open === undefined ? (out.text === "" ? 0 : out.text.length + 2) : startOf(out.text) + open.text.length);
    for (const [i, line] of page.entries()) {
      if (open !== undefined && i > 0 && !continues(open, line, pitch)) close();
      if (open === undefined) open = { text: line.text, size: line.size, fixed: line.fixed, last: line };
      else {
        open.text = joinedTo(open.text, line.text, open.fixed);
        open.last = line;
      }
    }
  }
  close();
  const top = out.headings.find(({ level }) => level === 1) ?? out.headings[0];
  return { title: top?.text, text: out.text, headings: out.headings, pages: out.pages };
}

/** Letters that are so much larger than the text's make a heading. */
const larger = 1.12;

const startOf = (text: string): number => (text === "" ? 0 : text.length + 2);

function linesOf(items: readonly PageItem[]): Line[] {
  const lines: Line[] = [];
  let parts: PageItem[] = [];
  const end = () => {
    const text = textOf(parts);
    const told = parts.filter(({ str }) => str.trim() !== "");
    parts = [];
    if (text === "") return;
    const most = told.reduce((a, b) => (b.str.length > a.str.length ? b : a));
    const fixed = told.every(({ fontFamily }) => fontFamily === "monospace");
    const right = Math.max(...told.map(({ x, width }) => x + width));
    lines.push({ text, x: told[0]!.x, y: told[0]!.y, right, size: most.fontSize, fixed });
  };
  for (const item of items) {
    const before = parts.findLast(({ str }) => str.trim() !== "");
    // Raised and lowered letters stay in their line.
    if (before !== undefined && item.str !== "" && Math.abs(item.y - before.y) > 0.6 * Math.max(item.fontSize, before.fontSize))
      end();
    parts.push(item);
    if (item.hasEOL) end();
  }
  end();
  return lines;
}

/** Pieces side by side, with a space where there is room for one. */
function textOf(parts: readonly PageItem[]): string {
  let text = "";
  let edge = Number.NaN;
  for (const { str, x, width, fontSize } of parts) {
    if (str === "") continue;
    if (x - edge > 0.2 * fontSize && !/\s$/.test(text) && !/^\s/.test(str)) text += " ";
    text += str;
    edge = x + width;
  }
  // Dots that lead to a page's number say nothing.
  return text
    .replace(/(?:\s*\.){4,}\s*/g, " ")
    .replace(/\s+/g, " ")
    .trim();
}

/** Pages without the lines at their edges that repeat from page to page (but for their numbers), and without bare page numbers. */
function withoutEdges(pages: readonly Line[][]): Line[][] {
  const shape = ({ text }: Line): string => text.replace(/\d+|\b[ivxlc]+\b/gi, "#");
  const seen = new Map<string, number>();
  for (const page of pages)
    for (const line of new Set([page[0], page.at(-1)])) if (line) seen.set(shape(line), (seen.get(shape(line)) ?? 0) + 1);
  const repeats = (line: Line | undefined): boolean =>
    line !== undefined && (shape(line) === "#" || (seen.get(shape(line)) ?? 0) >= 3);
  return pages.map((page) => page.filter((line, i) => !((i === 0 || i === page.length - 1) && page.length > 1 && repeats(line))));
}

const isOne = (a: Line, b: Line): boolean => Math.abs(a.size - b.size) < 0.08 * a.size && a.fixed === b.fixed;

/** Whether a line belongs to the block that is open. */
function continues({ last }: Block, line: Line, pitch: number): boolean {
  const gap = last.y - line.y;
  // Back up: the next column begins.
  if (gap < 0) return isOne(last, line) && /^\p{Ll}/u.test(line.text);
  if (gap > 1.35 * pitch && gap > 1.6 * line.size) return false;
  if (!isOne(last, line)) return last.fixed === line.fixed && last.size < larger * line.size && line.size < larger * last.size;
  return !/^(?:[•·▪‣–—-]|\d+[.)])\s/.test(line.text);
}

/** A line after another: code keeps its lines, a word that was divided becomes whole again. */
function joinedTo(text: string, line: string, fixed: boolean): string {
  if (fixed) return `${text}\n${line}`;
  if (/\p{L}[-\u00ad\u2010]$/u.test(text) && /^\p{Ll}/u.test(line)) return text.slice(0, -1) + line;
  return `${text} ${line}`;
}

function quantile(numbers: readonly number[], share: number): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length * share)] ?? 0;
}
