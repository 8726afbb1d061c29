/**
 * Draws a diagnostic as people read it in a terminal: title, place, the lines with carets and label, text, hint.
 * Columns are counted as a terminal draws them, and nothing in the source can disturb the terminal.
 */
import type { Diagnostic } from "./diagnostic.ts";
import { lineStarts, positionAt, type Span } from "./span.ts";
import { characterWidth, textWidth } from "./width.ts";

export type RenderOptions = {
  /** ANSI colour; off unless asked. */
  readonly color?: boolean;
  /** Texts of the other files that `more` points into. */
  readonly sources?: (file: string) => string | undefined;
};

const tabWidth = 4;
/** Longer lines are shown only around the place that matters. */
const widest = 120;

type Paint = { readonly [Role in "severity" | "frame" | "title" | "second" | "hint"]: (text: string) => string };
type Mark = { readonly span: Span; readonly label: string; readonly main: boolean };

/** `source` is the text of `diagnostic.span.file`. The result has no final line end. */
export function renderDiagnostic(diagnostic: Diagnostic, source: string, options: RenderOptions = {}): string {
  const paint = palette(options.color ?? false, diagnostic.severity);
  const marks: Mark[] = [
    { span: diagnostic.span, label: diagnostic.label, main: true },
    ...(diagnostic.more ?? []).map((place) => ({ ...place, main: false })),
  ];
  const files = [...new Set(marks.map((mark) => mark.span.file))];
  const frames = files.map((file) => {
    const text = file === diagnostic.span.file ? source : (options.sources?.(file) ?? "");
    return frame(
      file,
      text,
      marks.filter((mark) => mark.span.file === file),
      paint,
    );
  });
  const head = `${paint.severity(`${diagnostic.severity}:`)} ${paint.title(diagnostic.title)}`;
  const hint = diagnostic.hint === undefined ? [] : [`${paint.hint("Hint:")} ${diagnostic.hint}`];
  return [[head, ...frames].join("\n"), diagnostic.text, ...hint].filter((part) => part !== "").join("\n\n");
}

function frame(file: string, text: string, marks: readonly Mark[], paint: Paint): string {
  const starts = lineStarts(text);
  const places = marks
    .map((mark) => ({ ...mark, ...positionAt(starts, Math.min(mark.span.start, text.length)) }))
    .sort((a, b) => a.line - b.line || a.column - b.column);
  const main = places.find((place) => place.main) ?? places[0]!;
  const gutter = String(places.at(-1)!.line).length + 1;
  const blank = `${" ".repeat(gutter)} ${paint.frame("│")}`;
  const rows = [`${" ".repeat(gutter)} ${paint.frame("┌─")} ${file}:${main.line}:${main.column}`, blank];
  let shown = 0;
  for (const place of places) {
    const line = cleanLine(text, starts, place.line, place.span);
    if (shown !== 0 && place.line > shown + 1) rows.push(`${" ".repeat(gutter)} ${paint.frame("·")}`);
    if (place.line !== shown) rows.push(`${String(place.line).padStart(gutter)} ${paint.frame("│")} ${line.text}`.trimEnd());
    const carets = (place.main ? "^" : "-").repeat(line.width);
    const label = place.label === "" ? "" : ` ${place.label}`;
    rows.push(`${blank} ${" ".repeat(line.column)}${(place.main ? paint.severity : paint.second)(carets + label)}`);
    shown = place.line;
  }
  return rows.join("\n");
}

/** One line as it is shown, and the columns that a span takes in it (at least one). */
function cleanLine(
  text: string,
  starts: readonly number[],
  line: number,
  span: Span,
): { text: string; column: number; width: number } {
  const start = starts[line - 1]!;
  const end = starts[line] ?? text.length;
  const raw = text.slice(start, end).replace(/[\r\n]+$/, "");
  const from = Math.min(span.start - start, raw.length);
  const to = Math.max(from, Math.min(span.end - start, raw.length));
  const first = raw.length > 4 * widest ? Math.max(0, from - widest) : 0;
  const last = raw.length > 4 * widest ? Math.min(raw.length, first + 2 * widest) : raw.length;
  const before = clean(raw.slice(first, from), 0);
  const inside = clean(raw.slice(from, Math.min(to, last)), textWidth(before));
  const after = clean(raw.slice(Math.max(from, Math.min(to, last)), last), textWidth(before + inside));
  return window(before, inside, after, first > 0, last < raw.length);
}

/** Cuts a long line to what stands around the span. */
function window(before: string, inside: string, after: string, cutLeft: boolean, cutRight: boolean) {
  const all = [...before, ...inside, ...after];
  let column = textWidth(before);
  let width = Math.max(1, textWidth(inside));
  let [left, right] = [cutLeft, cutRight];
  if (column + width + textWidth(after) > widest) {
    while (all.length > 0 && column > widest / 2) {
      column -= characterWidth(all.shift()!);
      left = true;
    }
    while (all.length > 0 && textWidth(all.join("")) > widest) {
      all.pop();
      right = true;
    }
    width = Math.max(1, Math.min(width, widest - column));
  }
  return { text: (left ? "…" : "") + all.join("") + (right ? "…" : ""), column: column + (left ? 1 : 0), width };
}

/** Tabs become spaces up to the next stop, control characters become their pictures, halves of surrogate pairs become U+FFFD. */
function clean(text: string, column: number): string {
  let result = "";
  let at = column;
  for (const character of text.toWellFormed()) {
    const code = character.codePointAt(0)!;
    let shown = character;
    if (character === "\t") shown = " ".repeat(tabWidth - (at % tabWidth));
    else if (code < 32) shown = String.fromCodePoint(0x2400 + code);
    else if ((code >= 127 && code < 160) || /\p{Bidi_Control}/u.test(character)) shown = "\ufffd";
    result += shown;
    at += textWidth(shown);
  }
  return result;
}

function palette(color: boolean, severity: Diagnostic["severity"]): Paint {
  const style = (code: string) => (text: string) => (color ? `\u001b[${code}m${text}\u001b[0m` : text);
  return {
    severity: style(severity === "error" ? "1;31" : "1;33"),
    title: style("1"),
    frame: style("36"),
    second: style("36"),
    hint: style("1;32"),
  };
}
