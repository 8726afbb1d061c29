/** What is asked elsewhere has an address of the web: a remote model, a tool, a search server. */
import type * as ast from "../../grammar/index.ts";
import { constantOf } from "../constants.ts";
import { wrongType } from "../diagnostics/wrong_type.ts";
import type { Program } from "../program.ts";
import type { Rule } from "./rule.ts";

const asking: ReadonlySet<string> = new Set(["tool", "searxng", "opensearch"]);

export const addressRule: Rule = {
  name: "address",
  node(node, program) {
    if (node.kind === "Model") {
      const value = node.fields.entries.find(({ label }) => label.text === "remote")?.value;
      if (value) checkAddress(value, "The field remote", program);
    } else if (node.kind === "Call") {
      const call = program.calls.get(node);
      const callee = call?.callee;
      if (callee?.entity !== "declaration" || !callee.module.std || !asking.has(callee.name)) return;
      const value = call!.args.get("url")?.value;
      if (value) checkAddress(value, `\`url\` of ${callee.name}`, program);
    }
  },
};

function checkAddress(node: ast.Expr, what: string, program: Program): void {
  const said = constantOf(node, program);
  if (said?.kind !== "text" || /^https?:\/\/[^/]/i.test(said.value)) return;
  const local = /^(?:localhost|127\.|\[?::1)/.test(said.value);
  program.report(wrongType, node.span, {
    what,
    expected: "an address that begins with http:// or https://",
    found: `"${said.value}"`,
    ...(/^[\w.[\]:-]+(?:\/|$)/.test(said.value) && { better: `"${local ? "http" : "https"}://${said.value}"` }),
  });
}
