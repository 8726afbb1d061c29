/** What the page asks the server: an answer as it is written, the pipelines there are, an answer's trace, what else was found. It shows nothing. */

/** @typedef {import("../../types.ts").Span} Span */
/** @typedef {import("../../types.ts").Message} Message */
/** @typedef {import("../../types.ts").Doc} Doc */
/** @typedef {import("../types.ts").Told} Told */
/** @typedef {import("../../pipeline/explain.ts").Explained} Explained */
/** @typedef {{ number: number, id: string, title: string, url: string, start: number, end: number, text: string }} Source */
/** @typedef {{ type: "url_citation", url_citation: { start_index: number, end_index: number, url: string, title: string } }} Annotation */
/** @typedef {Told & { explained: readonly (readonly Explained[])[], rewarded: boolean }} Kept */
/** @typedef {import("../types.ts").Judged} Judged */
/** @typedef {import("../../types.ts").Checks} Checks */
/**
 * @typedef {object} Watch Told as an answer comes.
 * @property {(id: string) => void} onId
 * @property {(text: string) => void} onText A further piece.
 * @property {(span: Span) => void} onStage
 * @property {(end: { annotations: Annotation[], cut: boolean, known: boolean, missing: string[], sources: Source[], checks?: Checks }) => void} onEnd
 */

/** An answer that is none, with what the server says about it. */
export class Refused extends Error {
  /** @param {number} status @param {string} message */
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

/** The key of this browser's tab; the server asks for one where it has keys. */
let key = sessionKey();

/** @returns {string} */
function sessionKey() {
  try {
    return sessionStorage.getItem("neuro.key") ?? "";
  } catch {
    return "";
  }
}

/** @param {string} value */
export function useKey(value) {
  key = value;
  try {
    sessionStorage.setItem("neuro.key", value);
  } catch {
    // It holds until the page is left.
  }
}

/**
 * @param {string} path
 * @param {RequestInit} [init]
 * @returns {Promise<Response>}
 */
async function request(path, init = {}) {
  const headers = new Headers(init.headers);
  if (key !== "") headers.set("authorization", `Bearer ${key}`);
  const response = await fetch(path, { ...init, headers });
  if (response.ok) return response;
  const body = await response.json().catch(() => undefined);
  throw new Refused(response.status, String(body?.error?.message ?? response.statusText));
}

/** The pipelines that may be asked, the server's own first. @returns {Promise<string[]>} */
export async function models() {
  const { data } = await (await request("v1/models")).json();
  return data.map((/** @type {{ id: string }} */ { id }) => id);
}

/** An answer that was told, with its trace and where its sentences come from. @param {string} id @returns {Promise<Kept>} */
export async function told(id) {
  return (await request(`v1/answers/${encodeURIComponent(id)}`)).json();
}

/** What the spec's reward thinks of it, where the server has one. @param {string} id @returns {Promise<Judged>} */
export async function worth(id) {
  return (await request(`v1/answers/${encodeURIComponent(id)}/reward`)).json();
}

/** A document that an index holds, whole. @param {string} id @returns {Promise<Doc>} */
export async function wholeDocument(id) {
  return (await request(`v1/documents/${encodeURIComponent(id)}`)).json();
}

/** Passages of the server's index. @param {string} query @param {number} top @returns {Promise<Doc[]>} */
export async function search(query, top) {
  const { results } = await (await request(`v1/search?${new URLSearchParams({ q: query, top: String(top) })}`)).json();
  return results;
}

/**
 * Asks, and tells what comes. Rejects with {@link Refused}, with an AbortError when it was stopped, or with a TypeError when the line broke.
 * @param {{ model: string, messages: readonly Message[], signal: AbortSignal }} question
 * @param {Watch} watch
 */
export async function ask({ model, messages, signal }, watch) {
  const body = JSON.stringify({ model, messages, stream: true, stream_options: { include_stages: true } });
  const headers = { "content-type": "application/json" };
  const response = await request("v1/chat/completions", { method: "POST", headers, body, signal });
  if (response.body === null) throw new TypeError("the response has no body");
  for await (const event of events(response.body)) {
    if (event.error) throw new Refused(200, String(event.error.message));
    watch.onId(event.id);
    if (event.neuro?.stage) watch.onStage(event.neuro.stage);
    const [choice] = event.choices;
    if (choice?.delta.content) watch.onText(choice.delta.content);
    if (choice?.finish_reason)
      watch.onEnd({ annotations: choice.delta.annotations ?? [], cut: choice.finish_reason === "length", ...event.neuro });
  }
}

/**
 * The JSON of each server-sent event until `[DONE]`. Throws a TypeError when it ends before.
 * @param {ReadableStream<Uint8Array<ArrayBuffer>>} body
 */
async function* events(body) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) throw new TypeError("the stream ended early");
    const blocks = (rest + value).split("\n\n");
    rest = blocks.pop() ?? "";
    for (const block of blocks) {
      const data = block
        .split("\n")
        .filter((line) => line.startsWith("data:"))
        .map((line) => line.slice(5).trimStart())
        .join("\n");
      if (data === "[DONE]") return;
      if (data !== "") yield JSON.parse(data);
    }
  }
}
