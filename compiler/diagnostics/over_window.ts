/** What is shown and what is written fit in the window together. */
import type { Span } from "../../grammar/index.ts";
import { defineDiagnostic, write } from "./define.ts";

export const overWindow = defineDiagnostic<{ budget: number; most?: number; window: number; model: string; longest?: Span }>({
  code: "over_window",
  severity: "error",
  title: "Over the window",
  label: ({ budget, most, window }) => `${budget}${most === undefined ? " and an answer" : ` + ${most}`} > ${window}`,
  text: ({ budget, most, window, model }) =>
    `The context may take ${budget} tokens${most === undefined ? "" : ` and the answer ${most}`}, and ${model} sees ${window} at a time.`,
  hint: ({ budget, window }) =>
    window > budget
      ? `Lower most to ${window - budget} tokens or less, or the budget.`
      : "Lower the budget, so that it leaves room for the question and the answer.",
  fix: ({ budget, window, longest }) =>
    longest && window > budget ? write(longest, `${window - budget} tokens`, `Write most: ${window - budget} tokens`) : undefined,
  wrong: `use std.models { EncoderDecoder }
use std.answering { search, infocontext, generate }
source pages = files("pages/*.md")
tokenizer words = bpe(vocab: 4096, from: pages)
index library { over: pages, text: bm25(language: "en") }
model policy: EncoderDecoder { tokenizer: words, width: 64, heads: 4, window: 2048 tokens }
decoding careful { strategy: greedy, most: 600 tokens }
pipeline answer(prompt: Dialog) -> Answer {
  found = search(library, [last(prompt)], top: 20)
  context = infocontext(found, given: [last(prompt)], budget: 1500 tokens)
  generate(policy, prompt, context, with: careful)
}`,
  right: `use std.models { EncoderDecoder }
use std.answering { search, infocontext, generate }
source pages = files("pages/*.md")
tokenizer words = bpe(vocab: 4096, from: pages)
index library { over: pages, text: bm25(language: "en") }
model policy: EncoderDecoder { tokenizer: words, width: 64, heads: 4, window: 2048 tokens }
decoding careful { strategy: greedy, most: 400 tokens }
pipeline answer(prompt: Dialog) -> Answer {
  found = search(library, [last(prompt)], top: 20)
  context = infocontext(found, given: [last(prompt)], budget: 1500 tokens)
  generate(policy, prompt, context, with: careful)
}`,
  page: "A window is part of a model's type. A budget, the prompt and `most` together must fit in it.",
});
