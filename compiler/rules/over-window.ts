/** A context's budget and the longest answer fit together in the window of the model that writes. */
import type * as ast from "../../grammar/index.ts";
import { constantOf } from "../constants.ts";
import type { BoundCall } from "../declarations.ts";
import { overWindow } from "../diagnostics/over_window.ts";
import type { Program } from "../program.ts";
import type { Rule } from "./rule.ts";

export const overWindowRule: Rule = {
  name: "over-window",
  node(node, program) {
    const call = node.kind === "Call" ? program.calls.get(node) : undefined;
    if (call) checkCall(node, call, program);
  },
};

/** Any call that is given a model with a window, a context and a decoding. */
function checkCall(node: ast.Node, call: BoundCall, program: Program): void {
  let window: number | undefined;
  let model = "";
  let budget: number | undefined;
  let most: ReturnType<typeof mostOf>;
  for (const arg of call.args.values()) {
    const type = program.typeOf(arg.value);
    if (type.kind === "model" && type.head === "LanguageModel") [window, model] = [type.window, type.name ?? "the model"];
    if (type.kind === "host" && type.name === "Context") budget = numberIn(sourceCall(arg.value, program), "budget", program);
    if (type.kind === "host" && type.name === "Decoding") most = mostOf(arg.value, program);
  }
  if (window === undefined || budget === undefined || most === undefined || budget + most.value <= window) return;
  program.report(overWindow, node.span, { budget, most: most.value, window, model, longest: most.at });
}

/** The call that made a value, through the binding that names it. */
function sourceCall(node: ast.Expr, program: Program): ast.Call | undefined {
  if (node.kind === "Call") return node;
  const entity = node.kind === "Name" ? program.names.get(node) : undefined;
  return entity?.entity === "local" && entity.node.kind === "Bind" ? sourceCall(entity.node.value, program) : undefined;
}

function numberIn(call: ast.Call | undefined, name: string, program: Program): number | undefined {
  const arg = call && program.calls.get(call)?.args.get(name);
  const value = arg && constantOf(arg.value, program);
  return value?.kind === "number" ? value.value : undefined;
}

function mostOf(node: ast.Expr, program: Program): { readonly value: number; readonly at: ast.Span } | undefined {
  const entity = node.kind === "Name" ? program.names.get(node) : undefined;
  const setting = entity?.entity === "declaration" && entity.node.kind === "Setting" ? entity.node.value : undefined;
  if (setting?.kind !== "Record") return undefined;
  const entry = setting.entries.find((each) => each.label.text === "most");
  const value = entry && constantOf(entry.value, program);
  return entry && value?.kind === "number" ? { value: value.value, at: entry.value.span } : undefined;
}
