/** Breaks lines that are too long, where a reader would: at braces, at commas, before `then`, before an operator, at other brackets. */
import type { TokenType } from "chevrotain";
import { sign, TextOpen, word } from "../tokens.ts";
import { type Atom, closes, isBrace, isComment, opens, partners } from "./atoms.ts";
import { explode } from "./breaks.ts";
import type { Line } from "./lines.ts";

/** Code longer than this is broken; comments and texts are left as long as they are. */
const widest = 120;
/** Brackets with less between them stay in one piece. */
const leastWorth = 12;
/** A line is broken at a comma or an operator only behind this column, so that something stays on it. */
const leastKept = 54;

/** Breaks every line that is too long in one place, in place; false when nothing could be broken. */
export function wrap(atoms: readonly Atom[], lines: readonly Line[]): boolean {
  const partner = partners(atoms);
  let changed = false;
  for (const line of lines) {
    if (line.width > widest && !line.code.includes("\n") && wrapLine(atoms, line, partner)) changed = true;
  }
  return changed;
}

/** The places on one line at which it might be broken. */
type Places = {
  /** Brackets that open and close on the line, outermost only, with the columns between them. */
  readonly pairs: { readonly open: number; readonly inside: number }[];
  /** A bracket that hangs: opened here, closed on another line. */
  readonly hanging: number | undefined;
  /** Last comma, and last operator of each strength, that fit on the line. */
  readonly comma: number | undefined;
  readonly operators: readonly (number | undefined)[];
  readonly choice: readonly number[];
};

const strengths: readonly ReadonlySet<TokenType | undefined>[] = [
  new Set([word.or]),
  new Set([word.and]),
  new Set([sign.Plus, sign.Minus]),
];

function wrapLine(atoms: readonly Atom[], line: Line, partner: Int32Array): boolean {
  const places = placesOn(atoms, line, partner);
  // A brace at the end of the line is a body or a record of fields; one inside is just a bracket.
  const last = line.to - (line.comment ? 2 : 1);
  const brace = largest(places.pairs.filter(({ open }) => isBrace(atoms[open]) && partner[open] === last));
  const operator = places.operators.find((at) => at !== undefined);
  const pair = largest(places.pairs);
  if (brace !== undefined && atoms[line.from]!.type === word.use) openOnly(atoms, brace, partner[brace]!);
  else if (brace !== undefined) explode(atoms, brace, partner[brace]!);
  else if (places.comma !== undefined) atoms[places.comma + 1]!.breaks = 1;
  else if (places.choice.length > 0) for (const at of places.choice) atoms[at]!.breaks = 1;
  else if (operator !== undefined) atoms[operator]!.breaks = 1;
  else if (pair !== undefined) explode(atoms, pair, partner[pair]!);
  else if (places.hanging !== undefined) explode(atoms, places.hanging, partner[places.hanging]!);
  else return false;
  return true;
}

function largest(pairs: Places["pairs"]): number | undefined {
  const worth = pairs.filter(({ inside }) => inside >= leastWorth);
  return worth.length === 0 ? undefined : worth.reduce((a, b) => (b.inside > a.inside ? b : a)).open;
}

/** Imports fill their lines: only the braces are set apart. */
function openOnly(atoms: readonly Atom[], open: number, close: number): void {
  atoms[open + 1]!.breaks ||= 1;
  atoms[close]!.breaks = 1;
}

function placesOn(atoms: readonly Atom[], line: Line, partner: Int32Array): Places {
  const pairs: Places["pairs"] = [];
  const operators: (number | undefined)[] = strengths.map(() => undefined);
  const choice: number[] = [];
  let hanging: number | undefined;
  let comma: number | undefined;
  for (let i = line.from; i < line.to; i++) {
    const atom = atoms[i]!;
    const column = line.ends[i - line.from]!;
    const close = partner[i]!;
    if (opens(atom) && close < line.to) {
      if (atom.type !== TextOpen && close > i + 1) pairs.push({ open: i, inside: line.ends[close - line.from]! - column });
      i = close;
    } else if (opens(atom)) {
      if (atom.type !== TextOpen && atoms[i + 1]!.breaks === 0) hanging ??= i;
      pairs.length = 0;
    } else if (!closes(atom) && i > line.from && column > leastKept && column <= widest) {
      const next = atoms[i + 1];
      if (atom.type === sign.Comma && !atom.joins && next && next.breaks === 0 && !isComment(next)) comma = i;
      const strength = atom.clings ? -1 : strengths.findIndex((set) => set.has(atom.type));
      if (strength >= 0 && hanging === undefined) operators[strength] = i;
    }
    if (
      hanging === undefined &&
      i > line.from &&
      (atom.type === word.then || atom.type === word.else) &&
      !afterDotOrLabel(atoms, i)
    )
      choice.push(i);
  }
  return { pairs, hanging, comma, operators, choice };
}

/** Where `then` is a field or a label and not the word. */
const afterDotOrLabel = (atoms: readonly Atom[], i: number) =>
  atoms[i - 1]?.type === sign.Dot || atoms[i + 1]?.type === sign.Colon;
