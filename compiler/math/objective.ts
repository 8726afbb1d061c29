// The rules of objectives: one number to minimize, reached by every trained model, through gradients that exist.
import type { Callable, Span, Stmt } from "../../grammar/index.ts";
import { constantLoss } from "../diagnostics/constant_loss.ts";
import { lossHasAxes } from "../diagnostics/loss_has_axes.ts";
import { noGradient } from "../diagnostics/no_gradient.ts";
import { noMinimize } from "../diagnostics/no_minimize.ts";
import { probNeedsLog } from "../diagnostics/prob_needs_log.ts";
import { trainsNothing } from "../diagnostics/trains_nothing.ts";
import type { ObjectiveFacts } from "./door.ts";
import { isModelType, isNumberType } from "./rows.ts";
import { axesText, fault, type Scope } from "./scope.ts";
import { isProb } from "./value.ts";
import { sourceOf } from "./walk.ts";

/** What a check of an objective found; `facts` only when it was clean. */
export interface ObjectiveCheck {
  readonly facts?: ObjectiveFacts;
}

/** Applies the rules to a body that has been walked; `faulty` when faults were found on the way. */
export function checkGoal(scope: Scope, decl: Callable, faulty: boolean): ObjectiveCheck {
  const before = scope.world.faults;
  const { goal } = scope;
  const models = (decl.params ?? []).filter((p) => isModelType(p.type));
  const trained = models.filter((p) => p.role === "train").map((p) => p.name.text);
  const name = decl.name.text;
  if (trained.length === 0)
    fault(scope, trainsNothing, decl.name.span, {
      name,
      ...(models[0] ? { model: models[0].name.text, at: models[0].span } : {}),
    });
  if (!decl.body?.stmts.some((s) => s.kind === "Minimize" || s.kind === "Maximize"))
    fault(scope, noMinimize, decl.name.span, { name, ...goalOf(decl.body?.stmts.at(-1)) });
  else if (goal?.loss && !faulty) checkLoss(scope, trained);
  if (faulty || scope.world.faults > before || !goal?.loss) return {};
  return {
    facts: {
      trained,
      frozen: models.filter((p) => p.role !== "train").map((p) => p.name.text),
      row: { name: goal.row ?? "", fields: [...goal.read] },
      numbers: (decl.params ?? []).filter((p) => isNumberType(p.type)).map((p) => p.name.text),
      metrics: ["loss", ...goal.metrics.keys()],
      ...(goal.loss.flow.contrast ? { contrast: goal.loss.flow.contrast } : {}),
    },
  };
}

/** What the last statement of a body says before its value: `minimize` belongs there. */
function goalOf(last: Stmt | undefined): { last?: Span } {
  if (last?.kind !== "Bind" && last?.kind !== "ExprStmt") return {};
  return { last: { ...last.span, end: last.value.span.start } };
}

function checkLoss(scope: Scope, trained: readonly string[]): void {
  const loss = scope.goal!.loss!;
  const span = scope.goal!.span!;
  if (isProb(loss)) {
    fault(scope, probNeedsLog, span, { hint: `Write -mean(log(${sourceOf(scope, span)})).`, wrapped: ["-mean(log(", "))"] });
    return;
  }
  if (loss.axes.length > 0) {
    const source = sourceOf(scope, span);
    const mean = source === ".." ? "Say which mean is meant: mean(..)." : `Write mean(${source}), or the mean you mean.`;
    fault(scope, lossHasAxes, span, { axes: axesText(scope, loss.axes), mean });
    return;
  }
  const cut = loss.flow.cuts[0];
  if (cut) {
    fault(scope, noGradient, cut.span, { through: cut.through, model: cut.model });
    return;
  }
  const unreached = trained.filter((model) => !loss.flow.grads.includes(model));
  if (unreached.length > 0) fault(scope, constantLoss, span, { models: unreached.join(" and ") });
}
