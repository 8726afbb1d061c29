// What each expression of a formula was found to be when the declaration around it was last checked on its own: what an editor shows of it.
// It is kept by node of the tree, so a declaration that is not checked again keeps what was found; nothing that is computed depends on it.
import type { Expr } from "../../grammar/index.ts";
import type { Value } from "./value.ts";

const seen = new WeakMap<Expr, Value>();

/** Remembers the value of an expression. */
export const remember = (e: Expr, value: Value): Value => {
  seen.set(e, value);
  return value;
};

/** The value of an expression of a formula; undefined in host code, and where no check came by. */
export const valueSeen = (e: Expr): Value | undefined => seen.get(e);
