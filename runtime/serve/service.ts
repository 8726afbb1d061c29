/**
 * The pipelines of a spec as a service: who asks passes the gate, is bounded in length and time, is measured and traced, and what was told is kept
 * under its id. Every protocol calls this and nothing else. It knows no HTTP.
 */

import { randomBytes, randomInt } from "node:crypto";
import { NeuroError } from "../error.ts";
import { explain } from "../pipeline/explain.ts";
import type { Pipeline } from "../pipeline/pipeline.ts";
import { roughOffsets } from "../retrieve/infocontext.ts";
import type { System } from "../system.ts";
import type { Answer, CallOptions, Dialog } from "../types.ts";
import type { Gate } from "./gate.ts";
import type { Keeps } from "./history.ts";
import type { Metrics } from "./metrics.ts";
import { documentOf, embedTexts, ranked, searched } from "./retrieval.ts";
import type { ServerSpec } from "./server.ts";
import type { Traces } from "./traces.ts";
import type { Asked, Health, Judged, Service, Told } from "./types.ts";
import { usageOf } from "./usage.ts";
import { worthOf } from "./worth.ts";

/** What a service is made of. */
export type ServiceParts = {
  readonly name: string;
  readonly spec: ServerSpec;
  readonly system: System;
  readonly history: Keeps;
  readonly metrics: Metrics;
  readonly traces: Traces;
  readonly gate: Gate;
  /** Aborted when everything under way has to end. */
  readonly ending: AbortSignal;
  readonly log: (line: string) => void;
};

/** What holds where the spec says nothing: milliseconds, tokens, answers to one request. */
export const standard = { deadline: 60_000, longest: 8_192, limit: 16, count: 16 };

export function openService(parts: ServiceParts): Service {
  const { spec, system, history, gate } = parts;
  const pipelines = [spec.of, ...(spec.beside ?? [])];
  const passing = async <T>(signal: AbortSignal | undefined, work: (signal: AbortSignal) => Promise<T>): Promise<T> => {
    const bounded = within(spec.deadline ?? standard.deadline, [signal, parts.ending]);
    const leave = await gate.enter(bounded);
    return work(bounded).finally(leave);
  };
  return {
    models: () => pipelines.map(({ name, where }) => ({ id: name, where })),
    answer: (asked) => answered(parts, pipelines, asked),
    search: (query, top, signal) => passing(signal, (inside) => searched(system, query, top, inside)),
    document: (id, signal) => passing(signal, () => documentOf(system, id)),
    rank: (query, documents, signal) => passing(signal, (inside) => ranked(spec, query, documents, inside)),
    embed: (texts, signal) => passing(signal, (inside) => embedTexts(spec, system, texts, inside)),
    told: (id) => history.find(id),
    explain: async (id) => (await history.find(id))?.answers.map(explain),
    rewarded: spec.reward !== undefined,
    worth: (id, signal) => passing(signal, (inside) => judged(parts, id, inside)),
    health: async (): Promise<Health> => ({
      status: gate.closed ? "stopping" : "ok",
      running: gate.running,
      waiting: gate.waiting,
    }),
  };
}

async function judged({ spec: { reward }, history }: ServiceParts, id: string, signal: AbortSignal): Promise<Judged | undefined> {
  if (reward === undefined)
    throw new NeuroError("reward_missing", "This server has no reward to ask.", {
      hint: "Name one of the spec: `serve site { .., reward: quality }`.",
    });
  const told = await history.find(id);
  if (told === undefined) return undefined;
  const answers = await Promise.all(told.answers.map((answer) => worthOf(reward, told.prompt, answer, signal)));
  return { by: reward.name, where: reward.where, answers };
}

