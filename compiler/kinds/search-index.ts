/** What can be searched: documents, by their words, by vectors, or both. */
import type { Type } from "../types.ts";
import { choice, type Kind, optional, required, share, tokens, words } from "./kind.ts";

/** What `language` of bm25 may say: whose endings are stripped; `mixed` looks at each word, `none` strips nothing. */
export const languages: readonly string[] = ["en", "ru", "mixed", "none"];

export const textIndex = choice("TextIndex", {
  bm25: [
    optional(
      "language",
      words.text,
      'The language whose endings are stripped: "en", "ru"; "mixed", by each word; "none". By document where it is left out.',
    ),
    optional(
      "analysis",
      choice("Analysis", { stems: [], lucene: [] }),
      "How texts become words: stems, or as Lucene's English analyzer does it, for comparison.",
    ),
    optional("title", words.int, "How often the words of a title count; 3 where it is left out.", {
      range: { low: 0, high: 100 },
    }),
    optional("k1", words.float, "How soon more mentions stop counting.", { range: { low: 0, high: 10 } }),
    optional("b", words.float, "How much long documents are held back.", { range: share }),
  ],
});

export const vectorIndex = choice("VectorIndex", {
  embed: [required("by", { kind: "model", head: "Embedder" }, "The model that turns a passage into a vector.")],
});

/** A number of tokens, or whole documents. */
const block: Type = { ...choice("Block", { whole: [] }), or: tokens.type, also: "a number of tokens" };

export const index: Kind = {
  word: "index",
  doc: "Documents cut into passages and made searchable; rebuilt only where documents or settings changed.",
  fields: [
    required("over", words.host("Source"), "The documents."),
    optional("text", textIndex, 'Search by words: bm25(language: "en").'),
    optional("vectors", vectorIndex, "Search by meaning: embed(by: scout)."),
    optional("block", block, "Length of a passage in tokens, or whole documents; whole sentences where it is left out.", {
      unit: "tokens",
      range: { low: 1 },
    }),
    optional("overlap", tokens.type, "What two neighbours share.", { unit: "tokens", range: { low: 0 } }),
  ],
};
