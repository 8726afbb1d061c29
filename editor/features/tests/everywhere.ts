/** Every offering feature asked at a place, for tests that hold them to never throwing: what comes back lies in the text, and what is offered applies. */
import { expect } from "vitest";
import type { View } from "../../service.ts";
import { applied, type Edit } from "../../words.ts";
import { codeActions } from "../code-actions.ts";
import { codeLenses } from "../code-lenses.ts";
import { completion } from "../completion.ts";
import { hover } from "../hover.ts";
import { inlayHints } from "../inlay-hints.ts";
import { signatureHelp } from "../signature-help.ts";

/** Asks everything that is about an offset; the edits of what was offered there. */
export function askAt(view: View, offset: number): { readonly title: string; readonly edits: readonly Edit[] }[] {
  const { length } = view.text;
  // `expect` for each of a hundred offers would be most of the work.
  const must = (holds: boolean, what: string): void => {
    if (!holds) throw new Error(`${what} at ${offset}`);
  };
  const inside = ({ start, end }: { start: number; end: number }) => must(0 <= start && start <= end && end <= length, "outside");
  for (const { span, also, label, insert } of completion(view, offset)) {
    inside(span);
    also?.forEach(inside);
    must(span.start <= offset && offset <= span.end, `${label} is not about the caret`);
    must(insert !== "", `${label} inserts nothing`);
  }
  const about = hover(view, offset);
  if (about) {
    inside(about.span);
    expect(about.markdown).not.toMatch(/undefined|\[object/);
  }
  const help = signatureHelp(view, offset);
  for (const { start, end } of help?.parameters ?? []) expect(0 <= start && start <= end && end <= help!.label.length).toBe(true);
  const offers = codeActions(view, { start: offset, end: Math.min(length, offset + (offset % 3 === 0 ? 9 : 0)) });
  for (const { edits } of offers) {
    edits.filter(({ file }) => file === view.path).forEach(inside);
    apartOnly(edits);
  }
  return offers;
}

/** Asks everything that is about the whole text. */
export function askAll(view: View): void {
  const { length } = view.text;
  for (const { at } of inlayHints(view, { start: 0, end: length })) expect(0 <= at && at <= length).toBe(true);
  for (const { span } of codeLenses(view)) expect(span.start <= span.end && span.end <= length).toBe(true);
}

/** No two edits of one file overlap. */
function apartOnly(edits: readonly Edit[]): void {
  const sorted = edits.toSorted((a, b) => a.start - b.start || a.end - b.end);
  sorted.forEach((edit, i) => {
    const before = sorted[i - 1];
    if (before?.file === edit.file) expect(before.end <= edit.start, JSON.stringify(edits)).toBe(true);
  });
}

/** The text of the view after the edits of its own file. */
export const afterOwn = (view: View, edits: readonly Edit[]): string =>
  applied(
    view.text,
    edits.filter(({ file }) => file === view.path),
  );

/** Numbers that look drawn, the same in every run. */
export function draws(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}
