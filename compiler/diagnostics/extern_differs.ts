/** An extern is the function that its signature says. */
import { defineDiagnostic } from "./define.ts";

export const externDiffers = defineDiagnostic<{ name: string; file: string; difference: string; derived: string }>({
  code: "extern_differs",
  severity: "error",
  title: "Extern differs",
  label: () => "differs from the TypeScript",
  text: ({ name, file, difference }) => `${name} in ${file}: ${difference}.`,
  hint: ({ derived }) => `TypeScript should say: ${derived}`,
  wrong: {
    "main.neuro": `extern stage rerank(docs: Docs, by: fn(Dialog, Doc) -> Float, given: Dialog, top: Int = 10) -> Docs from "./rerank.ts"`,
    "rerank.ts": `import type { Dialog, Doc, Docs, StageContext } from "neuro/runtime";
export async function rerank(docs: Docs, by: number, given: Dialog, options: { top: number }, context: StageContext): Promise<Docs> {
  return docs.slice(0, options.top);
}
`,
  },
  right: {
    "main.neuro": `extern stage rerank(docs: Docs, by: fn(Dialog, Doc) -> Float, given: Dialog, top: Int = 10) -> Docs from "./rerank.ts"`,
    "rerank.ts": `import type { Dialog, Doc, Docs, StageContext } from "neuro/runtime";
export async function rerank(docs: Docs, by: (prompt: Dialog, doc: Doc) => number | Promise<number>, given: Dialog, options: { top: number }, context: StageContext): Promise<Docs> {
  return docs.slice(0, options.top);
}
`,
  },
  page: "Parameters without default come in order, those with one in a last object, always filled; a stage gets a context last. Int and Float are number, Text is string, enumerations are unions of literals, lists are readonly arrays, rows are AsyncIterable.",
});
