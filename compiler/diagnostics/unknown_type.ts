/** A type must be built in, declared or imported. */
import { defineDiagnostic, guess, imported, nearest } from "./define.ts";

export const unknownType = defineDiagnostic<{ name: string; known: readonly string[]; std?: string }>({
  code: "unknown_type",
  severity: "error",
  title: "Unknown type",
  label: () => "not a type",
  text: ({ name }) => `Nothing called \`${name}\` is a type here.`,
  hint: ({ name, known, std }) => (std ? `Import it: use ${std} { ${name} }` : guess(name, known)),
  fix: ({ name, known, std }, at) => (std ? imported(std, name) : nearest(name, known, at)),
  wrong: `fn twice(x: Flaot) -> Float = 2 * x`,
  right: `fn twice(x: Float) -> Float = 2 * x`,
  page: "Types live apart from values. Built in are Int, Float, Bool, Text, List, the host types (Dialog, Doc, Docs, Context, Answer, Reward, Terms), rows (Dataset, Stream, Rows), Weights and the model types. A single capital letter is a type variable.",
});
