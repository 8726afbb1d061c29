/** What a server measures of itself, under Prometheus names; read at `/metrics`. Numbers only, nothing of what was asked. */

import type { Counter, Gauge, Histogram, Registry } from "prom-client";
import type { BatchFacts } from "../decode/batching.ts";
import type { Answer, Span } from "../types.ts";
import type { Usage } from "./types.ts";

/** What is true at the moment when it is asked. */
export type Moment = {
  readonly running: number;
  readonly waiting: number;
  readonly batches: ReadonlyMap<string, BatchFacts>;
};

/** The meters of one server. */
export type Metrics = {
  request(route: string, status: number, seconds: number): void;
  refused(reason: string): void;
  /** From the request to the first text that is shown, and from there on for each token. */
  first(model: string, seconds: number): void;
  answered(model: string, answer: Answer, usage: Usage, seconds: { first?: number; all: number }): void;
  stage(span: Span): void;
  lost(what: string): void;
  /** In Prometheus' text form. */
  text(): Promise<string>;
  readonly contentType: string;
};

const short = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

/** Meters in a registry of their own; `now` is asked when they are read. */
export async function openMetrics(now: () => Moment | Promise<Moment>): Promise<Metrics> {
  const prometheus = await import("prom-client");
  const registry: Registry = new prometheus.Registry();
  prometheus.collectDefaultMetrics({ register: registry });
  const meters = metersOf(prometheus, registry);
  gauges(prometheus.Gauge, registry, now);
  return {
    contentType: registry.contentType,
    request: (route, status, seconds) => meters.requests.observe({ route, status: String(status) }, seconds),
    refused: (reason) => meters.refused.inc({ reason }),
    first: (model, seconds) => meters.first.observe({ model }, seconds),
    answered(model, answer, usage, seconds) {
      meters.tokens.inc({ type: "input" }, usage.read);
      meters.tokens.inc({ type: "cached" }, usage.reused);
      meters.tokens.inc({ type: "output" }, usage.written);
      meters.answers.inc({ model, outcome: answer.cut ? "cut" : answer.known ? "known" : "unknown" });
      for (const stage of answer.missing) meters.missing.inc({ stage });
      for (const { outcome } of answer.checks?.sentences ?? []) meters.checked.inc({ model, outcome });
      for (const when of ["written", "told"] as const)
        for (const measure of ["recall", "precision"] as const) {
          const scores = answer.checks?.[when];
          if (scores) meters.citations.observe({ model, measure, when }, scores[measure]);
        }
      if (seconds.first !== undefined && usage.written > 1)
        meters.pace.observe({ model }, Math.max(0, seconds.all - seconds.first) / (usage.written - 1));
    },
    stage: ({ stage, outcome, start, end }) => meters.stages.observe({ stage, outcome }, (end - start) / 1000),
    lost: (what) => meters.lost.inc({ what }),
    text: () => registry.metrics(),
  };
}

/** What is counted and timed as it happens. */
function metersOf(prometheus: typeof import("prom-client"), registry: Registry) {
  const histogram = <L extends string>(name: string, help: string, labelNames: L[], buckets = short): Histogram<L> =>
    new prometheus.Histogram({ name, help, labelNames, buckets, registers: [registry] });
  const counter = <L extends string>(name: string, help: string, labelNames: L[]): Counter<L> =>
    new prometheus.Counter({ name, help, labelNames, registers: [registry] });
  const tenths = short.map((s) => s / 10);
  const shares = [0, 0.25, 0.5, 0.75, 0.999, 1];
  const ratio =
    "Citation recall and precision of answers (ALCE) by the pipeline's checker, as they were written and as they were told.";
  return {
    requests: histogram("neuro_request_seconds", "Requests, from their first byte to the last of the response.", [
      "route",
      "status",
    ]),
    first: histogram("neuro_ttft_seconds", "From the request to the first text of its answer.", ["model"]),
    pace: histogram("neuro_tpot_seconds", "For each token after the first.", ["model"], tenths),
    stages: histogram("neuro_stage_seconds", "Stages of pipelines.", ["stage", "outcome"]),
    tokens: counter("neuro_tokens_total", "Tokens that were read, read before, and written.", ["type"]),
    answers: counter("neuro_answers_total", "Answers by whether they were known, unknown or cut off.", ["model", "outcome"]),
    missing: counter("neuro_missing_total", "Stages that were replaced by their otherwise.", ["stage"]),
    checked: counter("neuro_checked_sentences_total", "Sentences that a checker looked at, by what became of them.", [
      "model",
      "outcome",
    ]),
    citations: histogram("neuro_citation_ratio", ratio, ["model", "measure", "when"], shares),
    refused: counter("neuro_refused_total", "Requests that were refused, by reason.", ["reason"]),
    lost: counter("neuro_lost_total", "What could not be kept, such as an answer on a full disk.", ["what"]),
  };
}

function gauges(make: typeof Gauge, registry: Registry, now: () => Moment | Promise<Moment>): void {
  const gauge = (name: string, help: string, value: (moment: Moment) => number) =>
    new make({
      name,
      help,
      registers: [registry],
      async collect() {
        this.set(value(await now()));
      },
    });
  gauge("neuro_running", "Answers under way.", ({ running }) => running);
  gauge("neuro_queue_depth", "Requests that wait.", ({ waiting }) => waiting);
  const batches = (name: string, help: string, value: (facts: BatchFacts) => number) =>
    new make({
      name,
      help,
      labelNames: ["model"],
      registers: [registry],
      async collect() {
        for (const [model, facts] of (await now()).batches) this.set({ model }, value(facts));
      },
    });
  batches("neuro_batch_rows", "Rows that are being written.", ({ rows }) => rows);
  batches("neuro_batch_waiting", "Rows that wait to join the batch.", ({ waiting }) => waiting);
  batches("neuro_kv_usage_ratio", "The share of the caches' places that hold tokens.", ({ filled }) => filled);
  batches("neuro_steps_total", "Steps of the batch.", ({ steps }) => steps);
  batches("neuro_sources_total", "Sources that were to be read.", ({ sources }) => sources);
  batches("neuro_sources_reused_total", "Sources that had been read before, at least in part.", ({ reused }) => reused);
  batches("neuro_source_tokens_total", "Tokens of sources that were to be read.", ({ sourceTokens }) => sourceTokens);
  batches("neuro_source_tokens_reused_total", "Of these, tokens that had been read before.", ({ reusedTokens }) => reusedTokens);
  batches("neuro_kept_bytes", "Bytes that are kept of what was read, to be reused.", ({ kept }) => kept);
}
