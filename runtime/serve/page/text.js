/** An answer's text with its footnotes as buttons, and a document's text with a block marked in it. Text in, nodes of text out. */

import { el } from "./dom.js";
import { say } from "./words.js";

/** @typedef {import("./server.js").Source} Source */
/** @typedef {import("./server.js").Annotation} Annotation */

/**
 * The text of an answer. Footnotes that were told are buttons; while it is still written there are none yet, and `[n]` is shown small.
 * @param {string} text
 * @param {readonly Annotation[]} annotations In order of place.
 * @param {readonly Source[]} sources
 * @param {(source: Source) => void} open
 * @returns {DocumentFragment}
 */
export function answerText(text, annotations, sources, open) {
  const nodes = document.createDocumentFragment();
  let done = 0;
  for (const { number, start, end } of marks(text, annotations)) {
    const source = sources.find((one) => one.number === number);
    // A footnote hugs its sentence.
    nodes.append(text.slice(done, start).replace(/ $/, ""), source ? footnote(source, open) : el("sup", {}, String(number)));
    done = end;
  }
  nodes.append(text.slice(done));
  return nodes;
}

/**
 * @param {string} text
 * @param {readonly Annotation[]} annotations
 * @returns {{ number: number, start: number, end: number }[]}
 */
function marks(text, annotations) {
  if (annotations.length === 0)
    return [...text.matchAll(/\[(\d{1,4})\]/g)].map((one) => ({
      number: Number(one[1]),
      start: one.index,
      end: one.index + one[0].length,
    }));
  return annotations.flatMap(({ url_citation: { start_index: start, end_index: end } }) => {
    const number = Number(/^\[(\d{1,4})\]$/.exec(text.slice(start, end))?.[1]);
    return Number.isNaN(number) ? [] : [{ number, start, end }];
  });
}

/** A button with a source's number. @param {Source} source @param {(source: Source) => void} open */
export function footnote(source, open) {
  const label = `${say("source")} ${source.number}: ${source.title || source.id}`;
  const button = el(
    "button",
    {
      type: "button",
      class: "footnote",
      "aria-haspopup": "dialog",
      "aria-label": label,
      title: source.title,
      click: () => open(source),
    },
    String(source.number),
  );
  return el("sup", {}, button);
}

/**
 * A document's text with the block marked: each of its pieces where it has gaps, the whole span where they are not found.
 * @param {string} text
 * @param {{ start: number, end: number, text: string }} block
 * @returns {HTMLElement}
 */
export function marked(text, block) {
  const shown = el("div", { class: "document", tabindex: 0, role: "group" });
  let done = 0;
  for (const [start, end] of spans(text, block)) {
    shown.append(text.slice(done, start), el("mark", {}, text.slice(start, end)));
    done = end;
  }
  shown.append(text.slice(done));
  return shown;
}

/**
 * @param {string} text
 * @param {{ start: number, end: number, text: string }} block
 * @returns {[start: number, end: number][]}
 */
function spans(text, { start, end, text: shown }) {
  if (text.slice(start, end) === shown) return [[start, end]];
  /** @type {[number, number][]} */
  const found = [];
  let from = start;
  for (const piece of shown.split(" … ")) {
    const at = text.indexOf(piece, from);
    if (at < 0 || at + piece.length > end) return [[start, end]];
    found.push([at, at + piece.length]);
    from = at + piece.length;
  }
  return found;
}
