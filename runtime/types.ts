/**
 * The values that a spec's author and a build's user hold: dialogs, documents, contexts, answers, and what a stage is told.
 * Plain data (all of it survives JSON), and nothing here knows how any of it is made.
 * Offsets are UTF-16 code units, end exclusive, as `text.slice(start, end)` takes them.
 */

/** One turn of a conversation. */
export type Message = { readonly role: "user" | "assistant" | "system"; readonly content: string };

/** `Dialog` of the language: the conversation so far, oldest first. A pipeline takes a string for a dialog of one user turn. */
export type Dialog = readonly Message[];

/** Where a passage stands in the document that it was cut from. */
export type Passage = { readonly of: string; readonly start: number; readonly end: number };

/** What ranked lists gave a document, by the name of each: its score, comparable within that list, and its place, from 1. */
export type Lists = { readonly [list: string]: { readonly score: number; readonly place: number } };

/** `Doc` of the language: a document, or the passage of one that a search found. */
export type Doc = {
  /** Stable: the relative path of a file (and `#n` for its n-th passage), or what the source calls it. */
  readonly id: string;
  readonly title: string;
  /** Where a reader can check: a relative path with an anchor, or an address. */
  readonly url: string;
  /** Plain text, without markup; sentences keep their boundaries. */
  readonly text: string;
  /** What the last search, fusion or ranking thought of it; higher is better, comparable within one list only. */
  readonly score?: number;
  /** Set when this is a passage: `text` is `start..end` of the document named `of`. */
  readonly passage?: Passage;
  /** A BCP 47 language, when it is known. */
  readonly language?: string;
  /** What the lists that it was found in gave it: `words`, `vectors`, `feedback`. Trees rank by them. */
  readonly found?: Lists;
};

/** `Docs` of the language, in ranked order. */
export type Docs = readonly Doc[];

/** A piece of a document that the model is shown: `text` is `start..end` of `doc.text` (joined by ` … ` when it has gaps). */
export type Block = {
  /** Counts from 1: the number that a footnote `[n]` names. */
  readonly number: number;
  readonly doc: Doc;
  readonly start: number;
  readonly end: number;
  readonly text: string;
  readonly score: number;
};

/** `Context` of the language: numbered blocks in ranked order, and how many tokens they take together. */
export type Context = { readonly blocks: readonly Block[]; readonly tokens: number };

/** A source that the answer cites: its number in the answer, and the span of the document that was shown. */
export type AnswerSource = {
  readonly number: number;
  readonly doc: Doc;
  readonly start: number;
  readonly end: number;
  readonly text: string;
};

/** One footnote `[n]` in an answer: which source, and where its `[` stands in the answer's text. */
export type Footnote = { readonly number: number; readonly at: number };

/** `Answer` of the language. */
export type Answer = {
  /** What is shown, footnotes included. */
  readonly text: string;
  /** The ids that were generated, when a local model wrote it: training scores these, never the text again. */
  readonly tokens?: readonly number[];
  /** Only what the text cites, by number. */
  readonly sources: readonly AnswerSource[];
  /** In order of place. Every number has a source. */
  readonly footnotes: readonly Footnote[];
  /** False when the answer says that the documents do not tell. */
  readonly known: boolean;
  /** Set when the answer was as long as it may become before its model had ended it. */
  readonly cut?: true;
  /** What the model thought of each token, when that was asked for and what it wrote was not changed. */
  readonly likely?: readonly Likely[];
  /** What a checker of the spec made of its sentences, where the pipeline has one. */
  readonly checks?: Checks;
  /** The stages that failed or were late and were replaced by their `otherwise`. */
  readonly missing: readonly string[];
  /** What ran, when, and how long it took. */
  readonly trace: Trace;
};

/** Citation recall and precision of one answer, shares 0..1 (ALCE); `sentences` and `citations` are what they were taken over. */
export type CitationScores = {
  readonly recall: number;
  readonly precision: number;
  readonly sentences: number;
  readonly citations: number;
  /** Citations without which the rest supports the sentence, and which alone do not. */
  readonly overcited: number;
};

/**
 * What became of a sentence: what it cites supports it as it was written; its footnotes were `repaired`, and now it is supported; nothing that was shown
 * supports it, and it stays (`unsupported`) or is `dropped`; or it says no more than that something is not known (`unknown`).
 */
export type Outcome = "supported" | "repaired" | "unsupported" | "dropped" | "unknown";

