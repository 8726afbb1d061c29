/** A guard watches what the fit has. */
import { defineDiagnostic } from "./define.ts";

const world = `use std.models { Encoder, pairwise }
use std.objectives { pair_pm, Judged }
type Aspect = main | safety
source pages = files("pages/*.md")
tokenizer words = bpe(vocab: 4096, from: pages)
model judge: Encoder { tokenizer: words, depth: 2 layers, head: pairwise(over: Aspect) }
dataset judged: Judged<Aspect> = jsonl("judged.jsonl")
dataset held_out: Judged<Aspect> = jsonl("held-out.jsonl")
train neuro {`;

export const guardMisfit = defineDiagnostic<{ what: string; hint: string }>({
  code: "guard_misfit",
  severity: "error",
  title: "Guard misfit",
  label: () => "this guard cannot watch",
  text: ({ what }) => what,
  hint: ({ hint }) => hint,
  wrong: `${world}
  judge = fit(judge, by: pair_pm, on: judged, epochs: 2 epochs, stop: guard(on: held_out, entropy: 0.3))
}`,
  right: `${world}
  judge = fit(judge, by: pair_pm, on: judged, epochs: 2 epochs, stop: guard(on: held_out, loss: 5%))
}`,
  page: "A guard ends a fit when a bound is broken. Bounds on answers (kl, entropy, length, copied, drop) need a model that writes; `loss` and `agree` need rows as the objective reads them, and `agree` an objective that binds `accuracy`; `drop` needs the reward `by` that may not fall.",
});
