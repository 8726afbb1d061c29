/**
 * Metrics over all queries of a run. Without `complete` the mean is over queries that were both judged and answered, as trec_eval's; with it over all that
 * were judged, those without results counting 0, as its `-c`. Queries that nobody judged are passed over. Knows nothing of files.
 */
import { NeuroError } from "../error.ts";
import { mean } from "../numbers.ts";
import type { Measure } from "./measures.ts";
import { judge } from "./metrics.ts";
import { type Judgments, queriesInOrder, type Rankings } from "./ranking.ts";

/** Values of one run: by metric, then by query in the order of `queries`. */
export type Scores = {
  readonly queries: readonly string[];
  readonly values: ReadonlyMap<string, readonly number[]>;
  readonly means: ReadonlyMap<string, number>;
  /** Judged queries for which the run has nothing. */
  readonly unanswered: readonly string[];
};

/** Scores a run. Throws `nothing_judged` when it shares no query with the judgments. */
export function scoreRun(
  rankings: Rankings,
  judgments: Judgments,
  measures: readonly Measure[],
  { complete = false }: { readonly complete?: boolean } = {},
): Scores {
  const judged = queriesInOrder(judgments.keys());
  const unanswered = judged.filter((query) => !rankings.has(query));
  const queries = complete ? judged : judged.filter((query) => rankings.has(query));
  if (queries.length === 0 || unanswered.length === judged.length) throw strangers(rankings, judged);
  const read = queries.map((query) => judge(rankings.get(query) ?? [], judgments.get(query)!));
  const values = new Map(measures.map(({ name, of }) => [name, read.map(of)]));
  return { queries, values, means: new Map([...values].map(([name, list]) => [name, mean(list)])), unanswered };
}

function strangers(rankings: Rankings, judged: readonly string[]): NeuroError {
  const [ours, theirs] = [[...rankings.keys()].slice(0, 3), judged.slice(0, 3)].map((names) => names.join(", "));
  return new NeuroError("nothing_judged", `The run and the judgments have no query in common: ${ours} beside ${theirs}.`, {
    hint: "Name the judgments of this run's queries.",
  });
}
