/** Weights that meet are those of one model. */
import { defineDiagnostic } from "./define.ts";

export const weightsDiffer = defineDiagnostic<{ left: string; right: string }>({
  code: "weights_differ",
  severity: "error",
  title: "Weights differ",
  label: ({ left, right }) => `${left} against ${right}`,
  text: ({ left, right }) => `Weights meet tensor by tensor, by name, and ${left} and ${right} do not have the same tensors.`,
  hint: () => "Merge runs of one model, or of models that are declared alike.",
  wrong: `use std.models { EncoderDecoder, Encoder, scalar }
use std.weights { slerp }
source pages = files("pages/*.md")
tokenizer words = bpe(vocab: 4096, from: pages)
model policy: EncoderDecoder { tokenizer: words }
model judge: Encoder { tokenizer: words, head: scalar }
train neuro { policy = slerp([policy, judge], from: policy) }`,
  right: `use std.models { EncoderDecoder }
use std.weights { slerp }
source pages = files("pages/*.md")
tokenizer words = bpe(vocab: 4096, from: pages)
model policy: EncoderDecoder { tokenizer: words }
train neuro { policy = slerp([policy, policy], from: policy) }`,
  page: "`Weights` in a signature stands for one model throughout, so that a merge of policies is a policy. Parents share architecture, sizes and tokenizer.",
});
