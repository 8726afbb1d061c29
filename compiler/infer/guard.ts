/** `stop: guard(..)` of a fit: its bounds watch what the fit has, and each has what it needs. */
import type * as ast from "../../grammar/index.ts";
import { guardMisfit } from "../diagnostics/guard_misfit.ts";
import { noBindings } from "../fits.ts";
import { guardBounds } from "../kinds/fit.ts";
import type { RowsType, Type } from "../types.ts";
import { acceptType } from "./accept.ts";
import { checkStill } from "./parameters.ts";
import type { Walker } from "./walker.ts";

/** Bounds on answers, which somebody has to write. */
const written = ["kl", "entropy", "length", "copied", "drop", "by"];

/** Says what a guard cannot watch. `model` is the first that is trained, `rows` what its objective reads. */
export function checkGuard(call: ast.Call, model: Type, rows: RowsType | undefined, walker: Walker): void {
  const args = walker.program.calls.get(call)?.args;
  if (!args) return;
  const refuse = (what: string, hint: string): void => walker.report(guardMisfit, call.span, { what, hint });
  const silent = model.kind === "model" && model.head !== "LanguageModel" && model.head !== "Model";
  const wrong = silent ? written.filter((name) => args.has(name)) : [];
  if (!guardBounds.some((name) => args.has(name))) {
    refuse("A guard without a bound never stops anything.", `Give it one: ${silent ? "guard(loss: 5%)" : "guard(kl: 20)"}.`);
  } else if (wrong.length > 0) {
    const names = wrong.map((name) => `\`${name}\``).join(" and ");
    const head = model.kind === "model" ? model.head : "model";
    refuse(
      `This guard watches answers (${names}), and a ${head} writes none.`,
      "Watch its loss on held-out rows: guard(on: .., loss: 5%).",
    );
  } else if (args.has("drop") !== args.has("by")) {
    refuse(
      "`by` and `drop` go together: the reward that is asked, and how far its mean may fall.",
      "Write both: guard(by: quality, drop: 0.1).",
    );
  } else if (args.has("loss") && !args.has("on")) {
    refuse(
      "The loss on the rows that are trained on always falls.",
      "Say which rows are held out: guard(on: held_out, loss: 5%).",
    );
  }
  const by = args.get("by");
  if (by) checkStill(by, walker.program.typeOf(by.value), walker);
  const on = args.get("on");
  if (!on || !rows || !args.has("loss")) return;
  acceptType(
    on.value,
    walker.program.typeOf(on.value),
    { type: rows, what: "The loss that this guard watches" },
    walker,
    noBindings(),
  );
}
