/** Rounds of `for` are independent. */
import type { Span } from "../../grammar/index.ts";
import { defineDiagnostic, write } from "./define.ts";

export const rebindInFor = defineDiagnostic<{ name: string; only?: Span }>({
  code: "rebind_in_for",
  severity: "error",
  title: "Rebound in for",
  label: () => "an outer name",
  text: ({ name }) => `The rounds of \`for\` are independent, so they cannot make a new version of \`${name}\`.`,
  hint: () => "Collect the results, runs = for .. { .. }, and merge them after; or use `repeat`, which runs in order.",
  fix: ({ only }) => (only ? write(only, "", "Give the value back instead of binding it") : undefined),
  wrong: `use std.models { EncoderDecoder }
use std.objectives { cross_entropy }
use std.data { Instruct }
source pages = files("pages/*.md")
tokenizer words = bpe(vocab: 4096, from: pages)
model policy: EncoderDecoder { tokenizer: words }
dataset rows: Instruct = jsonl("rows.jsonl")
train neuro {
  runs = for m in 1..3 { policy = fit(policy, by: cross_entropy, on: rows, steps: 100 steps, seed: m) }
  report(runs: count(runs))
}`,
  right: `use std.models { EncoderDecoder }
use std.objectives { cross_entropy }
use std.data { Instruct }
use std.weights { slerp }
source pages = files("pages/*.md")
tokenizer words = bpe(vocab: 4096, from: pages)
model policy: EncoderDecoder { tokenizer: words }
dataset rows: Instruct = jsonl("rows.jsonl")
train neuro {
  runs = for m in 1..3 { fit(policy, by: cross_entropy, on: rows, steps: 100 steps, seed: m) }
  policy = slerp(runs, from: policy)
}`,
  page: "`for` is an expression: a list of the last values of independent runs. `repeat` carries the outer names it rebinds from round to round.",
});
