/** A context's budget and the longest answer fit together in the window of the model that writes. */
import { constantOf } from "../constants.ts";
import { overWindow } from "../diagnostics/over_window.ts";
import { windowUse } from "../window.ts";
import type { Rule } from "./rule.ts";

export const overWindowRule: Rule = {
  name: "over-window",
  node(node, program) {
    if (node.kind !== "Call") return;
    const use = windowUse(node, {
      typeOf: (expr) => program.typeOf(expr),
      resolved: (name) => program.names.get(name),
      call: (call) => program.calls.get(call),
      constant: (expr) => constantOf(expr, program),
    });
    if (!use) return;
    const { budget, most, window, model, longest } = use;
    // Where no decoding says how long an answer may be, it has at least one token.
    if (budget + (most ?? 1) <= window) return;
    program.report(overWindow, node.span, { budget, window, model, ...(most && { most }), ...(longest && { longest }) });
  },
};
