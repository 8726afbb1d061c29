/** The words, signs and comments of a file in order, with what the formatter must know of each. Nothing here moves anything. */
import type { TokenType } from "chevrotain";
import type { Body } from "../ast.ts";
import type { ParsedTokens } from "../parse.ts";
import type { Lexeme } from "../scan.ts";
import * as tokens from "../tokens.ts";

const { sign, word } = tokens;

export type Atom = {
  readonly text: string;
  /** None for a comment. */
  readonly type: TokenType | undefined;
  /** Line ends before it: 2 is a blank line. */
  breaks: number;
  /** Spaces the author put before it on its line. */
  readonly gap: number;
  /** It begins a declaration, a statement, a field or an entry. */
  readonly item: boolean;
  /** A minus with one operand, or the dots of a range: no space follows. */
  readonly clings: boolean;
  /** A comma between the names of a binding: no place to end a line. */
  readonly joins: boolean;
  /** An operand may end with it, so that a bracket behind it calls or indexes. */
  readonly operand: boolean;
};

const openers = new Set<TokenType | undefined>([sign.OpenParen, sign.OpenSquare, sign.OpenBrace, tokens.TextOpen]);
const closers = new Set<TokenType | undefined>([sign.CloseParen, sign.CloseSquare, sign.CloseBrace, tokens.TextClose]);
export const opens = (atom: Atom | undefined) => openers.has(atom?.type);
export const closes = (atom: Atom | undefined) => closers.has(atom?.type);
export const isComment = (atom: Atom | undefined) => atom !== undefined && atom.type === undefined;
export const isBrace = (atom: Atom | undefined) => atom?.type === sign.OpenBrace;

const operands = new Set<TokenType>([
  ...[tokens.Identifier, tokens.Unit, tokens.NumberToken, tokens.String_, tokens.TextClose, tokens.CloseAngle],
  ...[sign.CloseParen, sign.CloseSquare, sign.CloseBrace, sign.Percent, word.true, word.false],
  ...[...tokens.kinds, ...tokens.particles].map((text) => word[text]),
]);

/** All atoms of a text that parsed without a fault. */
export function atomsOf(text: string, { tree, lexemes }: ParsedTokens): Atom[] {
  const { comments } = tree;
  const declarations = new Set(tree.decls.map((decl) => decl.span.start));
  const bodies = new Set<number>();
  addBodies(tree, bodies);
  const atoms: Atom[] = [];
  const stack: Lexeme[] = [];
  let end = 0;
  let next = 0;
  let previous: Lexeme | undefined;
  const add = (start: number, raw: string, rest: Pick<Atom, "type" | "item" | "clings" | "joins" | "operand">) => {
    const between = text.slice(end, start);
    const breaks = atoms.length === 0 ? 0 : Math.min(2, between.match(/\r\n|\r|\n/g)?.length ?? 0);
    atoms.push({ text: raw.replace(/\r\n?/g, "\n"), breaks, gap: between.length, ...rest });
    end = start + raw.length;
  };
  const addComments = (before: number) => {
    for (; next < comments.length && comments[next]!.span.start < before; next++) {
      const comment = comments[next]!;
      add(comment.span.start, comment.text, { type: undefined, item: false, clings: false, joins: false, operand: false });
    }
  };
  for (const lexeme of lexemes) {
    const type = lexeme.tokenType;
    if (lexeme.image !== "") {
      addComments(lexeme.startOffset);
      const top = stack.at(-1);
      const inBrace = top?.tokenType === sign.OpenBrace;
      const inBody = inBrace && bodies.has(top.startOffset);
      const first = previous === undefined || previous.tokenType === tokens.NewLine || previous === top;
      const item =
        (first && (inBrace || top === undefined)) ||
        (inBrace && !inBody && previous?.tokenType === sign.Comma) ||
        declarations.has(lexeme.startOffset);
      const behind = !first && significant(atoms)?.operand === true;
      const clings = type === sign.Minus ? !behind : type === sign.Dots && behind;
      add(lexeme.startOffset, lexeme.image, {
        type,
        item: item && !closers.has(type),
        clings,
        joins: type === sign.Comma && inBody,
        operand: operands.has(type) || afterDot(atoms),
      });
      if (openers.has(type)) stack.push(lexeme);
      else if (closers.has(type)) stack.pop();
    }
    previous = lexeme;
  }
  addComments(Number.POSITIVE_INFINITY);
  return atoms;
}

/** Where the braces of bodies stand; all other braces hold fields, entries or imports. */
function addBodies(node: object, starts: Set<number>): void {
  if ("kind" in node && node.kind === "Body") starts.add((node as Body).span.start);
  for (const value of Object.values(node)) {
    if (typeof value === "object" && value !== null && ("kind" in value || Array.isArray(value))) addBodies(value, starts);
  }
}

const significant = (atoms: readonly Atom[]) => atoms.findLast((atom) => !isComment(atom));

/** After a dot any word is a name. */
const afterDot = (atoms: readonly Atom[]) => significant(atoms)?.type === sign.Dot;

/** For each bracket the index of its partner, -1 for all else. */
export function partners(atoms: readonly Atom[]): Int32Array {
  const result = new Int32Array(atoms.length).fill(-1);
  const stack: number[] = [];
  atoms.forEach((atom, i) => {
    if (opens(atom)) stack.push(i);
    else if (closes(atom)) {
      const open = stack.pop()!;
      result[open] = i;
      result[i] = open;
    }
  });
  return result;
}
