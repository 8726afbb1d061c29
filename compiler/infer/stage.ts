/** What every stage call takes besides its own arguments: how long, how often, and what stands in for it. */
import type * as ast from "../../grammar/index.ts";
import { otherwiseType } from "../diagnostics/otherwise_type.ts";
import { fits } from "../fits.ts";
import { describe, show } from "../show.ts";
import { float, int, type Type } from "../types.ts";
import { accept } from "./accept.ts";
import type { Walker } from "./walker.ts";

const wanted = {
  within: { type: float({ time: 1 }), unit: "s", range: { low: 0.001 } },
  retries: { type: int(), range: { low: 0, high: 100 } },
};

/** Checks `within`, `retries` and `otherwise` of a stage that gives `result`. */
export function acceptExtras(extra: ReadonlyMap<string, ast.Arg>, result: Type, stage: string, walker: Walker): void {
  for (const [name, arg] of extra) {
    if (name === "otherwise") checkOtherwise(arg, result, stage, walker);
    else accept(arg.value, { ...wanted[name as "within" | "retries"], what: `\`${name}\` of ${stage}` }, walker);
  }
}

function checkOtherwise(arg: ast.Arg, result: Type, stage: string, walker: Walker): void {
  const found = walker.infer(arg.value, result);
  if (result.kind === "unknown" || fits(found, result)) return;
  const better = result.kind === "list" || (result.kind === "host" && result.name === "Docs") ? "[]" : undefined;
  walker.report(otherwiseType, arg.span, {
    found: describe(found),
    expected: show(result),
    stage,
    ...(better ? { better } : {}),
  });
}