/** A sentence that was checked. */
export type CheckedSentence = {
  readonly outcome: Outcome;
  /** As the model wrote it, footnotes included. */
  readonly written: string;
  /** Where it stands in the answer's text; where it would stand, for one that was dropped. */
  readonly start: number;
  readonly end: number;
  /** The numbers that it named, and those that it names. */
  readonly cited: readonly number[];
  readonly cites: readonly number[];
  /** What the checker thinks of it over what it cites now, or else over what it cited, or over the best of what was shown. */
  readonly support: number;
};

/** What a checker made of an answer, sentence by sentence as they were written, and its citation scores as it was written and as it is told. */
export type Checks = {
  /** The checker's name, and from which value on it supports. */
  readonly by: string;
  readonly least: number;
  readonly sentences: readonly CheckedSentence[];
  readonly written: CitationScores;
  readonly told?: CitationScores;
};

/** A token that was written, its natural logarithm of probability, and those of the likeliest tokens in its place. */
export type Likely = {
  readonly token: string;
  readonly logp: number;
  readonly instead: readonly { token: string; logp: number }[];
};

/** A document, or a block of one (`start..end` of its text), among the results of a stage, with what the stage thought of it. */
export type Ranked = { readonly id: string; readonly score?: number; readonly start?: number; readonly end?: number };

/** One run of a stage. Times are milliseconds from the start of the pipeline. */
export type Span = {
  readonly stage: string;
  /** The spec line, as `main.neuro:33`. */
  readonly where: string;
  readonly start: number;
  readonly end: number;
  /** `replaced`: it failed or was late, and its `otherwise` was taken. */
  readonly outcome: "ok" | "failed" | "replaced";
  /** How often it was tried. */
  readonly tries: number;
  /** What the stage noted about itself: `{ found: 20 }`. */
  readonly notes: Readonly<Record<string, string | number | boolean>>;
  /** What it found or chose, best first, when its result is documents or blocks; the first hundred. */
  readonly ranked?: readonly Ranked[];
  /** What it gave, when its result is texts, such as the questions of a search; the first twenty. */
  readonly texts?: readonly string[];
  /** Why it did not end well. */
  readonly error?: string;
};
/** Everything that ran, in the order in which it began to be called. */
export type Trace = { readonly spans: readonly Span[] };

/**
 * How a caller wants the answer to be written, beside what the spec's decoding says: its strategy and stops replace the spec's, and it may
 * only be shorter than the spec allows.
 */
export type Wishes = {
  /** Tokens. */
  readonly most?: number;
  readonly stop?: readonly string[];
  /** 0 is greedy. */
  readonly temperature?: number;
  readonly top_p?: number;
  readonly top_k?: number;
  readonly min_p?: number;
  /** How many alternatives are told with each token; 0 tells the token alone. */
  readonly likely?: number;
};

/** `DeviceName` as the command line takes it. */
export type DeviceName = "auto" | "cpu" | "webgpu" | "interp";

/** Cuts text as some tokenizer does: the offsets where tokens begin (ascending; the first is the first token's). */
export type TokenOffsets = (text: string) => readonly number[];

/**
 * What every stage is told besides its arguments; it comes last. A stage gives up when `signal` aborts (the user left, `within` or the
 * deadline passed) and notes what it did with `note`.
 */
export type StageContext = {
  readonly signal: AbortSignal;
  /** Epoch milliseconds by which the whole answer must be there; Infinity without a deadline. */
  readonly deadline: number;
  readonly seed: number;
  readonly device: DeviceName;
  /** Writes a fact into the trace's span of this stage. */
  readonly note: (name: string, value: string | number | boolean) => void;
  /** Counts tokens as the model that will read them does; words and pieces of words where no local model reads. */
  readonly offsets: TokenOffsets;
  /** How the caller wants the answer to be written; for the stage that writes it. */
  readonly wishes?: Wishes;
  /** Called with the text so far while an answer is written, when somebody watches. */
  readonly onText?: (text: string) => void;
};

/** How a pipeline is called from TypeScript. */
export type CallOptions = {
  readonly signal?: AbortSignal;
  readonly device?: DeviceName;
  readonly seed?: number;
  /** Milliseconds for the whole answer. */
  readonly deadline?: number;
  readonly wishes?: Wishes;
  readonly onText?: (text: string) => void;
  /** Told about each stage as it ends. */
  readonly onSpan?: (span: Span) => void;
};

/** The last user turn's text, or the empty string: `last(prompt)` of the language. */
export function last(prompt: Dialog): string {
  return prompt.findLast((message) => message.role === "user")?.content ?? "";
}

/** A dialog of one user turn from a string; a dialog as it is. */
export function dialog(prompt: string | Dialog): Dialog {
  return typeof prompt === "string" ? [{ role: "user", content: prompt }] : prompt;
}
