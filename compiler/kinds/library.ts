/** Choices that the library's functions take besides settings: how lists are fused, how blocks are scored, how a tokenizer is made. */
import { float, host, int, type Type, text, type VariantType } from "../types.ts";
import { choice, given, optional, required, share } from "./kind.ts";

/** `rrf(k: 60)`: reciprocal ranks (Cormack, Clarke and Buettcher, 2009); `scores(weights: [0.8, 0.2])`: the lists' scores, each brought to 0..1; `after`: list after list. */
export const fusion: Type = choice("Fusion", {
  rrf: [optional("k", float(), "How little the first places weigh.", { range: { low: 0 } })],
  scores: [
    optional(
      "weights",
      { kind: "list", of: float() },
      "How much each list counts, in their order; all alike where it is left out.",
    ),
  ],
  after: [],
});

/** By the words that are shared, or by an Embedder. */
export const scoring: Type = {
  ...choice("Scoring", { bm25: [] }),
  or: { kind: "model", head: "Embedder" },
  also: "an Embedder",
};

/** What becomes of the first block that does not fit into a context. */
export const filling: Type = choice("Filling", { cut: [], stop: [], skip: [] });

/** In which order a model is shown blocks. */
export const ordering: Type = choice("Ordering", { best: [], original: [], edges: [] });

/** What makes questions of a dialog: std's rules, or a model. */
export const rephrasing: Type = {
  ...choice("Rephrasing", { rules: [] }),
  or: { kind: "model", head: "LanguageModel" },
  also: "a LanguageModel",
};

/** What decides whether passages bear a sentence of an answer out: nothing, shared words, or a function of the spec, which may ask a model. */
export const checking: VariantType = {
  ...choice("Checking", {
    none: [],
    words: [
      optional("share", float(), "How many of a sentence's words must stand there, besides all of its names and numbers; 80%.", {
        range: share,
      }),
    ],
  }),
  or: {
    kind: "fn",
    signature: {
      parameters: [given("prompt", host("Dialog")), given("passages", host("Docs")), given("sentence", text)],
      result: float(),
    },
  },
  also: "a function of (Dialog, Docs, Text) that gives a Float",
};

/** What becomes of what a checker does not bear out. */
export const unsupported: Type = choice("Unsupported", { keep: [], repair: [], drop: [] });

/** What follows `tokenizer words =`. */
export const tokenizerKind: Type = choice("TokenizerKind", {
  bpe: [
    required("vocab", int(), "Size of the vocabulary.", { range: { low: 256, high: 1_000_000 } }),
    required("from", host("Source"), "The texts that merges are learned from: a source or a dataset."),
    optional("digits", int(), "How many digits one token may hold.", { range: { low: 1, high: 9 } }),
    optional("markers", int(), "How many block markers `[n]` are tokens of their own.", { range: { low: 0, high: 1000 } }),
    optional(
      "sentinels",
      int(),
      "How many `<extra_id_n>` stand for what a text hides (and the modes [R], [S], [X]); a spec with ul2 has 100.",
      {
        range: { low: 0, high: 10_000 },
      },
    ),
    optional("mask", { kind: "bool" }, "Whether `[MASK]` is a word, to stand for a hidden one; a spec with masked has it."),
  ],
  file: [required("path", { kind: "text" }, "A `tokenizer.json`, relative to the spec.")],
});
