/**
 * What an evaluation found: each system's numbers with intervals, and its paired test against one of them, corrected for how many were tested by the same
 * metric. Plain data; the same results and seed give the same report. It asks nothing and prints nothing.
 */
import { mean } from "../numbers.ts";
import type { Seed } from "../random.ts";
import { type Correction, corrected, type Interval, interval, pairedTest, sharedTest, type Test } from "./significance.ts";
import type { Metric, Question } from "./spec.ts";
import type { Asked } from "./systems.ts";

/** A number of one system. */
export type Score = Interval & {
  readonly value: number;
  /** Questions of which the metric says something. */
  readonly count: number;
  /** Against the baseline: how much more, the chance of it if both were equal, and that chance corrected. */
  readonly difference?: number;
  readonly p?: number;
  readonly corrected?: number;
};

/** How long a stage took, in milliseconds: the median over questions. `shared` is the share of questions for which another system did it. */
export type StageReport = { readonly stage: string; readonly where: string; readonly median: number; readonly shared: number };

export type SystemReport = {
  readonly name: string;
  readonly scores: Readonly<Record<string, Score>>;
  /** Milliseconds a question; absent for runs that were read from files. */
  readonly time?: { readonly median: number; readonly p95: number };
  readonly stages: readonly StageReport[];
  readonly failed: readonly { readonly question: string; readonly why: string }[];
};

/** The whole. */
export type EvalReport = {
  readonly eval: string;
  readonly task: string;
  readonly questions: number;
  readonly metrics: readonly string[];
  readonly against?: string;
  readonly test: Test;
  readonly correct: Correction;
  readonly level: number;
  readonly systems: readonly SystemReport[];
  /** Why the numbers may say nothing. */
  readonly doubt?: string;
};

/** Results of one system, in the order of the questions. */
export type Results<K> = { readonly name: string; readonly asked: readonly Asked<K>[]; readonly timed: boolean };

/** How differences are told from chance. */
export type ReportOptions = {
  readonly eval: string;
  readonly task: string;
  readonly against?: string;
  readonly test: Test;
  readonly correct: Correction;
  readonly level: number;
  readonly seed: Seed;
  readonly doubt?: string | undefined;
};

/** Makes the report of all systems' results. */
export function reportOf<K>(
  systems: readonly Results<K>[],
  questions: readonly Question[],
  metrics: readonly Metric<K>[],
  options: ReportOptions,
): EvalReport {
  const base = systems.find(({ name }) => name === options.against);
  const scores = metrics.map((metric) => scoresOf(metric, systems, base, options));
  return {
    eval: options.eval,
    task: options.task,
    questions: questions.length,
    metrics: metrics.map(({ name }) => name),
    ...(base === undefined || systems.length < 2 ? {} : { against: base.name }),
    test: options.test,
    correct: options.correct,
    level: options.level,
    ...(options.doubt === undefined ? {} : { doubt: options.doubt }),
    systems: systems.map(({ name, asked, timed }, i) => ({
      name,
      scores: Object.fromEntries(metrics.map((metric, m) => [metric.name, scores[m]![i]!])),
      ...(timed
        ? {
            time: {
              median: quantile(
                asked.map(({ ms }) => ms),
                0.5,
              ),
              p95: quantile(
                asked.map(({ ms }) => ms),
                0.95,
              ),
            },
          }
        : {}),
      stages: timed ? stagesOf(asked) : [],
      failed: asked.flatMap(({ failed }, at) => (failed === undefined ? [] : [{ question: questions[at]!.id, why: failed }])),
    })),
  };
}

/** One metric of every system. */
function scoresOf<K>(
  metric: Metric<K>,
  systems: readonly Results<K>[],
  base: Results<K> | undefined,
  { test, correct, level, seed }: ReportOptions,
): Score[] {
  const kept = systems.map(({ asked }) => asked.map((one) => one.kept));
  const plain = kept.map((all) => scoreOf(metric, all, level, seed));
  const at = base === undefined ? -1 : systems.indexOf(base);
  const others = systems.map((_, i) => i).filter((i) => at >= 0 && i !== at);
  const chances = others.map((i) => chanceOf(metric, kept[i]!, kept[at]!, test, seed));
  const adjusted = corrected(chances, correct);
  return plain.map((score, i) => {
    const which = others.indexOf(i);
    if (which < 0) return score;
    return { ...score, difference: score.value - plain[at]!.value, p: chances[which]!, corrected: adjusted[which]! };
  });
}

function scoreOf<K>(metric: Metric<K>, kept: readonly K[], level: number, seed: Seed): Score {
  if (metric.over !== undefined) {
    const { over } = metric;
    const ends = interval(kept.length, (rows) => over(rows.map((i) => kept[i]!)), { level, seed });
    return { value: over(kept), ...ends, count: kept.length };
  }
  const values = kept.map((one) => metric.value!(one)).filter((value) => value !== undefined);
  const ends = interval(values.length, (rows) => rows.reduce((sum, i) => sum + values[i]!, 0) / rows.length, { level, seed });
  return { value: mean(values), ...ends, count: values.length };
}

/** Where the metric says nothing of a question for one of the two, the question does not count for either. */
function chanceOf<K>(metric: Metric<K>, ours: readonly K[], theirs: readonly K[], test: Test, seed: Seed): number {
  if (metric.over !== undefined) return sharedTest(ours, theirs, metric.over, { seed });
  const both = ours
    .map((one, i) => [metric.value!(one), metric.value!(theirs[i]!)] as const)
    .filter((pair): pair is readonly [number, number] => pair[0] !== undefined && pair[1] !== undefined);
  return pairedTest(
    both.map(([value]) => value),
    both.map(([, value]) => value),
    test,
    { seed },
  );
}

function stagesOf<K>(asked: readonly Asked<K>[]): StageReport[] {
  const by = new Map<string, { stage: string; where: string; ms: number[]; shared: number }>();
  for (const { stages } of asked) {
    for (const { stage, where, ms, shared } of stages) {
      const known = by.get(`${stage} ${where}`) ?? { stage, where, ms: [], shared: 0 };
      by.set(`${stage} ${where}`, known);
      known.ms.push(ms);
      if (shared) known.shared++;
    }
  }
  return [...by.values()].map(({ stage, where, ms, shared }) => ({
    stage,
    where,
    median: quantile(ms, 0.5),
    shared: shared / ms.length,
  }));
}

function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
}
