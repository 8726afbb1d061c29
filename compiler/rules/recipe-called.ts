/** Recipes that others call are given something. */
import { recipeCalled } from "../diagnostics/recipe_called.ts";
import type { Rule } from "./rule.ts";

export const recipeCalledRule: Rule = {
  name: "recipe-called",
  node(node, program) {
    if (node.kind !== "Call" || node.callee.kind !== "Name") return;
    const called = program.names.get(node.callee);
    if (called?.entity !== "declaration" || called.word !== "train" || called.node.kind !== "Callable") return;
    if ((called.node.params ?? []).length === 0) program.report(recipeCalled, node.callee.span, { name: called.name });
  },
};
