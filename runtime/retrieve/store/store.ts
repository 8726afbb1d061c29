/**
 * What keeps passages and finds them by terms: the interface between an index and the engines below it. Engines know rows and terms;
 * they know nothing of languages, files, locks or questions.
 */

/** One passage. `terms` are those of its text, headings and title, separated by single spaces. */
export type PassageRow = {
  readonly id: string;
  /** The id of the document that it was cut from. */
  readonly document: string;
  readonly title: string;
  readonly url: string;
  readonly text: string;
  /** Where `text` stands in the document's text (UTF-16). */
  readonly start: number;
  readonly end: number;
  /** As the document says, or empty. */
  readonly language: string;
  readonly terms: string;
  /** What the passage means, of length 1; absent where nothing embeds. */
  readonly vector?: Float32Array;
};

/** How words are weighed: see `bm25`. */
export type Weighing = { readonly k1: number; readonly b: number };

/** `score` is BM25 as Lucene counts it, or the cosine of two vectors, whatever the engine. */
export type FoundRow = { readonly row: PassageRow; readonly score: number };

/** A term and how much it counts in a question. */
export type WeighedTerm = readonly [term: string, weight: number];

/** An open, unchanging set of passages. */
export type Store = {
  /** The best `top` passages with any of the terms, best first, equal scores by id. No terms find nothing. */
  search(terms: readonly string[], top: number): Promise<FoundRow[]>;
  /** The `top` passages whose vectors are nearest to this one of length 1, nearest first, equal ones by id: the nearest of all, unless `finish` told a recall. */
  near(vector: Float32Array, top: number): Promise<FoundRow[]>;
  /** As `search`, each term counting by its weight. */
  weighed(terms: readonly WeighedTerm[], top: number): Promise<FoundRow[]>;
  /** What a term tells: BM25's idf among these passages, positive, the most for one that none has. */
  rarity(): Promise<(term: string) => number>;
  /** The passages of a document, in the order in which they stand there; none of one that is not held. */
  of(document: string): Promise<PassageRow[]>;
  close(): void;
};

/** A set of passages being made. Nothing reads it before `finish`. */
export type StoreWriter = {
  add(rows: readonly PassageRow[]): Promise<void>;
  /** Takes out all passages of these documents. */
  remove(documents: readonly string[]): Promise<void>;
  /** Makes what was written searchable. `recall` is the share of the nearest vectors that `near` finds, measured, where it does not compare all. */
  finish(): Promise<{ readonly recall?: number }>;
};

/** How engines are named in `index.json`. */
export type EngineName = "lancedb" | "memory";
/** A way to keep passages. */
export type Engine = {
  readonly name: EngineName;
  /** A new set in the empty folder `folder`, beginning with what the set in `from` has; `width` is the size of its vectors, 0 for none. */
  create(folder: string, width: number, from?: string): Promise<StoreWriter>;
  /** Throws when the folder does not hold what the engine wrote. */
  open(folder: string, weighing: Weighing): Promise<Store>;
};

/** Orders found rows as `Store.search` promises. */
export function ranked(found: readonly FoundRow[], top: number): FoundRow[] {
  return [...found].sort((a, b) => b.score - a.score || (a.row.id < b.row.id ? -1 : 1)).slice(0, top);
}
