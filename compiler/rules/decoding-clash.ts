/** Beam search and greedy decoding take the best token; whatever shapes a draw belongs to sampling. */
import type { Expr } from "../../grammar/index.ts";
import { decodingClash } from "../diagnostics/decoding_clash.ts";
import { fieldsOfSetting } from "./fields.ts";
import type { Rule } from "./rule.ts";

const draws = ["temperature", "top_p", "top_k", "min_p"];

/** Temperature 0 is greedy, whoever says it. */
const isZero = (node: Expr): boolean => node.kind === "Number" && node.value === 0;

export const decodingClashRule: Rule = {
  name: "decoding-clash",
  declaration(declaration, program) {
    const fields = fieldsOfSetting(declaration, "decoding", program);
    const strategy = fields?.chosen("strategy");
    if (!fields || (strategy !== "beam" && strategy !== "greedy")) return;
    const value = fields.entry("strategy")?.value;
    const args = value?.kind === "Call" ? value.args : [];
    const record =
      declaration.node.kind === "Setting" && declaration.node.value?.kind === "Record" ? declaration.node.value.entries : [];
    const clash = [...args, ...record].find(({ label, value: given }) => draws.includes(label?.text ?? "") && !isZero(given));
    const name = clash?.label?.text ?? "";
    if (!clash) return;
    const what = `${strategy} takes the best token, so a ${name} has nothing to shape.`;
    program.report(decodingClash, clash.span, {
      what,
      better: `Write strategy: sample(${name}: ..), or leave ${name} out.`,
      without: name,
    });
  },
};
