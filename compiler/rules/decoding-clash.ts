/** Beam search and greedy decoding take the best token; whatever shapes a draw belongs to sampling. */
import { decodingClash } from "../diagnostics/decoding_clash.ts";
import { fieldsOfSetting } from "./fields.ts";
import type { Rule } from "./rule.ts";

const draws = ["temperature", "top_p", "top_k", "min_p"];

export const decodingClashRule: Rule = {
  name: "decoding-clash",
  check(program, { declarations }) {
    for (const declaration of declarations) {
      const fields = fieldsOfSetting(declaration, "decoding", program);
      const strategy = fields?.chosen("strategy");
      if (!fields || (strategy !== "beam" && strategy !== "greedy")) continue;
      const clash = draws.map((name) => fields.entry(name)).find((entry) => entry !== undefined);
      const name = clash?.label.text ?? "";
      // Temperature 0 is greedy, whoever says it.
      if (!clash || (name === "temperature" && fields.number(name) === 0)) continue;
      const what = `${strategy} takes the best token, so a ${name} has nothing to shape.`;
      program.report(decodingClash, clash.span, { what, better: `Write strategy: sample(${name}: ..), or leave ${name} out.` });
    }
  },
};
