/** A recipe with nothing to be given is run, and publishes; what other recipes call is given the models it works on. */
import { defineDiagnostic } from "./define.ts";

export const recipeCalled = defineDiagnostic<{ name: string }>({
  code: "recipe_called",
  severity: "error",
  title: "A recipe that is run, not called",
  label: () => "has no parameters",
  text: ({ name }) =>
    `${name} takes nothing, so it is a recipe to run: it ends by publishing its weights and gives nothing back.`,
  hint: ({ name }) =>
    `Give it the model it works on, train ${name}(policy: LanguageModel) -> LanguageModel, and call it with that; or run it apart, neuroc train --recipe ${name}.`,
  wrong: `use std.models { EncoderDecoder }
use std.objectives { cross_entropy }
use std.data { Instruct }
dataset rows: Instruct = jsonl("rows.jsonl")
tokenizer words = bpe(vocab: 4096, from: rows)
model policy: EncoderDecoder { tokenizer: words }
train first {
  policy = fit(policy, by: cross_entropy, on: rows, steps: 100 steps)
}
train both {
  policy = first()
}`,
  right: `use std.models { EncoderDecoder }
use std.objectives { cross_entropy }
use std.data { Instruct }
dataset rows: Instruct = jsonl("rows.jsonl")
tokenizer words = bpe(vocab: 4096, from: rows)
model policy: EncoderDecoder { tokenizer: words }
train first(start: LanguageModel) -> LanguageModel {
  fit(start, by: cross_entropy, on: rows, steps: 100 steps)
}
train both {
  policy = first(policy)
}`,
  page: "When a recipe without parameters ends, the last versions of its models are published. One with parameters is a sub-recipe: called from others, its last expression is its result.",
});
