/** Every parameter without a default is given. */
import { defineDiagnostic, give } from "./define.ts";

export const missingArgument = defineDiagnostic<{
  names: readonly string[];
  callee: string;
  signature: string;
  given?: readonly string[];
}>({
  code: "missing_argument",
  severity: "error",
  title: "Missing argument",
  label: ({ names }) => `${names.join(", ")} missing`,
  text: ({ names, callee }) => `${callee} needs ${names.map((name) => `\`${name}\``).join(" and ")}.`,
  hint: ({ signature }) => `It is ${signature}.`,
  fix: ({ given }, at) => (given ? give(at, given) : undefined),
  wrong: `use std.models { EncoderDecoder }
use std.weights { slerp }
source pages = files("pages/*.md")
tokenizer words = bpe(vocab: 4096, from: pages)
model policy: EncoderDecoder { tokenizer: words }
train neuro { policy = slerp([policy, policy]) }`,
  right: `use std.models { EncoderDecoder }
use std.weights { slerp }
source pages = files("pages/*.md")
tokenizer words = bpe(vocab: 4096, from: pages)
model policy: EncoderDecoder { tokenizer: words }
train neuro { policy = slerp([policy, policy], from: policy) }`,
  page: "A parameter with a default (`= ...` in the signature) may be left out; every other must be given, by place or by name.",
});
