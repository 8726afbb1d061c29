/** A record, a record type and an index name each of their fields once. */
import type { Name } from "../../grammar/index.ts";
import { fieldTwice } from "../diagnostics/field_twice.ts";
import type { Program } from "../program.ts";
import { visit } from "../visit.ts";
import type { Rule } from "./rule.ts";

export const fieldTwiceRule: Rule = {
  name: "field-twice",
  check(program, { modules }) {
    for (const module of modules)
      visit(module.tree, (node) => {
        if (node.kind === "Record")
          once(
            node.entries.map((entry) => entry.label),
            "record",
            program,
          );
        if (node.kind === "Select")
          once(
            node.entries.map((entry) => entry.label),
            "index",
            program,
          );
        if (node.kind === "RecordType")
          once(
            node.fields.map((field) => field.name),
            "record",
            program,
          );
        if ((node.kind === "Callable" || node.kind === "Architecture" || node.kind === "LocalFn") && node.params)
          once(
            node.params.map((param) => param.name),
            "signature",
            program,
          );
        if (node.kind === "Cases") once(node.cases, "enumeration", program);
      });
  },
};

function once(names: readonly Name[], of: string, program: Program): void {
  const seen = new Map<string, Name>();
  for (const name of names) {
    const first = seen.get(name.text);
    if (first) program.report(fieldTwice, name.span, { name: name.text, of }, [{ span: first.span, label: "given here first" }]);
    else seen.set(name.text, name);
  }
}
