// How many tokens a model's tokenizer has: stated where it is trained here, counted where it is a file.
import type { Model } from "../../grammar/index.ts";
import type { Checked, Constant } from "../checked.ts";
import type { Declaration } from "../declarations.ts";
import { declarationNamed } from "./context.ts";

/** The number of tokens. Throws where the check let a model pass whose tokenizer has no size: that is a mistake of the compiler. */
export function vocabularyOf(checked: Checked, declaration: Declaration, decl: Model): number {
  const field = decl.fields.entries.find((e) => e.label.text === "tokenizer")?.value;
  const setting = field?.kind === "Name" ? declarationNamed(checked, field.text, declaration.module)?.node : undefined;
  const value = setting?.kind === "Setting" ? setting.value : undefined;
  if (!value) throw new Error(`${declaration.name} has no tokenizer`);
  const stated = statedVocabulary(checked.constant(value));
  if (stated !== undefined) return stated;
  if (value.kind === "Call") {
    const arg = value.args.find((a) => a.label?.text === "vocab")?.value;
    if (arg?.kind === "Number") return arg.value;
    const path = value.args.map((a) => checked.constant(a.value)).find((c) => c?.kind === "text");
    if (path?.kind === "text") return countedVocabulary(checked, path.value);
  }
  throw new Error(`the tokenizer of ${declaration.name} has no size`);
}

function statedVocabulary(c: Constant | undefined): number | undefined {
  if (c?.kind !== "case") return undefined;
  const vocab = c.args.get("vocab");
  return vocab?.kind === "number" ? vocab.value : undefined;
}

/** One more than the largest id of a `tokenizer.json`, its added tokens included. */
function countedVocabulary(checked: Checked, path: string): number {
  const text = checked.host.read(path);
  if (text === undefined) throw new Error(`no tokenizer at ${path}`);
  const json = JSON.parse(text) as { model?: { vocab?: Record<string, number> }; added_tokens?: { id: number }[] };
  const ids = [...Object.values(json.model?.vocab ?? {}), ...(json.added_tokens ?? []).map((t) => t.id)];
  return ids.reduce((most, id) => Math.max(most, id), -1) + 1;
}
