/** A unit is one of the closed list, wherever a number stands. */
import { unknownUnit } from "../diagnostics/unknown_unit.ts";
import { units } from "../units.ts";
import type { Rule } from "./rule.ts";

const known = [...units.keys()];

export const unitRule: Rule = {
  name: "unit",
  node(node, program) {
    if (node.kind === "Number" && node.unit && !units.has(node.unit.text))
      program.report(unknownUnit, node.unit.span, { name: node.unit.text, known });
  },
};
