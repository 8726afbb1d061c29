/** The panel of a source: its title and address, its passage within the whole document with the block marked, and why this document. */

import { el } from "./dom.js";
import { scores } from "./evidence.js";
import { address } from "./links.js";
import { wholeDocument } from "./server.js";
import { marked } from "./text.js";
import { keptOf } from "./turn.js";
import { say } from "./words.js";

/** @typedef {import("./server.js").Source} Source */
/** @typedef {import("./turn.js").Reply} Reply */

/**
 * Opens it. Until the server has told the whole passage, and where it no longer can, the block alone is shown. Escape and the button close it, and
 * the focus goes back to where it came from.
 * @param {HTMLDialogElement} panel
 * @param {Reply} reply
 * @param {Source} source
 */
export async function openSource(panel, reply, source) {
  const body = el("div", { class: "panel-body" }, el("div", { class: "document" }, el("mark", {}, source.text)));
  const close = el("button", { type: "button", class: "close", click: () => panel.close() }, say("close"));
  const title = el("h2", { id: "source-title" }, source.title || source.id);
  const head = el(
    "header",
    {},
    el("p", { class: "small" }, `${say("source")} ${source.number}`),
    title,
    address(source.url || source.id),
  );
  panel.replaceChildren(el("div", { class: "panel" }, close, head, body));
  panel.showModal();
  const kept = await keptOf(reply).catch(() => undefined);
  const doc = kept?.answers[0]?.sources.find(({ number }) => number === source.number)?.doc;
  if (doc === undefined || kept === undefined) return;
  const block = kept.explained[0]?.flatMap(({ blocks }) => blocks).find(({ number }) => number === source.number);
  const show = (/** @type {HTMLElement} */ text, /** @type {string} */ line) => {
    text.setAttribute("aria-label", say("passage"));
    body.replaceChildren(el("p", { class: "small" }, line), text, el("h3", {}, say("whyDocument")), scores(block?.scores ?? []));
    text.querySelector("mark")?.scrollIntoView({ block: "center" });
  };
  const { of, start, end } = doc.passage ?? { of: doc.id, start: 0, end: doc.text.length };
  show(marked(doc.text, source), `${say("shownLine")} ${of}, ${say("characters")} ${start}–${end}`);
  const whole = await wholeDocument(of).catch(() => undefined);
  // A document that has changed since is no place to look for what was shown.
  if (whole === undefined || whole.text.length <= doc.text.length || whole.text.slice(start, end) !== doc.text) return;
  show(marked(whole.text, { ...source, start: start + source.start, end: start + source.end }), `${say("wholeShown")} ${of}`);
}
