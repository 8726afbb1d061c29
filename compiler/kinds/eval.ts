/** What is measured: pipelines, on a task (rows and a scorer), by metrics of that task, against one of them where they are compared. */
import { int, type Parameter } from "../types.ts";
import { choice, type Kind, optional, required, rows, share, words } from "./kind.ts";
import { checking } from "./library.ts";

/** What a task takes besides rows, which metrics it has, what a pipeline must give for it, and what one row must hold. */
interface Task {
  readonly metrics: readonly string[];
  readonly gives: "Answer" | "Docs";
  /** One of these must be in a row. */
  readonly reads: readonly string[];
  readonly more: readonly Parameter[];
}

const graded: readonly string[] = ["answer", "answers"];

/** The tasks; names of metrics follow `ir_measures` and the papers of the tasks. */
export const tasks: ReadonlyMap<string, Task> = new Map<string, Task>([
  [
    "simpleqa",
    {
      metrics: ["accuracy", "accuracy_given_attempted", "attempted", "f1"],
      gives: "Answer",
      reads: graded,
      more: [optional("by", { kind: "model", head: "LanguageModel" }, "A model that grades; by words where it is left out.")],
    },
  ],
  [
    "answers",
    {
      metrics: [
        "exact_match",
        "f1",
        "contains",
        "known",
        "admitted",
        "missed",
        "cited",
        "supported",
        "citation_recall",
        "citation_precision",
      ],
      gives: "Answer",
      reads: graded,
      more: [
        optional("by", checking, "What decides whether a sentence is borne out by what it cites; words where it is left out."),
        optional("least", words.float, "From which value of it on; 50% where it is left out."),
      ],
    },
  ],
  [
    "retrieval",
    {
      metrics: ["ndcg", "ap", "map", "rr", "mrr", "precision", "recall", "success", "rprec", "bpref", "judged"],
      gives: "Docs",
      reads: ["relevant"],
      more: [
        optional("beir", words.text, "A BEIR folder: its queries.jsonl, and the judgments of a split."),
        optional("split", words.text, "Which judgments of a BEIR folder: qrels/test.tsv where it is left out."),
        optional(
          "topics",
          words.text,
          "A file of questions: TREC's topics, lines of id, tab and text, or of JSON with _id and text.",
        ),
        optional(
          "part",
          choice("TopicPart", { title: [], desc: [], narr: [] }),
          "Which part of TREC's topics is asked; the title.",
        ),
        optional("qrels", words.text, "TREC's judgments of those questions."),
        optional(
          "ids",
          choice("DocumentNames", { path: [], name: [] }),
          "What judgments call a document: its id as it is, or a file's name without folder and ending.",
        ),
      ],
    },
  ],
]);

const ownRows = optional("rows", rows(), "Rows of the task's form, which stand in `rows` of the eval otherwise.");

export const task = choice("Task", Object.fromEntries([...tasks].map(([name, { more }]) => [name, [ownRows, ...more]])));

/** Metrics of rankings that look at the first so many only; those in `cut` always do. */
export const cut: ReadonlySet<string> = new Set(["precision", "recall", "success", "judged"]);
const at = (name: string): Parameter[] =>
  cut.has(name) || ["ndcg", "ap", "map", "rr", "mrr"].includes(name)
    ? [optional("at", words.int, "Only the first so many.", { range: { low: 1 } })]
    : [];
const rel = (name: string): Parameter[] =>
  tasks.get("retrieval")!.metrics.includes(name) && !["ndcg", "judged"].includes(name)
    ? [optional("rel", words.int, "From which grade on a document is relevant; 1 where it is left out.", { range: { low: 1 } })]
    : [];

/** Every metric of every task; which of them a task measures is a rule of its own. */
export const metric = choice(
  "Metric",
  Object.fromEntries(
    [...new Set([...tasks.values()].flatMap(({ metrics }) => metrics))].sort().map((name) => [name, [...at(name), ...rel(name)]]),
  ),
);

export const evaluation: Kind = {
  word: "eval",
  doc: "Measures pipelines on a task: a table with intervals and paired tests. `neuroc eval` runs it.",
  fields: [
    required(
      "of",
      words.host("Pipelines"),
      "What is measured: a pipeline, or a list of them, which share the work of equal stages.",
    ),
    required("task", task, "Rows and a scorer: simpleqa, answers, retrieval."),
    required("report", words.list(metric), "Metrics of that task."),
    optional(
      "rows",
      rows(),
      "What is asked: `prompt` and whatever else the pipelines take, and the right `answer`, `answers` or `relevant` ids.",
    ),
    optional("against", words.host("Pipeline"), "The pipeline that the others are tested against, on the same rows."),
    optional(
      "test",
      choice("Test", { permutation: [], bootstrap: [], t: [] }),
      "How a difference is tested: permutation, bootstrap, t.",
    ),
    optional(
      "correct",
      choice("Correction", { holm: [], bonferroni: [], none: [] }),
      "For several comparisons by one metric: holm, bonferroni, none.",
    ),
    optional("level", words.float, "The level of trust of intervals, 95% where it is left out.", { range: share }),
    optional("seed", int(), "Of what pipelines draw, and of resampling."),
  ],
};
