/** A span is a half-open range of UTF-16 offsets in one file; nothing here knows what the text means. */

/** `start <= end`, both within the text of `file`. */
export type Span = { readonly file: string; readonly start: number; readonly end: number };

/** The smallest span that covers both; both are of one file. */
export function cover(a: Span, b: Span): Span {
  return { file: a.file, start: Math.min(a.start, b.start), end: Math.max(a.end, b.end) };
}

/** Whether `offset` lies in the span, its end included (an editor's caret stands there). */
export function contains(span: Span, offset: number): boolean {
  return span.start <= offset && offset <= span.end;
}

/** A place as people count it: both from 1, the column in UTF-16 units. */
export type Position = { readonly line: number; readonly column: number };

/** Offsets at which lines begin. `\n`, `\r\n` and a lone `\r` end a line. */
export function lineStarts(text: string): number[] {
  const starts = [0];
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (c === 10 || (c === 13 && text.charCodeAt(i + 1) !== 10)) starts.push(i + 1);
  }
  return starts;
}

/** Where an offset lies, given `lineStarts` of the text. Offsets outside are clamped to the first or last line. */
export function positionAt(starts: readonly number[], offset: number): Position {
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (starts[middle]! <= offset) low = middle;
    else high = middle - 1;
  }
  return { line: low + 1, column: Math.max(0, offset - starts[low]!) + 1 };
}
