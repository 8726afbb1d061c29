/** How much of a model's window a call may fill: the budget of the context that it is given, and the longest answer. */
import type * as ast from "../grammar/index.ts";
import type { Checked } from "./checked.ts";

/** What is asked of a checked program. */
export type WindowFacts = Pick<Checked, "typeOf" | "resolved" | "call" | "constant">;

/** In tokens; what is not said is absent. */
export interface WindowUse {
  readonly model: string;
  readonly window: number;
  readonly budget: number;
  readonly most?: number;
  /** Where the longest answer is said. */
  readonly longest?: ast.Span;
}

/** What a call that is given a model with a window, and a context with a budget, may fill of it. */
export function windowUse(node: ast.Call, facts: WindowFacts): WindowUse | undefined {
  let model: { name: string; window: number } | undefined;
  let budget: number | undefined;
  let longest: { value: number; at: ast.Span } | undefined;
  for (const { value } of facts.call(node)?.args.values() ?? []) {
    const type = facts.typeOf(value);
    if (type.kind === "model" && type.head === "LanguageModel" && type.window !== undefined)
      model = { name: type.name ?? "the model", window: type.window };
    if (type.kind === "host" && type.name === "Context") budget = numberIn(sourceCall(value, facts), "budget", facts);
    if (type.kind === "host" && type.name === "Decoding") longest = longestOf(value, facts);
  }
  if (!model || budget === undefined) return undefined;
  return { model: model.name, window: model.window, budget, ...(longest && { most: longest.value, longest: longest.at }) };
}

/** The call that made a value, through the binding that names it. */
function sourceCall(node: ast.Expr, facts: WindowFacts): ast.Call | undefined {
  if (node.kind === "Call") return node;
  const entity = node.kind === "Name" ? facts.resolved(node) : undefined;
  return entity?.entity === "local" && entity.node.kind === "Bind" ? sourceCall(entity.node.value, facts) : undefined;
}

function numberIn(call: ast.Call | undefined, name: string, facts: WindowFacts): number | undefined {
  const arg = call && facts.call(call)?.args.get(name);
  const value = arg && facts.constant(arg.value);
  return value?.kind === "number" ? value.value : undefined;
}

function longestOf(node: ast.Expr, facts: WindowFacts): { value: number; at: ast.Span } | undefined {
  const entity = node.kind === "Name" ? facts.resolved(node) : undefined;
  const setting = entity?.entity === "declaration" && entity.node.kind === "Setting" ? entity.node.value : undefined;
  if (setting?.kind !== "Record") return undefined;
  const entry = setting.entries.find((each) => each.label.text === "most");
  const value = entry && facts.constant(entry.value);
  return entry && value?.kind === "number" ? { value: value.value, at: entry.value.span } : undefined;
}
