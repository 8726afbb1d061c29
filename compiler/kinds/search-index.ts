/** What can be searched: documents, by their words, by vectors, or both. */
import { choice, type Kind, optional, required, share, tokens, words } from "./kind.ts";

export const textIndex = choice("TextIndex", {
  bm25: [
    optional("language", words.text, 'The language whose endings are stripped: "en", "ru"; by document where it is left out.'),
    optional("k1", words.float, "How soon more mentions stop counting.", { range: { low: 0, high: 10 } }),
    optional("b", words.float, "How much long documents are held back.", { range: share }),
  ],
});

export const vectorIndex = choice("VectorIndex", {
  embed: [required("by", { kind: "model", head: "Embedder" }, "The model that turns a passage into a vector.")],
});

export const index: Kind = {
  word: "index",
  doc: "Documents cut into passages and made searchable; rebuilt only where documents or settings changed.",
  fields: [
    required("over", words.host("Source"), "The documents."),
    optional("text", textIndex, 'Search by words: bm25(language: "en").'),
    optional("vectors", vectorIndex, "Search by meaning: embed(by: scout)."),
    optional("block", tokens.type, "Length of a passage.", { unit: "tokens", range: { low: 1 } }),
    optional("overlap", tokens.type, "What two neighbours share.", { unit: "tokens", range: { low: 0 } }),
  ],
};
