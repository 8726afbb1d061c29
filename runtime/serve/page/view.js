/** Turns as a person sees them. What changes while an answer is written is replaced in place, all else stays as it is. */

import { el } from "./dom.js";
import { citations, reward, stages, why } from "./evidence.js";
import { address } from "./links.js";
import { worth } from "./server.js";
import { openSource } from "./source.js";
import { answerText, footnote } from "./text.js";
import { keptOf } from "./turn.js";
import { say, time } from "./words.js";

/** @typedef {import("./turn.js").Turn} Turn */
/** @typedef {import("./turn.js").Reply} Reply */
/** @typedef {{ panel: HTMLDialogElement, ask: (question: string) => void, again: (turn: Turn) => void }} Doors What buttons open. */

let names = 0;

/** Whether a question fills more lines than should stand above its answer. @param {string} question */
const long = (question) => question.length > 400 || question.split("\n").length > 8;

/**
 * @param {Turn} turn
 * @param {Doors} doors
 * @returns {{ node: HTMLElement, update: (reply: Reply) => void, relate: () => void }}
 */
export function turnView(turn, doors) {
  const name = `turn-${++names}`;
  const views = turn.replies.map((reply) => replyView(reply, turn, doors));
  const more = el("div", { class: "related" });
  const relate = () => more.replaceChildren(...relatedParts(turn, doors));
  const columns = el("div", { class: views.length > 1 ? "replies two" : "replies" }, ...views.map(({ node }) => node));
  const node = el(
    "article",
    { class: "turn", "aria-labelledby": name },
    // What scrolls can be reached by keys.
    el("h2", { id: name, tabindex: long(turn.question) ? 0 : -1, class: long(turn.question) ? "long" : "" }, turn.question),
    columns,
    more,
  );
  relate();
  return { node, relate, update: (reply) => views[turn.replies.indexOf(reply)]?.update() };
}

/** @param {Turn} turn @param {Doors} doors */
function relatedParts({ related }, { ask }) {
  if (related.length === 0) return [];
  const buttons = related.map((name) => el("li", {}, el("button", { type: "button", click: () => ask(name) }, name)));
  return [el("h3", { title: say("relatedAbout") }, say("related")), el("ul", {}, ...buttons)];
}

/**
 * @param {Reply} reply
 * @param {Turn} turn
 * @param {Doors} doors
 */
function replyView(reply, turn, doors) {
  const named = turn.replies.length > 1;
  const text = el("div", { class: "text" });
  const rest = el("div", { class: "rest" });
  const node = el(
    "section",
    { class: "reply", "aria-label": reply.model },
    named && el("p", { class: "model" }, reply.model),
    text,
    rest,
  );
  const open = (/** @type {import("./server.js").Source} */ source) => void openSource(doors.panel, reply, source);
  const update = () => {
    const going = reply.state === "waiting" || reply.state === "writing";
    node.className = `reply ${reply.state}${reply.known ? "" : " unknown"}`;
    node.setAttribute("aria-busy", String(going));
    text.replaceChildren(answerText(reply.text, reply.annotations, reply.sources, open));
    rest.replaceChildren(...(going ? progress(reply) : ending(reply, turn, doors, open)));
  };
  update();
  return { node, update };
}

/** @param {Reply} reply */
function progress({ stages: ended }) {
  const chips = ended.map(({ stage, start, end }) => el("li", {}, `${stage} ${time(end - start)}`));
  return [el("ul", { class: "progress", "aria-hidden": "true" }, ...chips, el("li", { class: "now" }, say("working")))];
}

/**
 * @param {Reply} reply
 * @param {Turn} turn
 * @param {Doors} doors
 * @param {(source: import("./server.js").Source) => void} open
 * @returns {HTMLElement[]}
 */
function ending(reply, turn, doors, open) {
  const notes = [
    ...(reply.state === "stopped" ? [say(reply.text === "" ? "stopped" : "stoppedEarly")] : []),
    ...(reply.cut ? [say("cut")] : []),
    ...checked(reply),
    ...(reply.missing.length > 0 ? [`${say("missing")} ${reply.missing.join(", ")}`] : []),
  ];
  const again = el("button", { type: "button", class: "again", click: () => doors.again(turn) }, say("again"));
  return [
    ...notes.map((note) => el("p", { class: "note" }, note)),
    ...(reply.state === "failed"
      ? [el("p", { class: "note fault", role: "alert" }, reply.error || say("broken"), " ", again)]
      : []),
    ...(reply.sources.length > 0 ? [sourceList(reply, open)] : []),
    ...(reply.state === "done" ? [explained(reply, open)] : []),
    ...(reply.stages.length > 0 ? [el("details", {}, el("summary", {}, say("trace")), stages(reply.stages, reply.id))] : []),
  ];
}

/** What a checker changed or leaves to the reader. @param {Reply} reply */
function checked({ checks }) {
  const count = (/** @type {import("../../types.ts").Outcome} */ outcome) =>
    checks?.sentences.filter((one) => one.outcome === outcome).length ?? 0;
  const told = /** @type {const} */ ([
    ["repaired", "someRepaired"],
    ["dropped", "someDropped"],
    ["unsupported", "someUnsupported"],
  ]);
  return told.flatMap(([outcome, word]) => (count(outcome) > 0 ? [`${say(word)} ${count(outcome)}.`] : []));
}

/** @param {Reply} reply @param {(source: import("./server.js").Source) => void} open */
function sourceList({ sources }, open) {
  const items = sources.map((source) =>
    el(
      "li",
      {},
      footnote(source, open),
      el("span", {}, el("b", {}, source.title || source.id), " ", address(source.url || source.id)),
    ),
  );
  return el("div", { class: "sources" }, el("h3", {}, say("sources")), el("ul", {}, ...items));
}

/** What the server knows of each sentence, asked for when it is opened. @param {Reply} reply @param {(source: import("./server.js").Source) => void} open */
function explained(reply, open) {
  const body = el("div", {}, el("p", { class: "small" }, say("working")));
  const whole = el("details", {}, el("summary", {}, say("why")), body);
  whole.addEventListener(
    "toggle",
    async () => {
      try {
        const { explained: all, rewarded, answers } = await keptOf(reply);
        const checks = answers[0]?.checks;
        const sentences = el("div", {}, checks && citations(checks), why(all[0] ?? [], reply.sources, open));
        body.replaceChildren(sentences);
        if (rewarded)
          body.replaceChildren(
            el("h3", {}, say("reward")),
            reward(await worth(reply.id)),
            el("h3", {}, say("sentences")),
            sentences,
          );
      } catch (error) {
        body.replaceChildren(el("p", { class: "small fault" }, error instanceof Error ? error.message : String(error)));
      }
    },
    { once: true },
  );
  return whole;
}
