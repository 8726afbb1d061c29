/** What a built spec says of an eval, as data and functions; made by the compiler, see `compiler/emit/evals.ts`. Nothing here runs. */
import type { Checking } from "../answer/checker.ts";
import type { LanguageModel } from "../answer/model.ts";
import type { CallOptions } from "../types.ts";

/** A pipeline that is measured, and what it takes of a row, by name and in order. */
export type Measured = {
  readonly name: string;
  readonly run: (...given: never[]) => Promise<unknown>;
  readonly takes: readonly string[];
};

/** Rows of a dataset, each pass the same. */
export type Rows = AsyncIterable<unknown> | Iterable<unknown>;

/** A task with its arguments. */
export type TaskSpec =
  | { readonly kind: "simpleqa"; readonly rows?: Rows; readonly by?: LanguageModel }
  | { readonly kind: "answers"; readonly rows?: Rows; readonly by?: Checking; readonly least?: number }
  | ({ readonly kind: "retrieval"; readonly rows?: Rows } & RetrievalFiles);

/** Where questions and judgments of retrieval are; paths are relative to the spec's folder. */
export type RetrievalFiles = {
  readonly beir?: string;
  readonly split?: string;
  readonly topics?: string;
  readonly part?: { readonly kind: "title" | "desc" | "narr" };
  readonly qrels?: string;
  /** What judgments call a document: `path` its id, `name` a file's name without folder and ending. */
  readonly ids?: { readonly kind: "path" | "name" };
};

/** A metric as the spec names it. */
export type MetricSpec = { readonly kind: string; readonly at?: number; readonly rel?: number };

/** The fields of an `eval`. */
export type EvalSpec = {
  readonly of: readonly Measured[];
  readonly task: TaskSpec;
  readonly report: readonly MetricSpec[];
  readonly rows?: Rows;
  readonly against?: Measured;
  readonly test?: { readonly kind: "permutation" | "bootstrap" | "t" };
  readonly correct?: { readonly kind: "holm" | "bonferroni" | "none" };
  readonly level?: number;
  readonly seed?: number;
};

/** One thing that is asked: its name in tables and files, and the fields that pipelines take. */
export type Question = { readonly id: string; readonly row: Readonly<Record<string, unknown>> };

/** A metric over what was kept of each question's result. Some are means of a value per question, some shares of shares. */
export type Metric<K> = {
  readonly name: string;
  /** The value of one question; undefined where the metric says nothing of it. */
  readonly value?: (kept: K) => number | undefined;
  /** The value of all; the mean of `value` where it is left out. */
  readonly over?: (kept: readonly K[]) => number;
};

/** A task that is open: its questions, what is kept of each result (plain data), and how it is scored. */
export type Task<K> = {
  readonly questions: readonly Question[];
  /** What is kept of a pipeline's result. */
  keep(result: unknown, question: Question, options: CallOptions): K | Promise<K>;
  /** What stands for a question that failed. */
  readonly failed: (question: Question) => K;
  readonly metrics: readonly Metric<K>[];
  /** What makes the numbers of all results doubtful, in a sentence; undefined where nothing does. */
  doubt?(kept: readonly K[]): string | undefined;
};
