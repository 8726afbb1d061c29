/** `stop: guard(..)` of a fit: its bounds watch what the fit has, and each has what it needs. */
import type * as ast from "../../grammar/index.ts";
import { guardMisfit } from "../diagnostics/guard_misfit.ts";
import { noBindings } from "../fits.ts";
import { guardBounds } from "../kinds/fit.ts";
import type { RowsType, Type, VariantType } from "../types.ts";
import { acceptType } from "./accept.ts";
import { checkStill } from "./parameters.ts";
import type { Walker } from "./walker.ts";

/** Bounds on answers, which somebody has to write. */
const written = ["kl", "entropy", "length", "copied", "drop", "by"];

/** What a guard watches over: the first model that is trained, the rows that its objective reads, and the numbers that it binds. */
export interface Watched {
  readonly model: Type;
  readonly rows: RowsType | undefined;
  readonly metrics: VariantType | undefined;
}

/** Says what a guard cannot watch. */
export function checkGuard(call: ast.Call, { model, rows, metrics }: Watched, walker: Walker): void {
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
  } else if ((args.has("loss") || args.has("agree")) && !args.has("on")) {
    const [what, bound] = args.has("loss")
      ? ["The loss on the rows that are trained on always falls.", "loss: 5%"]
      : ["A judge agrees with the labels that it is trained on more and more.", "agree: 60%"];
    refuse(what, `Say which rows are held out: guard(on: held_out, ${bound}).`);
  } else if (args.has("agree") && metrics && !metrics.cases.has("accuracy")) {
    const others = [...metrics.cases.keys()].join(", ") || "nothing";
    refuse(
      `\`agree\` is the objective's \`accuracy\`, and this one records ${others}.`,
      "Watch its loss: guard(on: held_out, loss: 5%), or bind `accuracy` in the objective.",
    );
  }
  const by = args.get("by");
  if (by) checkStill(by, walker.program.typeOf(by.value), walker);
  const on = args.get("on");
  if (!on || !rows || !(args.has("loss") || args.has("agree"))) return;
  acceptType(on.value, walker.program.typeOf(on.value), { type: rows, what: "What this guard watches" }, walker, noBindings());
}
