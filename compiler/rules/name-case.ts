/** Types, enumerations and architectures begin with a capital; all else does not. */
import { nameCase } from "../diagnostics/name_case.ts";
import type { Defined, Program } from "../program.ts";
import type { Rule } from "./rule.ts";

const words: Record<Defined["what"], string> = {
  declaration: "A declaration",
  type: "A type",
  case: "A case",
  import: "An import",
  parameter: "A parameter",
  binding: "A binding",
  weight: "A weight",
  function: "A function",
  variable: "A variable",
};

export const nameCaseRule: Rule = {
  name: "name-case",
  declaration(declaration, program) {
    for (const defined of program.definedIn(declaration)) checkName(defined, program);
  },
  check(program, { modules }) {
    for (const module of modules)
      for (const { node, declaration } of module.imports.values())
        if (node.alias) checkText(node.alias, "An import", needsCapital(declaration.word), program);
  },
};

const needsCapital = (word: string | undefined): boolean => word === "type" || word === "architecture";

function checkName(defined: Defined, program: Program): void {
  const capital = defined.what === "type" || (defined.what === "declaration" && defined.inside?.word === "architecture");
  const what = capital && defined.what === "declaration" ? "An architecture" : words[defined.what];
  checkText(defined.name, what, capital, program);
}

/** Letters without case are as they should be. */
function checkText(name: Defined["name"], what: string, capital: boolean, program: Program): void {
  const text = name.text.replace(/^_+/, "");
  const first = [...text][0] ?? "";
  const changed = capital ? first.toUpperCase() : first.toLowerCase();
  const isOther = capital ? /^\p{Ll}/u.test(first) : /^\p{Lu}/u.test(first);
  if (!isOther || changed === first || !/^\p{L}/u.test(first)) return;
  const better = name.text.replace(first, changed);
  program.report(nameCase, name.span, { name: name.text, what, capital, better });
}
