/** What a declaration is given has a type where its fields are read; a local `fn` takes the types of each of its calls. */
import { untypedField } from "../diagnostics/untyped_field.ts";
import { visit } from "../visit.ts";
import type { Rule } from "./rule.ts";

export const untypedFieldRule: Rule = {
  name: "untyped-field",
  node(node, program) {
    if (node.kind !== "Callable") return;
    const untyped = new Set((node.params ?? []).filter((param) => !param.type && !param.default));
    if (untyped.size === 0) return;
    visit(node, (inner) => {
      if (inner.kind !== "Field" || inner.object.kind !== "Name") return;
      const read = program.names.get(inner.object);
      if (read?.entity === "parameter" && untyped.has(read.node))
        program.report(untypedField, inner.object.span, {
          name: read.name,
          field: inner.name.text,
          parameter: read.node.name.span,
        });
    });
  },
};
