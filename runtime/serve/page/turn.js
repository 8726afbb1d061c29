/** What is known of a question and its answers, side by side: plain data that views show and that asking fills. */

import * as server from "./server.js";

/** @typedef {import("./server.js").Kept} Kept */
/** @typedef {"waiting" | "writing" | "done" | "stopped" | "failed"} State */

/**
 * @typedef {object} Reply An answer, as far as it has come.
 * @property {string} model
 * @property {string} id
 * @property {State} state
 * @property {string} text
 * @property {import("./server.js").Span[]} stages
 * @property {import("./server.js").Annotation[]} annotations
 * @property {import("./server.js").Source[]} sources
 * @property {boolean} known
 * @property {boolean} cut
 * @property {readonly string[]} missing
 * @property {import("./server.js").Checks | undefined} checks
 * @property {string} error
 * @property {Promise<Kept> | undefined} kept
 */
/** @typedef {{ question: string, replies: Reply[], related: string[] }} Turn */

/** @param {string} model @returns {Reply} */
const reply = (model) => ({
  model,
  id: "",
  state: "waiting",
  text: "",
  stages: [],
  annotations: [],
  sources: [],
  known: true,
  cut: false,
  missing: [],
  checks: undefined,
  error: "",
  kept: undefined,
});

/** @param {string} question @param {readonly string[]} models @returns {Turn} */
export const turnOf = (question, models) => ({ question, replies: models.map(reply), related: [] });

/**
 * The conversation before a turn, as one of its pipelines is told it: what it answered itself where it did, without footnotes.
 * @param {readonly Turn[]} turns
 * @param {string} model
 * @returns {import("./server.js").Message[]}
 */
function dialog(turns, model) {
  return turns.flatMap(({ question, replies }) => {
    const own = replies.find((one) => one.model === model) ?? replies[0];
    const text = own?.state === "done" ? own.text.replace(/ ?\[\d{1,4}\]/g, "") : "";
    return /** @type {import("./server.js").Message[]} */ ([
      { role: "user", content: question },
      ...(text === "" ? [] : [{ role: "assistant", content: text }]),
    ]);
  });
}

/**
 * Asks all pipelines of the last turn. Each fault is told in its reply; only a missing key is thrown.
 * @param {readonly Turn[]} turns
 * @param {AbortSignal} signal
 * @param {(reply: Reply) => void} changed Told after each change.
 */
export async function answer(turns, signal, changed) {
  const turn = turns.at(-1);
  if (turn === undefined) return;
  const before = turns.slice(0, -1);
  const ended = await Promise.allSettled(
    turn.replies.map((one) =>
      write(one, [...dialog(before, one.model), { role: "user", content: turn.question }], signal, changed),
    ),
  );
  for (const one of ended) if (one.status === "rejected") throw one.reason;
}

/**
 * @param {Reply} into
 * @param {import("./server.js").Message[]} messages
 * @param {AbortSignal} signal
 * @param {(reply: Reply) => void} changed
 */
async function write(into, messages, signal, changed) {
  const put = (/** @type {Partial<Reply>} */ news) => {
    Object.assign(into, news);
    changed(into);
  };
  try {
    await server.ask(
      { model: into.model, messages, signal },
      {
        onId: (id) => Object.assign(into, { id }),
        onStage: (stage) => put({ stages: [...into.stages, stage] }),
        onText: (text) => put({ state: "writing", text: into.text + text }),
        onEnd: (end) => Object.assign(into, end),
      },
    );
    put({ state: "done" });
  } catch (error) {
    if (signal.aborted) return put({ state: "stopped" });
    // What is not of the server is a line that broke; views say so.
    put({ state: "failed", error: error instanceof server.Refused ? error.message : "" });
    if (error instanceof server.Refused && error.status === 401) throw error;
  }
}

/** The answer as the server keeps it, asked for once. @param {Reply} reply @returns {Promise<Kept>} */
export function keptOf(reply) {
  reply.kept ??= server.told(reply.id).catch((error) => {
    reply.kept = undefined;
    throw error;
  });
  return reply.kept;
}

