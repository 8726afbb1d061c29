// How gradients of trained models reach a value: joined by every operation, read by the rules of objectives.
import type { Span } from "../../grammar/index.ts";
import { leakyBaseline } from "../diagnostics/leaky_baseline.ts";
import { fault, type Scope } from "./scope.ts";
import { type Cut, type Flow, noFlow, type Tensor } from "./value.ts";

const union = (lists: readonly (readonly string[])[]): readonly string[] => {
  const filled = lists.filter((l) => l.length > 0);
  return filled.length === 1 ? filled[0]! : [...new Set(filled.flat())];
};

/** The flow of a result. Linear operations keep log-probabilities and sums over the batch what they are; others end both. */
export function join(parts: readonly Tensor[], linear: boolean, span: Span): Flow {
  const flows = parts.map((p) => p.flow).filter((f) => f !== noFlow);
  if (flows.length === 0) return noFlow;
  const reduced = flows.some((f) => f.reduced);
  const contrast = flows.find((f) => f.contrast)?.contrast ?? (reduced && !linear ? span : undefined);
  return {
    grads: union(flows.map((f) => f.grads)),
    logs: linear ? union(flows.map((f) => f.logs)) : [],
    cuts: flows.flatMap((f) => f.cuts),
    reduced: reduced && linear,
    ...(contrast ? { contrast } : {}),
  };
}

/** The flow of a sum over the batch: from here on only linear operations keep it a sum over examples. */
export const overBatch = (flow: Flow): Flow => (flow.grads.length > 0 ? { ...flow, reduced: true } : flow);

/** The flow behind something without a derivative: what was trained is cut, and why is remembered. */
export const cutBy = (flow: Flow, through: string, span: Span): Flow => ({
  ...noFlow,
  cuts: [...flow.cuts, ...flow.grads.map((model): Cut => ({ model, through, span }))],
});

/** Reports a product in which a value of one trained model multiplies the log-probability of another. */
export function checkLeak(scope: Scope, a: Tensor, b: Tensor, spanA: Span, spanB: Span): void {
  for (const [value, log, span] of [
    [a, b, spanA],
    [b, a, spanB],
  ] as const) {
    const leak = log.flow.logs.length > 0 ? value.flow.grads.find((model) => !log.flow.logs.includes(model)) : undefined;
    if (leak) fault(scope, leakyBaseline, span, { value: leak, model: log.flow.logs[0]! });
  }
}
