// How many tokens a model's tokenizer has: stated where it is trained here, counted where it is a file.
import type { Diagnostic, Model } from "../../grammar/index.ts";
import type { Checked } from "../checked.ts";
import type { Declaration } from "../declarations.ts";
import { diagnose } from "../diagnostics/define.ts";
import { missingFile } from "../diagnostics/missing_file.ts";
import { declarationNamed } from "./context.ts";

/** The number of tokens; undefined after a fault, which goes to `found`. */
export function vocabularyOf(checked: Checked, declaration: Declaration, decl: Model, found: Diagnostic[]): number | undefined {
  const field = decl.fields.entries.find((e) => e.label.text === "tokenizer")?.value;
  const setting = field?.kind === "Name" ? declarationNamed(checked, field.text, declaration.module)?.node : undefined;
  const value = setting?.kind === "Setting" ? setting.value : undefined;
  const made = value && checked.constant(value);
  if (!value || made?.kind !== "case") throw new Error(`the tokenizer of ${declaration.name} was not checked`);
  const vocab = made.args.get("vocab");
  if (vocab?.kind === "number") return vocab.value;
  const path = made.args.get("path");
  const text = path?.kind === "text" ? checked.host.read(path.value) : undefined;
  const count = text === undefined ? undefined : counted(text);
  if (count === undefined) {
    const facts = {
      path: path?.kind === "text" ? path.value : made.name,
      what: "tokenizer",
      known: checked.host.list("**/*.json"),
    };
    found.push(diagnose(missingFile, value.span, facts));
  }
  return count;
}

/** One more than the largest id of a `tokenizer.json`, its added tokens included; undefined for text that is none. */
function counted(text: string): number | undefined {
  try {
    const json = JSON.parse(text) as { model?: { vocab?: Record<string, number> | unknown[] }; added_tokens?: { id: number }[] };
    const vocab = json.model?.vocab ?? {};
    // Scored pieces (Unigram) are a list, numbered by their places.
    const own = Array.isArray(vocab) ? vocab.map((_, id) => id) : Object.values(vocab);
    const ids = [...own, ...(json.added_tokens ?? []).map((t) => t.id)];
    return ids.length === 0 ? undefined : ids.reduce((most, id) => Math.max(most, id), -1) + 1;
  } catch {
    return undefined;
  }
}
