/** Runs beside each other on one set of judgments, as trec_eval would score them, the first being what the others are tested against. */
import { basename } from "node:path";
import { scoreRun } from "./average.ts";
import { readMeasure } from "./measures.ts";
import { judge } from "./metrics.ts";
import type { Rankings } from "./ranking.ts";
import { type EvalReport, reportOf } from "./report.ts";
import type { Metric } from "./spec.ts";
import type { Ranked } from "./tasks/retrieval.ts";
import { readJudgments } from "./trec.ts";

/**
 * Compares runs by named metrics (`nDCG@10`, `AP` and `R@1000` when none is named). Without `complete` only queries count that every run answers, so that the
 * tests are paired; of one run that is trec_eval's mean.
 */
export function compareRuns(
  runs: readonly { readonly name: string; readonly rankings: Rankings }[],
  path: string,
  named: readonly string[] = [],
  complete = false,
): { report: EvalReport; unanswered: Readonly<Record<string, readonly string[]>> } {
  const judgments = readJudgments(path);
  const measures = (named.length > 0 ? named : ["nDCG@10", "AP", "R@1000"]).map(readMeasure);
  const scored = runs.map(({ name, rankings }) => ({ name, rankings, ...scoreRun(rankings, judgments, measures, { complete }) }));
  const queries = scored[0]!.queries.filter((query) => scored.every((one) => one.queries.includes(query)));
  const metrics = measures.map(
    ({ name, of }): Metric<Ranked> => ({ name, value: ({ query, found }) => of(judge(found, judgments.get(query)!)) }),
  );
  const results = scored.map(({ name, rankings }) => ({
    name,
    timed: false,
    asked: queries.map((query) => ({ kept: { query, found: rankings.get(query) ?? [] }, ms: 0, stages: [] })),
  }));
  const questions = queries.map((id) => ({ id, row: {} }));
  const report = reportOf(results, questions, metrics, {
    eval: basename(path),
    task: "retrieval",
    against: runs[0]!.name,
    test: "permutation",
    correct: "holm",
    level: 0.95,
    seed: 0,
  });
  return { report, unanswered: Object.fromEntries(scored.map(({ name, unanswered }) => [name, unanswered])) };
}
