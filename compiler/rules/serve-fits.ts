/** What is served can be asked by a conversation alone, and gives an answer. */
import type * as ast from "../../grammar/index.ts";
import { wrongType } from "../diagnostics/wrong_type.ts";
import { isA } from "../fits.ts";
import type { Program } from "../program.ts";
import { describe } from "../show.ts";
import type { Signature } from "../types.ts";
import { fieldsOfSetting } from "./fields.ts";
import type { Rule } from "./rule.ts";

export const serveFitsRule: Rule = {
  name: "serve-fits",
  declaration(declaration, program) {
    const fields = fieldsOfSetting(declaration, "serve", program);
    for (const name of ["of", "beside"]) {
      const value = fields?.entry(name)?.value;
      for (const node of value?.kind === "List" ? value.items : value ? [value] : []) checkServed(node, program);
    }
  },
};

function checkServed(node: ast.Expr, program: Program): void {
  const type = program.typeOf(node);
  if (type.kind !== "fn" || !isA(type, "pipeline")) return;
  const found = misfit(type.signature);
  if (found === undefined) return;
  const expected = "a pipeline of a Dialog that gives an Answer";
  program.report(wrongType, node.span, { what: "What is served", expected, found });
}

/** What is wrong with a pipeline that is served, in words. */
function misfit({ parameters, result }: Signature): string | undefined {
  const [first, ...more] = parameters;
  const also = more.filter(({ optional }) => !optional).map(({ name }) => `\`${name}\``);
  if (result.kind !== "unknown" && !(result.kind === "host" && result.name === "Answer"))
    return `one that gives ${describe(result)}`;
  if (first === undefined) return "one that takes nothing";
  if (first.type.kind !== "unknown" && !(first.type.kind === "host" && first.type.name === "Dialog"))
    return `one that takes ${describe(first.type)}`;
  return also.length > 0 ? `one that also takes ${also.join(", ")}` : undefined;
}
