/** What one stage, or one index, is given goes together: sizes with each other, weights with lists. */
import { defineDiagnostic, write } from "./define.ts";

const world = (stage: string) => `use std.answering { search, infocontext, verify, quote }
source pages = files("pages/*.md")
index library { over: pages, text: bm25(language: "en") }
pipeline answer(prompt: Dialog) -> Answer {
  found = search(library, [last(prompt)], top: 20)
  context = infocontext(found, given: [last(prompt)], ${stage})
  verify(quote(prompt, found), context, given: prompt)
}`;

export const stageMisfit = defineDiagnostic<{ what: string; hint: string; better?: string }>({
  code: "stage_misfit",
  severity: "error",
  title: "Does not go together",
  label: () => "does not go with the rest",
  text: ({ what }) => what,
  hint: ({ hint }) => hint,
  fix: ({ better }, at) => (better === undefined ? undefined : write(at, better)),
  wrong: world("block: 64 tokens, overlap: 64 tokens, budget: 320 tokens"),
  right: world("block: 64 tokens, overlap: 16 tokens, budget: 320 tokens"),
  page: "Blocks that share all they have would never move on. `scores(weights: ..)` weighs each list that is fused. The checker `words` tells a share, so `least:` of it is one.",
});
