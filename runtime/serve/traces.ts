/**
 * Answers as OpenTelemetry traces: a span for the request and one for each stage, under the `gen_ai` names of the semantic conventions (in
 * development; this is what they were in 2026). Nothing is sent unless `OTEL_EXPORTER_OTLP_ENDPOINT` or `OTEL_EXPORTER_OTLP_TRACES_ENDPOINT` says
 * where to, and texts are never sent.
 */

import type { Attributes, Context, Span as OtelSpan, Tracer } from "@opentelemetry/api";
import type { SpanExporter, TracerProviderOptions } from "@opentelemetry/sdk-trace";
import type { Answer, Span } from "../types.ts";
import type { Usage } from "./types.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/** What is told of an answer when it is there. */
export type Finished = {
  readonly id: string;
  readonly model: string;
  readonly answers: readonly Answer[];
  readonly usage: Usage;
};

/** A trace that has begun. */
export type Tracing = { finish(finished: Finished): void; fail(error: unknown): void };

/** Where traces go. */
export type Traces = {
  /** Begins the trace of a request; `parent` is the caller's `traceparent`. */
  begin(model: string, parent?: string): Tracing;
  close(): Promise<void>;
};

const nowhere: Traces = { begin: () => ({ finish: () => {}, fail: () => {} }), close: async () => {} };

/** Traces to where the environment says; nowhere when it says nothing. `exporter` stands in for the one over HTTP. */
export async function openTraces(server: string, env: Environment = process.env, exporter?: SpanExporter): Promise<Traces> {
  const wanted = env.OTEL_EXPORTER_OTLP_ENDPOINT ?? env.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT;
  const off = env.OTEL_SDK_DISABLED?.toLowerCase() === "true" || env.OTEL_TRACES_EXPORTER === "none";
  if (off || (wanted === undefined && exporter === undefined)) return nowhere;
  const api = await import("@opentelemetry/api");
  const sdk = await import("@opentelemetry/sdk-trace");
  const to = exporter ?? new (await import("@opentelemetry/exporter-trace-otlp-http")).OTLPTraceExporter();
  const provider = new sdk.TracerProvider({
    resource: resourceOf({ ...pairs(env.OTEL_RESOURCE_ATTRIBUTES), "service.name": env.OTEL_SERVICE_NAME ?? server }),
    spanProcessors: [new sdk.BatchSpanProcessor({ exporter: to })],
  });
  const tracer = provider.getTracer("neuro");
  return {
    begin: (model, parent) => tracing(api, tracer, model, parent),
    close: () => provider.shutdown(),
  };
}

/** Whom traces are from. */
function resourceOf(attributes: Record<string, string>): NonNullable<TracerProviderOptions["resource"]> {
  const resource: NonNullable<TracerProviderOptions["resource"]> = {
    attributes,
    getRawAttributes: () => Object.entries(attributes),
    merge: () => resource,
  };
  return resource;
}

type Api = typeof import("@opentelemetry/api");

function tracing(api: Api, tracer: Tracer, model: string, parent: string | undefined): Tracing {
  const begun = Date.now();
  const attributes = { "gen_ai.operation.name": "chat", "gen_ai.provider.name": "neuro", "gen_ai.request.model": model };
  const span = tracer.startSpan(
    `chat ${model}`,
    { kind: api.SpanKind.SERVER, attributes, startTime: begun },
    parentOf(api, parent),
  );
  return {
    finish({ id, answers, usage }) {
      span.setAttributes({
        "gen_ai.response.id": id,
        "gen_ai.response.model": model,
        "gen_ai.response.finish_reasons": answers.map(({ cut }) => (cut ? "length" : "stop")),
        "gen_ai.usage.input_tokens": usage.read,
        "gen_ai.usage.output_tokens": usage.written,
      });
      const within = api.trace.setSpan(api.ROOT_CONTEXT, span);
      for (const { trace } of answers) for (const stage of trace.spans) stageSpan(api, tracer, within, begun, stage);
      span.end();
    },
    fail(error) {
      failed(api, span, error);
      span.end();
    },
  };
}

/** A stage, when it has ended: its times are told from the beginning of the request. */
function stageSpan(api: Api, tracer: Tracer, within: Context, begun: number, stage: Span): void {
  const attributes: Attributes = {
    "gen_ai.operation.name": operations[stage.stage] ?? stage.stage,
    "neuro.stage": stage.stage,
    "neuro.where": stage.where,
    "neuro.outcome": stage.outcome,
    "neuro.tries": stage.tries,
    ...Object.fromEntries(Object.entries(stage.notes).map(([name, value]) => [`neuro.${name.replace(/\s+/g, "_")}`, value])),
  };
  if (stage.ranked) attributes["neuro.results"] = stage.ranked.length;
  const span = tracer.startSpan(stage.stage, { attributes, startTime: begun + stage.start }, within);
  if (stage.error !== undefined) failed(api, span, new Error(stage.error));
  span.end(begun + stage.end);
}

const operations: Readonly<Record<string, string>> = { generate: "chat", search: "retrieval", rephrase: "text_completion" };

function failed(api: Api, span: OtelSpan, error: unknown): void {
  const message = error instanceof Error ? error.message : String(error);
  span.setStatus({ code: api.SpanStatusCode.ERROR, message });
  const code = (error as { code?: unknown } | undefined)?.code;
  span.setAttribute("error.type", typeof code === "string" ? code : error instanceof Error ? error.name : "error");
}

/** The caller's trace (W3C Trace Context, `traceparent`), or none. */
function parentOf(api: Api, header: string | undefined): Context {
  const [, traceId, spanId, flags] = /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/.exec(header ?? "") ?? [];
  if (!traceId || !spanId || /^0+$/.test(traceId) || /^0+$/.test(spanId)) return api.ROOT_CONTEXT;
  return api.trace.setSpanContext(api.ROOT_CONTEXT, { traceId, spanId, traceFlags: Number.parseInt(flags!, 16), isRemote: true });
}

/** `OTEL_RESOURCE_ATTRIBUTES`: `name=value` separated by commas. */
const pairs = (text: string | undefined): Record<string, string> =>
  Object.fromEntries(
    (text ?? "").split(",").flatMap((pair) => {
      const [name, value] = pair.split("=");
      return name && value !== undefined ? [[name.trim(), decodeURIComponent(value.trim())]] : [];
    }),
  );
