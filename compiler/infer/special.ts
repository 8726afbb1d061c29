/** What a recipe can say that no declaration could: `fit`, `evaluate`, and the numbers that it shows and checks. */
import type * as ast from "../../grammar/index.ts";
import { wrongType } from "../diagnostics/wrong_type.ts";
import { noBindings } from "../fits.ts";
import { evaluateSignature, fitSignature } from "../kinds/fit.ts";
import { describe } from "../show.ts";
import { bool, float, isNumber, nothing, type Signature, type Type, text, unknown } from "../types.ts";
import { meet } from "./arguments.ts";
import { evaluateCall, fitCall } from "./fit.ts";
import { acceptArguments } from "./parameters.ts";
import type { Walker } from "./walker.ts";

const optional = (name: string, type: Type) => ({ name, type, optional: true });

const signatures = new Map<string, Signature>([
  ["fit", fitSignature],
  ["evaluate", evaluateSignature],
  ["plot", { parameters: [optional("x", unknown)], result: nothing, open: true }],
  ["report", { parameters: [optional("x", unknown)], result: nothing, open: true }],
  [
    "require",
    {
      parameters: [
        { name: "c", type: bool, optional: false },
        { name: "why", type: text, optional: false },
      ],
      result: nothing,
    },
  ],
]);

/** Names that the compiler itself gives to host code, besides mathematics. */
export const specialNames: ReadonlySet<string> = new Set(signatures.keys());
export const specialSignature = (name: string): Signature | undefined => signatures.get(name);

/** The type of a call of one of these; undefined for any other name. */
export function specialCall(node: ast.Call, name: string, walker: Walker): Type | undefined {
  const signature = signatures.get(name);
  if (!signature) return undefined;
  if (name === "fit") return fitCall(node, walker);
  if (name === "evaluate") return evaluateCall(node, walker);
  const met = meet(node, { name, signature }, walker);
  acceptArguments(signature, met, node, name, walker, noBindings());
  for (const arg of met.open) shownNumber(arg, name, walker);
  walker.program.calls.set(node, {
    callee: { entity: "builtin", name },
    signature,
    args: met.args,
    extra: met.extra,
    given: [],
    result: nothing,
  });
  return nothing;
}

/** `plot` and `report` take any named numbers; a report also takes records of them and lists of records, which it shows as tables. */
function shownNumber(arg: ast.Arg, name: string, walker: Walker): void {
  const type = walker.infer(arg.value, float());
  const each = type.kind === "list" ? type.of : type;
  if (name === "report" && (each.kind === "record" || each.kind === "unknown" || isNumber(each) || each.kind === "text")) return;
  if (type.kind === "unknown" || type.kind === "var" || type.kind === "tensor" || isNumber(type)) return;
  walker.report(wrongType, arg.span, { found: describe(type), expected: "a number", what: `What ${name} shows` });
}
