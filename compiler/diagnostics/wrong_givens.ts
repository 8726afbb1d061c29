/** A model is given what its kind scores. */
import { defineDiagnostic } from "./define.ts";

export const wrongGivens = defineDiagnostic<{ model: string; expected: string; found: string }>({
  code: "wrong_givens",
  severity: "error",
  title: "Wrong givens",
  label: ({ found }) => `${found}`,
  text: ({ model, expected, found }) => `${model} is written ${expected}, and here it got ${found}.`,
  hint: ({ expected }) => `Write ${expected}.`,
  wrong: `fn better(judge: Comparer, prompt: Dialog, answer: Answer) -> Float = judge(answer | prompt)`,
  right: `fn better(judge: Comparer, prompt: Dialog, answer: Answer, rival: Answer) -> Float = judge(answer, rival | prompt)`,
  page: "What stands before the bar is scored, what stands after it is given. A LanguageModel is p(y | x), a MaskedModel m(y | x), a Scorer v(x) or v(y | x), a Comparer j(a, b | x), a TokenScorer v(y | x) per token, an Embedder e(x).",
});
