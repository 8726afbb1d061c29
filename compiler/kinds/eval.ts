/** What is measured: a pipeline or a model, on a task, by metrics of that task. */
import { unknown } from "../types.ts";
import { choice, type Kind, optional, required, rows, words } from "./kind.ts";

const grounded = ["exact_match", "f1", "known", "cited", "supported"];

/** Metrics by task; names follow `ir_measures` and the papers of the tasks. */
export const tasks: ReadonlyMap<string, readonly string[]> = new Map([
  ["simpleqa", ["accuracy", "accuracy_given_attempted", "attempted", "f1"]],
  ["answers", [...grounded, "accuracy"]],
  ["retrieval", ["ndcg", "recall", "precision", "map", "mrr"]],
  ["pairwise", ["win_rate", "agreement", "overrating"]],
  ["perplexity", ["loss", "perplexity", "bits_per_byte"]],
]);

export const task = choice(
  "Task",
  Object.fromEntries(
    [...tasks.keys()].map((name) => [name, [optional("rows", rows(), "Rows of the task's form, instead of its own.")]]),
  ),
);

/** Every metric of every task; which of them a task measures is a rule of its own. */
export const metric = choice(
  "Metric",
  Object.fromEntries(
    [...new Set([...tasks.values()].flat())]
      .sort()
      .map((name) => [name, [optional("at", words.int, "Only the first so many.", { range: { low: 1 } })]]),
  ),
);

export const evaluation: Kind = {
  word: "eval",
  doc: "Measures a pipeline or a model on a task.",
  fields: [
    required("of", unknown, "What is measured: a pipeline or a model."),
    required("task", task, "Rows and a scorer: simpleqa, answers, retrieval, pairwise, perplexity."),
    required("report", words.list(metric), "Metrics of that task."),
    optional("rows", rows(), "Rows of the task's form, instead of its own."),
    optional("against", unknown, "Another pipeline or model, for paired tests on the same rows."),
  ],
};
