/** Lays atoms out in lines: indentation by brackets and items, columns as a terminal counts them. */
import type { TokenType } from "chevrotain";
import { sign, TextMiddle, word } from "../tokens.ts";
import { textWidth } from "../width.ts";
import { memberAt } from "./align.ts";
import { type Atom, closes, isBrace, isComment, opens } from "./atoms.ts";
import { spaces } from "./spacing.ts";

export type Line = {
  /** Index of its first atom and of the one behind its last. */
  readonly from: number;
  readonly to: number;
  /** Without a comment at its end; with the lines of block texts. */
  readonly code: string;
  /** Columns of the last line of `code`. */
  readonly width: number;
  /** The column behind each atom. */
  readonly ends: readonly number[];
  readonly comment?: Atom;
};

/** An open bracket: `base` is the indentation of its line, `content` the column behind it. */
type Frame = {
  readonly brace: boolean;
  readonly hangs: boolean;
  readonly base: number;
  readonly content: number;
  /** Indentation of the item at hand and the column of its `=`, if it is a binding. */
  item: number;
  equals: number | undefined;
  /** The index of that `=`. */
  binding: number | undefined;
};

const step = 2;
const arithmetic = new Set<TokenType | undefined>([sign.Plus, sign.Minus, sign.Star, sign.Slash, word.and, word.or]);
const ownLevel = new Set<TokenType | undefined>([word.over, word.where, sign.Bar]);

/** All lines of the atoms; `pads` are extra spaces before an atom. */
export function linesOf(atoms: readonly Atom[], pads: ReadonlyMap<number, number>): Line[] {
  const lines: Line[] = [];
  const frames: Frame[] = [
    { brace: true, hangs: false, base: -step, content: 0, item: 0, equals: undefined, binding: undefined },
  ];
  for (let from = 0; from < atoms.length; ) {
    let to = from + 1;
    while (to < atoms.length && atoms[to]!.breaks === 0) to++;
    lines.push(line(atoms, from, to, pads, frames));
    from = to;
  }
  return lines;
}

function line(atoms: readonly Atom[], from: number, to: number, pads: ReadonlyMap<number, number>, frames: Frame[]): Line {
  const indent = indentation(atoms, from, frames.at(-1)!);
  const trailing = to - from > 1 && isComment(atoms[to - 1]);
  let code = " ".repeat(indent);
  let column = indent;
  const ends: number[] = [];
  for (let i = from; i < (trailing ? to - 1 : to); i++) {
    const atom = atoms[i]!;
    const gap = i === from ? 0 : spaces(atoms[i - 1]!, atom) + (pads.get(i) ?? 0);
    code += " ".repeat(gap) + atom.text;
    const newLine = atom.text.lastIndexOf("\n");
    column = newLine < 0 ? column + gap + textWidth(atom.text) : textWidth(atom.text.slice(newLine + 1));
    ends.push(column);
    track(atoms, i, indent, column, frames);
  }
  const comment = trailing ? { comment: atoms[to - 1]! } : {};
  return { from, to, code, width: column, ends, ...comment };
}

/** Follows brackets and items. */
function track(atoms: readonly Atom[], i: number, indent: number, column: number, frames: Frame[]): void {
  const atom = atoms[i]!;
  const top = frames.at(-1)!;
  if (closes(atom)) frames.pop();
  else if (atom.item && top.brace) {
    const member = frames.length > 1 ? memberAt(atoms, i) : undefined;
    top.item = indent;
    top.equals = undefined;
    top.binding = member?.kind === "=" ? member.at : undefined;
  } else if (i === top.binding) top.equals = column - 1;
  if (!opens(atom)) return;
  const next = atoms[i + 1]!;
  const brace = isBrace(atom);
  frames.push({
    brace,
    hangs: next.breaks === 0 && !isComment(next),
    base: brace && top.brace ? top.item : indent,
    content: brace ? column + 1 : column,
    item: indent,
    equals: undefined,
    binding: undefined,
  });
}

function indentation(atoms: readonly Atom[], from: number, top: Frame): number {
  const first = atoms[from]!;
  if (closes(first) || first.type === TextMiddle) return Math.max(0, top.base);
  let i = from;
  while (isComment(atoms[i])) i++;
  const atom = atoms[i];
  const inner = top.base + step;
  if (top.brace) {
    if (atom === undefined || closes(atom) || atom.item) return top.hangs ? top.content : inner;
    return arithmetic.has(atom.type) && top.equals !== undefined ? top.equals : top.item + step;
  }
  if (top.hangs) return top.content;
  let before = from - 1;
  while (isComment(atoms[before])) before--;
  const begins = atoms[before]!.type === sign.Comma || opens(atoms[before]) || atom === undefined || closes(atom);
  return begins || ownLevel.has(atom.type) ? inner : inner + step;
}
