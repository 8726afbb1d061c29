/**
 * Which operator takes which operands: precedence climbing over a flat list (Richards and Whitby-Strevens 1979; Pratt 1973).
 * The parser reads operands and operators in a row, so that a level of nesting costs it four rules instead of twelve, in stack and in time.
 */
import type { IToken, TokenType } from "chevrotain";
import type * as ast from "./ast.ts";
import type { Build } from "./build.ts";
import { sign, word } from "./tokens.ts";

/** An operand, with the places that its parentheses take too. */
export type Operand = { readonly expr: ast.Expr; readonly start: number; readonly end: number };
export type Item = Operand | IToken;

/** How tightly operators bind: the levels of the language's grammar, by their names there. */
export const level = { or: 1, and: 2, not: 3, comparison: 4, range: 5, sum: 6, product: 7, minus: 8, power: 9 } as const;
type Level = number;

/** Operators from the loosest to the tightest, for whoever draws them. */
export const precedence: readonly (readonly TokenType[])[] = [
  [word.or],
  [word.and],
  [sign.Equal, sign.Unequal, sign.Less, sign.AtMost, sign.More, sign.AtLeast, word.in],
  [sign.Dots],
  [sign.Plus, sign.Minus],
  [sign.Star, sign.Slash],
  [sign.Caret],
];

const ranks = [level.or, level.and, level.comparison, level.range, level.sum, level.product, level.power];
const levels = new Map(precedence.flatMap((types, i) => types.map((type) => [type, ranks[i]!] as const)));

/**
 * The tree of `items`: operands, each perhaps after `not` and `-`, with an operator between any two.
 * Operators looser than `loosest` and ones that cannot stand where they stand are given to `misplaced`; the tree then leaves out what they join.
 */
export function resolve(items: readonly Item[], loosest: Level, build: Build, misplaced: (token: IToken) => void): ast.Expr {
  const climber = new Climber(items, build, misplaced);
  const { expr } = climber.climb(loosest);
  const rest = items[climber.at];
  if (rest !== undefined) misplaced(rest as IToken);
  return expr;
}

class Climber {
  readonly items: readonly Item[];
  readonly build: Build;
  readonly misplaced: (token: IToken) => void;
  at = 0;

  constructor(items: readonly Item[], build: Build, misplaced: (token: IToken) => void) {
    this.items = items;
    this.build = build;
    this.misplaced = misplaced;
  }

  /** Everything from here on that binds at least as tightly as `least`. */
  climb(least: Level): Operand {
    let left = this.prefixed(least);
    for (;;) {
      const own = this.nextLevel();
      if (own === undefined || own < least) return left;
      left = this.infix(left, own);
    }
  }

  /** The level of the operator that comes next; none at the end. */
  nextLevel(): Level | undefined {
    const item = this.items[this.at];
    return item === undefined ? undefined : levels.get((item as IToken).tokenType);
  }

  infix(left: Operand, own: Level): Operand {
    const op = this.items[this.at] as IToken;
    if (own === level.comparison) return this.comparison(left);
    this.at++;
    const right = this.climb(own === level.power ? level.minus : own + 1);
    const { start } = left;
    const { end } = right;
    if (own !== level.range) return { expr: this.build.binary(op, left.expr, right.expr, start, end), start, end };
    const next = this.items[this.at] as IToken | undefined;
    if (next?.tokenType === sign.Dots) this.misplaced(next);
    const span = this.build.faults.span(start, end);
    return { expr: { kind: "Range", from: left.expr, to: right.expr, span }, start, end };
  }

  comparison(first: Operand): Operand {
    const operands = [first];
    const ops: IToken[] = [];
    while (this.nextLevel() === level.comparison) {
      ops.push(this.items[this.at++] as IToken);
      operands.push(this.climb(level.range));
    }
    const { start } = first;
    const { end } = operands.at(-1)!;
    const exprs = operands.map(({ expr }) => expr);
    return { expr: this.build.compare(exprs, ops, start, end), start, end };
  }

  /** An operand, with `not` or `-` before it. */
  prefixed(least: Level): Operand {
    const item = this.items[this.at++]!;
    if ("expr" in item) return item;
    const negates = item.tokenType === word.not;
    if (least > (negates ? level.not : level.minus)) this.misplaced(item);
    const { expr: operand, end } = this.climb(negates ? level.comparison : level.power);
    const start = item.startOffset;
    const span = this.build.faults.span(start, end);
    return { expr: { kind: "Unary", op: negates ? "not" : "-", operand, span }, start, end };
  }
}
