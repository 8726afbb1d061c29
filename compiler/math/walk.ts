// The way back into the walk for everything that it calls: operators, builtins and bodies evaluate expressions through here.
//
// The walk itself (`evaluate.ts`) knows all of them; they know only this, so that no file depends on itself.
import { didYouMean, type Expr, type Span } from "../../grammar/index.ts";
import type { Scope, Want } from "./scope.ts";
import type { Value } from "./value.ts";

/** The value of an expression; `want` is "size" where a whole number of places is expected. */
export const evaluate = (scope: Scope, e: Expr, want?: Want): Value => scope.world.walk(scope, e, want);

/** The text of a place in the spec, for hints; `..` where the checker keeps no text. */
export function sourceOf(scope: Scope, span: Span): string {
  return scope.world.context.text?.(span.file)?.slice(span.start, span.end) ?? "..";
}

/** The known name nearest to a misspelt one. */
export const guess = (name: string, names: Iterable<string>): string | undefined => didYouMean(name, names);
