/** Models that a recipe is given meet over its rows where it fits or evaluates them: each call says which they are, and is told where they cut otherwise. */
import type * as ast from "../../grammar/index.ts";
import { tokenizersDiffer } from "../diagnostics/tokenizers_differ.ts";
import type { Program } from "../program.ts";
import { callsIn, type Running, runningsOf, type Sight, standsFor } from "../standing.ts";
import type { ModelType } from "../types.ts";
import type { Rule } from "./rule.ts";

export const subRecipeTokenizersRule: Rule = {
  name: "sub-recipe-tokenizers",
  check(program) {
    const sight: Sight = {
      modules: program.modules,
      typeOf: (expr) => program.typeOf(expr),
      resolved: (name) => program.names.get(name),
      bound: (node) => program.bound.get(node) ?? [],
      call: (node) => program.calls.get(node),
    };
    const models = modelsOf(program);
    for (const running of runningsOf(sight)) {
      if (running.from === undefined) continue;
      for (const call of callsIn(running.recipe.node)) {
        if (call.callee.kind !== "Name" || !["fit", "evaluate"].includes(call.callee.text)) continue;
        const clash = clashOf(readers(call), running, sight, models);
        if (clash) program.report(tokenizersDiffer, running.from.span, clash);
      }
    }
  },
};

/** What reads the rows of a fit: the models that it trains, and those that its objective is given. */
function readers(call: ast.Call): ast.Expr[] {
  const by = call.args.find(({ label }) => label?.text === "by")?.value;
  const given = by?.kind === "Call" ? by.args : [];
  return [...call.args.filter(({ label }) => !label), ...given].map(({ value }) => value);
}

function clashOf(all: readonly ast.Expr[], running: Running, sight: Sight, models: ReadonlyMap<string, ModelType>) {
  const found = all.flatMap((each) => models.get(standsFor(each, running, sight) ?? "") ?? []);
  const left = found[0];
  const right = found.find(({ tokenizer }) => tokenizer !== left?.tokenizer);
  if (!left || !right) return undefined;
  return {
    left: left.name ?? left.head,
    right: right.name ?? right.head,
    leftTokenizer: left.tokenizerName ?? "one tokenizer",
    rightTokenizer: right.tokenizerName ?? "another",
  };
}

/** Declared models with a tokenizer, by name. */
function modelsOf(program: Program): Map<string, ModelType> {
  const all = program.modules.flatMap((module) => [...module.declarations.values()]).filter(({ word }) => word === "model");
  return new Map(
    all.flatMap((declaration) => {
      const type = program.declarations.type(declaration);
      return type.kind === "model" && type.tokenizer !== undefined ? [[declaration.name, type] as const] : [];
    }),
  );
}
