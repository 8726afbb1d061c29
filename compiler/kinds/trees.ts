/** Boosted trees that rank what a search found: which words count for how much, and in which language. What they ask is learned, not declared. */
import { type Kind, optional, words } from "./kind.ts";

export const trees: Kind = {
  word: "trees",
  doc: "Boosted symmetric trees over what a search knows of a question and a document: a recipe learns them by `boost`, `rerank(.., by: ..)` ranks by them.",
  fields: [
    optional(
      "over",
      words.host("Index"),
      "The index whose documents they rank: it says how words are compared, and which are rare. Among what was found where it is left out.",
    ),
    optional(
      "language",
      words.text,
      'The language whose endings are stripped when words are compared: "en", "ru"; both where it is left out.',
    ),
  ],
};
