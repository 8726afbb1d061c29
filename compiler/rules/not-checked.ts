/** A stage that says what becomes of sentences that are not borne out has something that decides it. */
import { notChecked } from "../diagnostics/not_checked.ts";
import type { Rule } from "./rule.ts";

const about = ["least", "unsupported"];

export const notCheckedRule: Rule = {
  name: "not-checked",
  node(node, program) {
    if (node.kind !== "Call" || node.callee.kind !== "Name") return;
    const call = program.calls.get(node);
    const checked = call?.signature.parameters.find(({ name }) => name === "checked");
    if (!call || checked?.type.kind !== "variant" || checked.type.name !== "Checking") return;
    const given = call.args.get("checked")?.value;
    if (given && !(given.kind === "Name" && given.text === "none")) return;
    const names = about.filter((name) => call.args.has(name));
    if (names.length > 0) program.report(notChecked, node.span, { names, stage: node.callee.text, none: given !== undefined });
  },
};
