/** An index is of a language whose words are known, and its blocks move on. */
import { constantOf } from "../constants.ts";
import { stageMisfit } from "../diagnostics/stage_misfit.ts";
import { wrongType } from "../diagnostics/wrong_type.ts";
import { languages } from "../kinds/search-index.ts";
import type { Program } from "../program.ts";
import { type Fields, fieldsOfSetting } from "./fields.ts";
import type { Rule } from "./rule.ts";

export const indexFitsRule: Rule = {
  name: "index-fits",
  declaration(declaration, program) {
    const fields = fieldsOfSetting(declaration, "index", program);
    if (!fields) return;
    knowsLanguage(fields, program);
    const [block, overlap] = [fields.number("block"), fields.number("overlap")];
    if (block !== undefined && overlap !== undefined && overlap >= block)
      program.report(stageMisfit, fields.entry("overlap")!.value.span, {
        what: `Blocks of ${block} tokens cannot share ${overlap} with the next.`,
        hint: `Choose less than ${block} tokens, as ${Math.floor(block / 2)} tokens.`,
        better: `${Math.floor(block / 2)} tokens`,
      });
  },
};

function knowsLanguage(fields: Fields, program: Program): void {
  const text = fields.entry("text")?.value;
  const at = text?.kind === "Call" ? program.calls.get(text)?.args.get("language")?.value : undefined;
  const said = at && constantOf(at, program);
  if (said?.kind !== "text" || languages.includes(said.value)) return;
  const quoted = languages.map((each) => `"${each}"`);
  program.report(wrongType, at!.span, {
    what: "`language` of bm25",
    expected: `${quoted.slice(0, -1).join(", ")} or ${quoted.at(-1)}`,
    found: `"${said.value}"`,
  });
}
