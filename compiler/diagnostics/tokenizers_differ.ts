/** Whatever meets over one text shares its tokens. */
import { defineDiagnostic } from "./define.ts";

export const tokenizersDiffer = defineDiagnostic<{ left: string; right: string; leftTokenizer: string; rightTokenizer: string }>({
  code: "tokenizers_differ",
  severity: "error",
  title: "Tokenizers differ",
  label: ({ left, right, leftTokenizer, rightTokenizer }) => `${left} reads ${leftTokenizer}, ${right} reads ${rightTokenizer}`,
  text: ({ left, right, leftTokenizer, rightTokenizer }) =>
    `${left} and ${right} meet over one text, but cut it differently: ${leftTokenizer} and ${rightTokenizer}.`,
  hint: () => "Give both models one tokenizer.",
  wrong: `use std.models { EncoderDecoder }
use std.objectives { dpo }
use std.data { Preference }
source pages = files("pages/*.md")
tokenizer words = bpe(vocab: 4096, from: pages)
model policy: EncoderDecoder { tokenizer: words, width: 64, heads: 4, window: 512 tokens }
tokenizer other = bpe(vocab: 1024, from: pages)
model elder: EncoderDecoder { tokenizer: other, width: 64, heads: 4, window: 512 tokens }
dataset duels: Preference = jsonl("duels.jsonl")
train neuro { policy = fit(policy, by: dpo(reference: elder), on: duels, steps: 100 steps) }`,
  right: `use std.models { EncoderDecoder }
use std.objectives { dpo }
use std.data { Preference }
source pages = files("pages/*.md")
tokenizer words = bpe(vocab: 4096, from: pages)
model policy: EncoderDecoder { tokenizer: words, width: 64, heads: 4, window: 512 tokens }
model elder: EncoderDecoder { tokenizer: words, width: 64, heads: 4, window: 512 tokens }
dataset duels: Preference = jsonl("duels.jsonl")
train neuro { policy = fit(policy, by: dpo(reference: elder), on: duels, steps: 100 steps) }`,
  page: "A tokenizer is part of a model's type, by its declaration and file. A ratio, a draft, a merge and recorded probabilities compare token by token.",
});
