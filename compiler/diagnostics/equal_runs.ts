/** Runs that are meant to differ differ in their seed. */
import type { Span } from "../../grammar/index.ts";
import { defineDiagnostic, give } from "./define.ts";

export const equalRuns = defineDiagnostic<{ what: string; variable?: string; draw?: Span }>({
  code: "equal_runs",
  severity: "warning",
  title: "Equal runs",
  label: () => "every round is the same",
  text: ({ what }) => `Nothing in this ${what} depends on the round, so all rounds are one step, run once.`,
  hint: () => "Give each its own seed: seed: m.",
  fix: ({ variable, draw }) => (variable && draw ? give(draw, [`seed: ${variable}`]) : undefined),
  wrong: `use std.models { EncoderDecoder }
use std.objectives { cross_entropy }
use std.data { Instruct }
use std.weights { slerp }
source pages = files("pages/*.md")
tokenizer words = bpe(vocab: 4096, from: pages)
model policy: EncoderDecoder { tokenizer: words }
dataset rows: Instruct = jsonl("rows.jsonl")
train neuro {
  runs = for m in 1..3 { fit(policy, by: cross_entropy, on: rows, steps: 100 steps) }
  policy = slerp(runs, from: policy)
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
  page: "A step is keyed by what it means and what it is given. Equal keys are one step, run once; two different draws need two seeds.",
});
