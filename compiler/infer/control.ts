/** `if` chooses a value, `for` collects one per round. */
import type * as ast from "../../grammar/index.ts";
import { wrongType } from "../diagnostics/wrong_type.ts";
import { fits } from "../fits.ts";
import { describe, show } from "../show.ts";
import { type Type, unknown } from "../types.ts";
import { bindVariable, elementType } from "./elements.ts";
import { walkBody } from "./statements.ts";
import type { Walker } from "./walker.ts";

/** Both branches have one type; a number widens. */
export function choiceType(node: ast.If, expected: Type, walker: Walker): Type {
  const condition = walker.infer(node.condition);
  if (!["bool", "tensor", "unknown", "var"].includes(condition.kind))
    walker.report(wrongType, node.condition.span, { found: describe(condition), expected: "Bool", what: "A condition" });
  const yes = walker.infer(node.yes, expected);
  const no = walker.infer(node.no, expected);
  if (yes.kind === "tensor" || no.kind === "tensor") return yes.kind === "tensor" ? yes : no;
  if (fits(no, yes)) return plain(yes);
  if (fits(yes, no)) return plain(no);
  walker.report(wrongType, node.no.span, { found: describe(no), expected: show(yes), what: "The other branch" });
  return unknown;
}

/** Which branch it is is known later, so a value is not. */
const plain = (type: Type): Type =>
  type.kind === "int" || type.kind === "float" ? { kind: type.kind, units: type.units } : type;

/** A list of the last values of the rounds. */
export function loopType(node: ast.For, walker: Walker): Type {
  const over = walker.infer(node.over);
  bindVariable(node, elementType(over, node.over, walker), walker);
  return { kind: "list", of: walkBody(node.body, walker) };
}
