// Answers as OpenTelemetry spans: one for the request, one below it for each stage with its times, under the caller's trace; nothing of the texts.
import { InMemorySpanExporter, type ReadableSpan } from "@opentelemetry/sdk-trace";
import { expect, test } from "vitest";
import { NeuroError } from "../error.ts";
import type { Answer } from "../types.ts";
import { openTraces } from "./traces.ts";

const answer = {
  text: "a secret",
  known: true,
  missing: [],
  sources: [],
  footnotes: [],
  trace: {
    spans: [
      {
        stage: "search",
        where: "main.neuro:3",
        start: 1,
        end: 5,
        outcome: "ok",
        tries: 1,
        notes: { found: 2 },
        ranked: [{ id: "a" }],
      },
      {
        stage: "generate",
        where: "main.neuro:5",
        start: 5,
        end: 30,
        outcome: "replaced",
        tries: 2,
        notes: { "source tokens": 9 },
        error: "late",
      },
    ],
  },
} as const satisfies Answer;

/** What a trace of one request sent. */
async function sent(
  work: (traces: Awaited<ReturnType<typeof openTraces>>) => void,
  env: Record<string, string> = {},
): Promise<ReadableSpan[]> {
  const exporter = new InMemorySpanExporter();
  // What was sent is gone from memory after the end.
  const kept: ReadableSpan[] = [];
  const send = exporter.export.bind(exporter);
  exporter.export = (spans, done) => {
    kept.push(...spans);
    send(spans, done);
  };
  const traces = await openTraces("site", env, exporter);
  work(traces);
  await traces.close();
  return kept;
}

test("a request is a span with a span for each stage below it", async () => {
  const parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
  const spans = await sent(
    (traces) =>
      traces
        .begin("answer", parent)
        .finish({ id: "chatcmpl-1", model: "answer", answers: [answer], usage: { read: 9, reused: 0, written: 4 } }),
    { OTEL_SERVICE_NAME: "docs", OTEL_RESOURCE_ATTRIBUTES: "region=eu" },
  );
  const [search, generate, chat] = ["search", "generate", "chat answer"].map((name) => spans.find((span) => span.name === name)!);
  expect(chat!.attributes).toMatchObject({
    "gen_ai.operation.name": "chat",
    "gen_ai.request.model": "answer",
    "gen_ai.response.id": "chatcmpl-1",
    "gen_ai.usage.input_tokens": 9,
    "gen_ai.usage.output_tokens": 4,
  });
  expect(chat!.spanContext().traceId).toBe("0af7651916cd43dd8448eb211c80319c");
  expect([search, generate].map((span) => span!.parentSpanContext?.spanId)).toEqual([
    chat!.spanContext().spanId,
    chat!.spanContext().spanId,
  ]);
  expect(search!.attributes).toMatchObject({
    "gen_ai.operation.name": "retrieval",
    "neuro.where": "main.neuro:3",
    "neuro.results": 1,
  });
  expect(generate!.status).toMatchObject({ code: 2, message: "late" });
  const ms = (time: readonly [number, number]) => time[0] * 1e3 + time[1] / 1e6;
  expect(ms(generate!.endTime) - ms(generate!.startTime)).toBeCloseTo(25, 0);
  expect(chat!.resource.attributes).toMatchObject({ "service.name": "docs", region: "eu" });
  expect(JSON.stringify(spans.map(({ attributes, events }) => [attributes, events]))).not.toContain("secret");
});

test("a request that fails tells why", async () => {
  const [span] = await sent((traces) => traces.begin("answer").fail(new NeuroError("busy", "The server is busy.")));
  expect([span!.status, span!.attributes["error.type"]]).toEqual([{ code: 2, message: "The server is busy." }, "busy"]);
});

test.each([[{ OTEL_SDK_DISABLED: "true" }], [{ OTEL_TRACES_EXPORTER: "none" }]])("%o sends nothing", async (env) => {
  expect(await sent((traces) => traces.begin("answer").fail(new Error("x")), env)).toEqual([]);
});
