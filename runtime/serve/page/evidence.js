/** Why: the stages of an answer with their times, the blocks behind each sentence, and what each stage thought of them. It judges nothing. */

import { bar, el } from "./dom.js";
import { footnote } from "./text.js";
import { number, say, share, time } from "./words.js";

/** @typedef {import("./server.js").Span} Span */
/** @typedef {import("./server.js").Source} Source */
/** @typedef {import("../../pipeline/explain.ts").StageScore} StageScore */
/** @typedef {import("../../pipeline/explain.ts").Explained} Explained */

/**
 * The stages in the order in which they began, each with its share of the whole time.
 * @param {readonly Span[]} spans
 * @param {string} id The answer's.
 * @returns {HTMLElement}
 */
export function stages(spans, id) {
  const inOrder = spans.toSorted((a, b) => a.start - b.start);
  const whole = Math.max(0, ...spans.map(({ end }) => end));
  const list = inOrder.map((span) => el("li", { class: `stage ${span.outcome}` }, ...stage(span, whole)));
  return el(
    "div",
    {},
    el("ol", { class: "stages" }, ...list),
    el(
      "p",
      { class: "small" },
      `${say("total")}: ${time(whole)}${id === "" ? "" : ` · ${say("id")} `}`,
      id !== "" && el("code", {}, id),
    ),
  );
}

/** @param {Span} span @param {number} whole */
function stage(span, whole) {
  const { start, end, outcome, tries, notes, ranked = [], texts = [], error } = span;
  const facts = [
    ...(outcome === "ok" ? [] : [say(outcome)]),
    ...(tries > 1 ? [`${tries} ${say("tries")}`] : []),
    ...Object.entries(notes).map(([name, value]) => `${name} ${typeof value === "number" ? number(value) : value}`),
  ];
  return [
    el(
      "div",
      { class: "head" },
      el("b", {}, span.stage),
      el("code", { class: "where" }, span.where),
      el("span", { class: "time" }, time(end - start)),
    ),
    bar(start / (whole || 1), end / (whole || 1)),
    facts.length > 0 && el("p", { class: "small" }, facts.join(" · ")),
    error !== undefined && el("p", { class: "small fault" }, error),
    ...texts.map((text) => el("p", { class: "small" }, `— ${text}`)),
    ranked.length > 0 && results(ranked),
  ];
}

/** @param {NonNullable<Span["ranked"]>} ranked */
function results(ranked) {
  const best = Math.max(...ranked.map(({ score = 0 }) => score));
  const least = Math.min(0, ...ranked.map(({ score = 0 }) => score));
  const rows = ranked.map(({ id, score, start, end }) =>
    el(
      "li",
      {},
      el("span", { class: "id" }, start === undefined || end === undefined ? id : `${id} (${start}–${end})`),
      score !== undefined && el("span", { class: "score" }, number(score)),
      score !== undefined && bar(0, (score - least) / (best - least || 1)),
    ),
  );
  return el(
    "details",
    { class: "results" },
    el("summary", { class: "brief" }, `${say("results")}: ${ranked.length}`),
    // It scrolls: keys reach it.
    el("ol", { tabindex: 0, "aria-label": say("results") }, ...rows),
  );
}

/**
 * Each sentence with its blocks and their scores by stage.
 * @param {readonly Explained[]} sentences
 * @param {readonly Source[]} sources
 * @param {(source: Source) => void} open
 * @returns {HTMLElement}
 */
export function why(sentences, sources, open) {
  const items = sentences.map(({ text, blocks, check }) =>
    el(
      "li",
      { class: check?.outcome },
      el("p", { class: "sentence" }, text.replace(/\s*\[\d{1,4}\]/g, "")),
      check && el("p", { class: "small check" }, checkText(check)),
      blocks.length === 0 && check?.outcome !== "dropped" && el("p", { class: "small" }, say("nothingCited")),
      ...blocks.flatMap((block) => {
        const source = sources.find((one) => one.number === block.number);
        return [
          el("p", { class: "small cite" }, source ? footnote(source, open) : String(block.number), " ", block.title || block.id),
          scores(block.scores),
        ];
      }),
    ),
  );
  return el("ol", { class: "why" }, ...items);
}

/** What a checker made of a sentence, and how sure it is. @param {NonNullable<Explained["check"]>} check */
function checkText({ outcome, cited, support }) {
  if (outcome === "unknown") return say(outcome);
  const named = cited.length === 0 ? say("namedNothing") : cited.map((one) => `[${one}]`).join("");
  return [
    say(outcome),
    `${say("score")} ${number(support, 3)}.`,
    ...(outcome === "supported" ? [] : [`${say("named")} ${named}.`]),
  ].join(" ");
}

/**
 * Citation recall and precision of an answer that was checked.
 * @param {import("../../types.ts").Checks} checks
 * @returns {HTMLElement}
 */
export function citations({ by, told, written }) {
  const { recall, precision } = told ?? written;
  return el(
    "p",
    { class: "small" },
    `${say("checked")} `,
    el("b", {}, by),
    `: ${share(recall)} ${say("recall")}, ${share(precision)} ${say("precision")}.`,
  );
}

/**
 * What the spec's reward thinks of the first answer: its terms in the order of the spec, and the total.
 * @param {import("./server.js").Judged} judged
 * @returns {HTMLElement}
 */
export function reward({ by, where, answers: [worth] }) {
  const head = el("p", { class: "small" }, el("b", {}, by), " ", el("code", {}, where));
  if (worth === undefined || "none" in worth)
    return el("div", { class: "reward" }, head, el("p", { class: "small" }, worth?.none ?? ""));
  const terms = Object.entries(worth.terms).flatMap(([name, value]) =>
    typeof value === "number"
      ? [{ name, value }]
      : Object.entries(value).map(([aspect, part]) => ({ name: `${name}.${aspect}`, value: part })),
  );
  // A body may call its last term as it likes; the total is told once.
  const parts = terms.filter(({ name }) => name !== "total");
  const row = (/** @type {{ name: string, value: number }} */ { name, value }) =>
    el("tr", {}, el("th", { scope: "row" }, name), el("td", { class: "figure" }, number(value)));
  const total = row({ name: say("total"), value: worth.reward });
  total.className = "total";
  return el(
    "div",
    { class: "reward" },
    head,
    el(
      "table",
      { class: "scores terms" },
      el("caption", { class: "unseen" }, say("reward")),
      el("tbody", {}, ...parts.map(row), total),
    ),
  );
}

/**
 * What each stage thought of a document or block: its place among the stage's results, and its score.
 * @param {readonly StageScore[]} list
 * @returns {HTMLElement}
 */
export function scores(list) {
  if (list.length === 0) return el("p", { class: "small" }, say("notTraced"));
  const head = el(
    "tr",
    {},
    ...["stage", "line", "place", "score"].map((word) => el("th", { scope: "col" }, say(/** @type {"stage"} */ (word)))),
  );
  const rows = list.map(({ stage, where, rank, score }) =>
    el(
      "tr",
      {},
      el("th", { scope: "row" }, stage),
      el("td", {}, el("code", {}, where)),
      el("td", { class: "figure" }, String(rank)),
      el("td", { class: "figure" }, score === undefined ? "–" : number(score)),
    ),
  );
  return el("table", { class: "scores" }, el("thead", {}, head), el("tbody", {}, ...rows));
}
