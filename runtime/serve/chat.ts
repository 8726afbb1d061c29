/** `POST /v1/chat/completions`: whole, or streamed as server-sent events while it is written. */

import { randomUUID } from "node:crypto";
import { NeuroError } from "../error.ts";
import type { AppParts, Ctx } from "./app.ts";
import { presence, readJson } from "./body.ts";
import { type ChatRequest, chatRequest } from "./chat-request.ts";
import { Chunks, completion } from "./chat-response.ts";
import { faultOf, isOurs } from "./errors.ts";
import { newId } from "./service.ts";
import type { Asked, Told } from "./types.ts";

/** A quiet stream says so often that it is still there, in milliseconds. */
const heartbeat = 10_000;

export async function chatRoute(c: Ctx, parts: AppParts): Promise<Response> {
  const request = chatRequest(await readJson(c, parts.body));
  const { model, prompt, count, seed, wishes } = request;
  const asked: Asked = { id: newId(), model, prompt, count, seed, wishes, parent: c.req.header("traceparent") };
  if (request.stream) return streamed(c, parts, request, asked);
  const told = await parts.service.answer({ ...asked, signal: presence(c) });
  return c.json(completion(told, parts.fingerprint), 200, { "x-request-id": randomUUID() });
}

/** What is refused before it begins is told with its status; what fails later is told in the stream. */
async function streamed(
  c: Ctx,
  { service, fingerprint, log, metrics }: AppParts,
  request: ChatRequest,
  asked: Asked,
): Promise<Response> {
  const left = new AbortController();
  const present = presence(c);
  const chunks = new Chunks(asked.id!, asked.model!, Math.floor(Date.now() / 1000), fingerprint);
  const begun = Promise.withResolvers<void>();
  const events = new Events(() => left.abort(new NeuroError("client_left", "The client has left.")));
  const answering = service.answer({
    ...asked,
    signal: AbortSignal.any([present, left.signal]),
    onBegin: () => {
      for (let index = 0; index < request.count; index++) events.send(chunks.begin(index));
      begun.resolve();
    },
    onText: (index, text) => events.sendAll(chunks.text(index, text)),
    ...(request.stages && { onSpan: (span) => events.send(chunks.stage(span)) }),
  });
  const ended = answering
    .then((told) => finish(events, chunks, told, request.usage))
    .catch((error: unknown) => {
      // Before anything was sent the status tells it.
      if (!events.begun) throw error;
      if (isOurs(error)) log(error instanceof Error ? (error.stack ?? error.message) : String(error));
      const { body } = faultOf(error);
      metrics.refused(body.error.code ?? "unknown");
      events.send(body);
      events.close();
    });
  await Promise.race([begun.promise, ended]);
  ended.catch(() => {});
  return c.body(events.body, 200, {
    "content-type": "text/event-stream; charset=utf-8",
    "cache-control": "no-store",
    "x-accel-buffering": "no",
  });
}

function finish(events: Events, chunks: Chunks, told: Told, usage: boolean): void {
  for (const [index, answer] of told.answers.entries()) {
    const last = chunks.end(index, answer);
    if (last === false)
      throw new NeuroError("stage_repeated", "A stage began anew after text had been sent, and wrote something else.", {
        hint: `The whole answer is at /v1/answers/${told.id}.`,
      });
    events.sendAll(last);
  }
  if (usage) events.send(chunks.usage(told));
  events.write("data: [DONE]\n\n");
  events.close();
}

/** Server-sent events on their way to a client. What it does not take is kept: an answer's length bounds that. */
class Events {
  readonly body: ReadableStream<Uint8Array>;
  begun = false;
  #controller: ReadableStreamDefaultController<Uint8Array> | undefined;
  #open = true;
  readonly #timer: NodeJS.Timeout;
  readonly #encoder = new TextEncoder();

  constructor(onCancel: () => void) {
    this.body = new ReadableStream({
      start: (controller) => {
        this.#controller = controller;
      },
      cancel: () => {
        this.#open = false;
        clearInterval(this.#timer);
        onCancel();
      },
    });
    this.#timer = setInterval(() => this.write(": still here\n\n"), heartbeat);
    this.#timer.unref();
  }

  send(event: object): void {
    this.begun = true;
    this.write(`data: ${JSON.stringify(event)}\n\n`);
  }

  sendAll(events: readonly object[]): void {
    for (const event of events) this.send(event);
  }

  write(text: string): void {
    if (this.#open) this.#controller?.enqueue(this.#encoder.encode(text));
  }

  close(): void {
    clearInterval(this.#timer);
    if (this.#open) this.#controller?.close();
    this.#open = false;
  }
}
