/** How many spaces stand between two neighbours on one line: none or one. */
import type { TokenType } from "chevrotain";
import { CloseAngle, OpenAngle, sign, TextClose, TextMiddle, TextOpen } from "../tokens.ts";
import type { Atom } from "./atoms.ts";

const tightBefore = new Set<TokenType | undefined>([
  ...[sign.CloseParen, sign.CloseSquare, sign.Comma, sign.Colon, sign.Dot, sign.Percent],
  ...[OpenAngle, CloseAngle, TextMiddle, TextClose],
]);
const tightAfter = new Set<TokenType | undefined>([sign.OpenParen, sign.OpenSquare, sign.Dot, OpenAngle, TextOpen, TextMiddle]);

/** Spaces between `left` and `right`. */
export function spaces(left: Atom, right: Atom): number {
  if (right.type === sign.CloseBrace && left.type === sign.OpenBrace) return 0;
  if (tightBefore.has(right.type) || tightAfter.has(left.type) || left.clings) return 0;
  if (right.type === sign.Dots && right.clings) return 0;
  if ((right.type === sign.OpenParen || right.type === sign.OpenSquare) && left.operand) return 0;
  return 1;
}
