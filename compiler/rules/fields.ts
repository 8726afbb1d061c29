/** The fields of a setting, for rules about how they go together. */
import type * as ast from "../../grammar/index.ts";
import { constantOf } from "../constants.ts";
import type { Declaration } from "../declarations.ts";
import type { Program } from "../program.ts";

export interface Fields {
  entry(name: string): ast.Entry | undefined;
  /** The number of a field, or the name of its case. */
  number(name: string): number | undefined;
  chosen(name: string): string | undefined;
}

/** The fields of a declaration that is a record of this kind. */
export function fieldsOfSetting(declaration: Declaration, word: string, program: Program): Fields | undefined {
  const { node } = declaration;
  if (node.kind !== "Setting" || node.word !== word || node.value?.kind !== "Record") return undefined;
  const { entries } = node.value;
  const entry = (name: string) => entries.find((each) => each.label.text === name);
  const constant = (name: string) => {
    const found = entry(name);
    return found && constantOf(found.value, program);
  };
  return {
    entry,
    number(name) {
      const value = constant(name);
      return value?.kind === "number" ? value.value : undefined;
    },
    chosen(name) {
      const value = entry(name)?.value;
      const callee = value?.kind === "Call" ? value.callee : value;
      return callee?.kind === "Name" ? callee.text : undefined;
    },
  };
}