async function answered(parts: ServiceParts, pipelines: readonly Pipeline[], asked: Asked): Promise<Told> {
  const { spec, gate, metrics, traces, history, log } = parts;
  const pipeline = named(pipelines, asked.model);
  await checkLength(parts, asked.prompt);
  const begun = performance.now();
  const deadline = Math.min(asked.deadline ?? Number.POSITIVE_INFINITY, spec.deadline ?? standard.deadline);
  const signal = within(deadline, [asked.signal, parts.ending]);
  const tracing = traces.begin(pipeline.name, asked.parent);
  try {
    const leave = await gate.enter(signal, asked.count ?? 1);
    asked.onBegin?.();
    try {
      const times: { first?: number } = {};
      const answers = await written(parts, pipeline, asked, signal, deadline - (performance.now() - begun), () => {
        times.first ??= (performance.now() - begun) / 1000;
      });
      const told = await toldOf(parts, asked.id ?? newId(), pipeline.name, asked.prompt, answers);
      const all = (performance.now() - begun) / 1000;
      metrics.first(pipeline.name, times.first ?? all);
      for (const answer of answers) metrics.answered(pipeline.name, answer, told.usage, { ...times, all });
      tracing.finish(told);
      await history.keep(told).catch((error: unknown) => {
        metrics.lost("answer");
        log(`an answer could not be kept: ${(error as Error).message}`);
      });
      return told;
    } finally {
      leave();
    }
  } catch (error) {
    const told = signal.aborted && !asked.signal?.aborted && !(error instanceof NeuroError) ? signal.reason : error;
    tracing.fail(told);
    throw told;
  }
}

/** The answers, side by side: the first is what the seed gives alone, each further one has a seed of its own. */
function written(
  { metrics }: ServiceParts,
  pipeline: Pipeline,
  { prompt, seed = randomInt(2 ** 31), count = 1, wishes, onText, onSpan }: Asked,
  signal: AbortSignal,
  deadline: number,
  onFirst: () => void,
): Promise<Answer[]> {
  const one = (index: number): Promise<Answer> => {
    const options: CallOptions = {
      signal,
      deadline: Math.max(1, deadline),
      seed: index === 0 ? seed : (seed + Math.imul(index, 0x9e3779b1)) >>> 0,
      ...(wishes && { wishes }),
      // Who waits for the whole is not told of its beginnings.
      ...(onText && {
        onText(text: string) {
          if (text !== "") onFirst();
          onText(index, text);
        },
      }),
      onSpan(span) {
        metrics.stage(span);
        if (index === 0) onSpan?.(span);
      },
    };
    return pipeline(prompt, options);
  };
  return Promise.all(Array.from({ length: count }, (_, index) => one(index)));
}

/** An id that nobody guesses. */
export const newId = (): string => `chatcmpl-${randomBytes(16).toString("hex")}`;

async function toldOf(parts: ServiceParts, id: string, model: string, prompt: Dialog, answers: readonly Answer[]): Promise<Told> {
  const offsets = await offsetsOf(parts.system);
  const usage = usageOf(prompt, answers, (text) => offsets(text).length);
  return { id, created: Math.floor(Date.now() / 1000), model, prompt, answers, usage };
}

function named(pipelines: readonly Pipeline[], model: string | undefined): Pipeline {
  const found = model === undefined ? pipelines[0] : pipelines.find(({ name }) => name === model);
  if (found) return found;
  throw new NeuroError("model_unknown", `There is no model ${JSON.stringify(model)} here.`, {
    hint: `The models are ${pipelines.map(({ name }) => name).join(", ")}.`,
  });
}

async function checkLength({ spec, system }: ServiceParts, prompt: Dialog): Promise<void> {
  const longest = spec.longest ?? standard.longest;
  const letters = prompt.reduce((sum, { content }) => sum + content.length, 0);
  // No tokenizer has to look at a text that is too long in any case.
  const offsets = letters > 64 * longest ? undefined : await offsetsOf(system);
  const tokens = offsets && prompt.reduce((sum, { content }) => sum + offsets(content).length, 0);
  if (tokens !== undefined && tokens <= longest) return;
  throw new NeuroError("prompt_long", `The conversation has ${tokens ?? `${letters} letters, more than can be its`} tokens.`, {
    hint: `At most ${longest} are taken.`,
  });
}

/** Counts tokens as the system's first model of its own does. */
async function offsetsOf(system: System) {
  const local = system.models().find((model) => model.local !== undefined)?.local;
  if (local === undefined) return roughOffsets;
  const tokenizer = await local.tokenizer();
  return (text: string) => tokenizer.offsets(text);
}

function within(ms: number, signals: readonly (AbortSignal | undefined)[]): AbortSignal {
  const late = new AbortController();
  const timer = setTimeout(
    () =>
      late.abort(
        new NeuroError("answer_late", `The answer took longer than ${ms / 1000} s.`, {
          hint: "Ask for less, or give the server a longer `deadline:`.",
        }),
      ),
    ms,
  );
  timer.unref();
  return AbortSignal.any([late.signal, ...signals.filter((signal) => signal !== undefined)]);
}