/**
 * A turn from an answer that the server has kept.
 * @param {Kept} kept
 * @returns {Turn}
 */
export function turnFrom(kept) {
  const [answer] = kept.answers;
  const question = kept.prompt.findLast(({ role }) => role === "user")?.content ?? "";
  const turn = turnOf(question, [kept.model]);
  if (answer === undefined) return turn;
  const sources = answer.sources.map(({ number, doc, start, end, text }) => ({
    number,
    id: doc.id,
    title: doc.title,
    url: doc.url,
    start,
    end,
    text,
  }));
  const annotations = answer.footnotes.map(({ number, at }) => {
    const { url = "", title = "" } = sources.find((one) => one.number === number) ?? {};
    return {
      type: /** @type {const} */ ("url_citation"),
      url_citation: { start_index: at, end_index: at + `[${number}]`.length, url, title },
    };
  });
  const { text, known, missing, trace, checks } = answer;
  const news = {
    id: kept.id,
    state: "done",
    text,
    known,
    missing,
    checks,
    annotations,
    sources,
    stages: trace.spans,
    cut: answer.cut === true,
  };
  Object.assign(turn.replies[0] ?? {}, news, { kept: Promise.resolve(kept) });
  return turn;
}

/**
 * What can be asked next and is in the documents: the sections beside the cited one, and titles, or the heading above the passage, of documents that a search
 * finds for the question and no reply cites. Nothing where the server has no index.
 * @param {Turn} turn
 * @returns {Promise<string[]>}
 */
export async function related({ question, replies }) {
  const [found, kept] = await Promise.all([
    server.search(question, 12).catch(() => []),
    Promise.all(replies.map((reply) => keptOf(reply).catch(() => undefined))),
  ]);
  const sources = kept.flatMap((one) => one?.answers[0]?.sources ?? []);
  const cited = new Set(sources.map(({ doc }) => doc.passage?.of ?? doc.id));
  const beside = sources[0] === undefined ? [] : await sectionsBeside(sources[0]).catch(() => []);
  const others = found.filter(({ id, passage }) => !cited.has(passage?.of ?? id)).map(nameOf);
  const asked = new Set([question.trim().toLowerCase(), ""]);
  const names = [...beside.slice(0, 2), ...others].filter((name) => !asked.has(name.toLowerCase()));
  return [...new Map(names.map((name) => [name.toLowerCase(), name])).values()].slice(0, 3);
}

/**
 * The headings of a cited document that stand nearest behind what was cited, and then those before it, with the document's title.
 * @param {Kept["answers"][number]["sources"][number]} source
 * @returns {Promise<string[]>}
 */
async function sectionsBeside({ doc, start, end }) {
  const begun = doc.passage?.start ?? 0;
  const { text, title } = await server.wholeDocument(doc.passage?.of ?? doc.id);
  const headings = [...text.matchAll(/(?:^|\n\n)([^\n]{2,60})(?=\n\n)/g)].flatMap((found) => {
    const heading = found[1]?.trim() ?? "";
    return isHeading(heading) && heading !== title ? [{ heading, at: found.index }] : [];
  });
  const above = headings.findLast(({ at }) => at <= begun + start);
  const after = headings.filter(({ at }) => at >= begun + end);
  const before = headings.filter(({ at }) => at < begun + start).toReversed();
  return [...after, ...before].filter((one) => one !== above).map(({ heading }) => named(title, heading));
}

const isHeading = (/** @type {string} */ line) => line.length <= 60 && /[\p{L}\p{N}?]$/u.test(line);

/** A question is one as it stands. @param {string} title @param {string} heading */
const named = (title, heading) => (title === "" || heading.endsWith("?") ? heading : `${title}: ${heading}`);

/** The heading that a passage begins with, with its document's title before it; the title where it begins with none. @param {import("./server.js").Doc} doc */
function nameOf({ title, text }) {
  const [first = "", ...rest] = text.split("\n\n");
  const heading = rest.length > 0 && isHeading(first) ? first.trim() : "";
  return heading === "" || heading === title ? title.trim() : named(title, heading);
}
