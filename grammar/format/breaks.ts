/**
 * Decides where lines end. The author's line ends stay; brackets are opened and closed alike; blank lines are at most one.
 * A bracket is either broken (its content begins on a new line and its partner stands on a line of its own) or hangs.
 */
import { sign, TextMiddle, TextOpen } from "../tokens.ts";
import { type Atom, closes, isBrace, isComment, opens, partners } from "./atoms.ts";

/** Makes the line ends canonical, in place, and returns the atoms without the commas that line ends replace. */
export function settleBreaks(atoms: Atom[]): Atom[] {
  if (atoms.length > 0) atoms[0]!.breaks = 0;
  for (let i = 1; i < atoms.length; i++) {
    if (isComment(atoms[i - 1])) atoms[i]!.breaks ||= 1;
  }
  const partner = partners(atoms);
  const broken = brokenBraces(atoms);
  const stack: number[] = [];
  atoms.forEach((atom, i) => {
    if (closes(atom)) stack.pop();
    const top = stack.at(-1);
    if (atom.breaks > 1 && !blankAllowed(atoms, i, top)) atom.breaks = 1;
    if (atom.item && top === undefined && i > 0) atom.breaks ||= 1;
    if (opens(atom)) {
      settleBracket(atoms, i, partner[i]!, broken.has(i));
      stack.push(i);
    }
    if ((atom.type === TextOpen || atom.type === TextMiddle) && !isComment(atoms[i + 1])) atoms[i + 1]!.breaks = 0;
    if (atom.type === TextMiddle) atom.breaks = isComment(atoms[i - 1]) ? 1 : 0;
  });
  return dropCommas(atoms, broken);
}

/** Braces with a line end directly inside: they hold one item per line. */
function brokenBraces(atoms: readonly Atom[]): Set<number> {
  const broken = new Set<number>();
  const stack: number[] = [];
  atoms.forEach((atom, i) => {
    const top = stack.at(-1);
    if (atom.breaks > 0 && top !== undefined && isBrace(atoms[top])) broken.add(top);
    if (opens(atom)) stack.push(i);
    else if (closes(atom)) stack.pop();
  });
  return broken;
}

/** A blank line may stand before an item or a comment between items. */
function blankAllowed(atoms: readonly Atom[], i: number, top: number | undefined): boolean {
  const atom = atoms[i]!;
  const between = top === undefined || isBrace(atoms[top]);
  return between && (atom.item || isComment(atom)) && i - 1 !== top;
}

function settleBracket(atoms: readonly Atom[], open: number, close: number, brokenBrace: boolean): void {
  const first = atoms[open + 1]!;
  const last = atoms[close]!;
  if (close === open + 1) last.breaks = 0;
  else if (isBrace(atoms[open])) {
    if (brokenBrace && !(isComment(first) && first.breaks === 0)) first.breaks = 1;
    last.breaks = brokenBrace ? 1 : 0;
  } else {
    const begins = first.breaks > 0 || isComment(first);
    last.breaks = (begins && atoms[open]!.type !== TextOpen) || isComment(atoms[close - 1]) ? 1 : 0;
  }
}

/** In braces a line end separates; the comma before it goes. */
function dropCommas(atoms: readonly Atom[], broken: ReadonlySet<number>): Atom[] {
  const stack: number[] = [];
  return atoms.filter((atom, i) => {
    const top = stack.at(-1);
    if (opens(atom)) stack.push(i);
    else if (closes(atom)) stack.pop();
    if (atom.type !== sign.Comma || atom.joins || top === undefined || !broken.has(top)) return true;
    const next = atoms[i + 1]!;
    return !(next.breaks > 0 || isComment(next));
  });
}

/** Breaks the bracket at `open`: one item per line, in place. */
export function explode(atoms: readonly Atom[], open: number, close: number): void {
  let depth = 0;
  for (let i = open; i < close; i++) {
    const [atom, next] = [atoms[i]!, atoms[i + 1]!];
    if (opens(atom)) depth++;
    else if (closes(atom)) depth--;
    const ends = i === open || (atom.type === sign.Comma && !atom.joins && depth === 1);
    if (ends && !isComment(next)) next.breaks ||= 1;
  }
  atoms[close]!.breaks = 1;
}
