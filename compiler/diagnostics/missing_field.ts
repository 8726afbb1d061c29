/** Every field without a default is given. */
import { defineDiagnostic, give } from "./define.ts";

export const missingField = defineDiagnostic<{
  names: readonly string[];
  of: string;
  given?: readonly string[];
  /** What to write, where more than a name can be said. */
  instead?: string;
}>({
  code: "missing_field",
  severity: "error",
  title: "Missing field",
  label: ({ names }) => `${names.join(", ")} missing`,
  text: ({ names, of }) => `${of} needs ${names.map((name) => `\`${name}\``).join(" and ")}.`,
  hint: ({ names, instead }) => instead ?? `Write ${names.map((name) => `${name}: ..`).join(" and ")} too.`,
  fix: ({ given }, at) => (given ? give(at, given) : undefined),
  wrong: `use std.models { EncoderDecoder }
source pages = files("pages/*.md")
tokenizer words = bpe(vocab: 4096, from: pages)
model policy: EncoderDecoder { width: 64, heads: 4 }`,
  right: `use std.models { EncoderDecoder }
source pages = files("pages/*.md")
tokenizer words = bpe(vocab: 4096, from: pages)
model policy: EncoderDecoder { tokenizer: words, width: 64, heads: 4 }`,
  page: "A model needs a tokenizer and the configuration that its architecture gives no default; a setting needs the fields that its kind requires; a record needs the fields of its type.",
});
