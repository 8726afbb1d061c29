/** A record, a record type and an index name each of their fields once. */
import type { Entry, Name, Param } from "../../grammar/index.ts";
import { fieldTwice } from "../diagnostics/field_twice.ts";
import type { Program } from "../program.ts";
import type { Rule } from "./rule.ts";

export const fieldTwiceRule: Rule = {
  name: "field-twice",
  node(node, program) {
    switch (node.kind) {
      case "Record":
        once(labels(node.entries), "record", program);
        break;
      case "Select":
        once(labels(node.entries), "index", program);
        break;
      case "RecordType":
        once(names(node.fields), "record", program);
        break;
      case "Callable":
      case "Architecture":
      case "LocalFn":
        once(names(node.params ?? []), "signature", program);
        break;
      case "Cases":
        once(node.cases, "enumeration", program);
        break;
    }
  },
};

const labels = (entries: readonly Entry[]): Name[] => entries.map((entry) => entry.label);
const names = (params: readonly Param[]): Name[] => params.map((param) => param.name);

function once(names: readonly Name[], of: string, program: Program): void {
  const seen = new Map<string, Name>();
  for (const name of names) {
    const first = seen.get(name.text);
    if (first) program.report(fieldTwice, name.span, { name: name.text, of }, [{ span: first.span, label: "given here first" }]);
    else seen.set(name.text, name);
  }
}
