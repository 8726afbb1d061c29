/** A metric is one of the task's. */
import { defineDiagnostic, guess, nearest } from "./define.ts";

export const metricOfOtherTask = defineDiagnostic<{ metric: string; task: string; known: readonly string[] }>({
  code: "metric_of_other_task",
  severity: "error",
  title: "Metric of another task",
  label: ({ task }) => `not measured by ${task}`,
  text: ({ metric, task }) => `The task ${task} does not measure ${metric}.`,
  hint: ({ metric, known }) => guess(metric, known) ?? `It measures ${known.join(", ")}.`,
  fix: ({ metric, known }, at) => nearest(metric, known, at),
  wrong: `use std.answering { search, quote }
source pages = files("pages/*.md")
index library { over: pages, text: bm25(language: "en") }
pipeline answer(prompt: Dialog) -> Answer = quote(prompt, search(library, [last(prompt)]))
eval facts { of: answer, task: simpleqa, report: [ndcg] }`,
  right: `use std.answering { search, quote }
source pages = files("pages/*.md")
index library { over: pages, text: bm25(language: "en") }
pipeline answer(prompt: Dialog) -> Answer = quote(prompt, search(library, [last(prompt)]))
eval facts { of: answer, task: simpleqa, report: [f1, accuracy_given_attempted] }`,
  page: "A task is rows and a scorer, and measures what the scorer can tell.",
});
