/** The page: what keys and buttons do, which pipelines answer, and the conversation. */

import { at, el, keep, kept } from "./dom.js";
import * as server from "./server.js";
import { answer, related, turnFrom, turnOf } from "./turn.js";
import { turnView } from "./view.js";
import { languageOf, say, speak } from "./words.js";

/** @typedef {import("./turn.js").Turn} Turn */
/** @typedef {import("./words.js").Language} Language */

const field = at("question", HTMLTextAreaElement);
const [send, stop] = [at("send", HTMLButtonElement), at("stop", HTMLButtonElement)];
const status = at("status", HTMLElement);
const list = at("turns", HTMLElement);
const panel = at("source", HTMLDialogElement);
const [model, beside] = [at("model", HTMLSelectElement), at("beside", HTMLSelectElement)];

/** @type {Turn[]} */
let turns = [];
/** @type {ReturnType<typeof turnView>[]} */
let views = [];
/** @type {AbortController | undefined} */
let asking;

const doors = { panel, ask: (/** @type {string} */ question) => void ask(question), again };

/** @param {string} question */
async function ask(question) {
  if (asking !== undefined || question.trim() === "") return;
  const turn = turnOf(question.trim(), [...new Set([model.value, beside.value].filter((name) => name !== ""))]);
  turns.push(turn);
  const view = turnView(turn, doors);
  views.push(view);
  list.append(view.node);
  field.value = "";
  grow();
  await answered(turn, view);
}

/** @param {Turn} turn @param {ReturnType<typeof turnView>} view */
async function answered(turn, view) {
  asking = new AbortController();
  busy(true);
  view.node.scrollIntoView({ block: "start", behavior: "auto" });
  status.textContent = say("working");
  try {
    await answer(
      turns,
      asking.signal,
      frames((reply) => views[turns.indexOf(turn)]?.update(reply)),
    );
  } catch (error) {
    if (error instanceof server.Refused) entrance();
  } finally {
    asking = undefined;
    busy(false);
  }
  status.textContent = spoken(turn);
  const [first] = turn.replies;
  if (first?.state !== "done") return;
  history.replaceState(null, "", `#${first.id}`);
  turn.related = await related(turn);
  // The language may have been switched, and the turn drawn anew, meanwhile.
  views[turns.indexOf(turn)]?.relate();
}

/** What a screen reader says at the end: the answers, without the numbers of their footnotes. @param {Turn} turn */
function spoken({ replies }) {
  const texts = replies.map(({ state, text, error, model: name }) => {
    const said =
      state === "failed" ? error || say("broken") : state === "stopped" ? say("stopped") : text.replace(/ ?\[\d{1,4}\]/g, "");
    return replies.length > 1 ? `${name}: ${said}` : said;
  });
  return [...(replies.some(({ state }) => state === "done") ? [say("done")] : []), ...texts].join(" ");
}

/** Draws what changed at most once a frame. @template T @param {(value: T) => void} draw @returns {(value: T) => void} */
function frames(draw) {
  /** @type {Set<T>} */
  const waiting = new Set();
  return (value) => {
    if (waiting.size === 0)
      requestAnimationFrame(() => {
        for (const one of waiting) draw(one);
        waiting.clear();
      });
    waiting.add(value);
  };
}

/** @param {boolean} now */
function busy(now) {
  at("lead", HTMLElement).hidden = turns.length > 0;
  const focused = document.activeElement === send || document.activeElement === stop;
  send.hidden = now;
  stop.hidden = !now;
  if (focused) field.focus();
}

/** A question once more: in the place of its turn where that is the last, else behind the others. @param {Turn} turn */
function again(turn) {
  if (asking !== undefined) return;
  if (turn === turns.at(-1)) {
    turns.pop();
    views.pop()?.node.remove();
  }
  void ask(turn.question);
}

/** The field is as high as what stands in it. */
function grow() {
  field.style.blockSize = "auto";
  field.style.blockSize = `${field.scrollHeight}px`;
}

/** Asks for the server's key, then asks the question again. */
function entrance() {
  const dialog = at("entrance", HTMLDialogElement);
  const input = el("input", { type: "password", id: "key", autocomplete: "off" });
  const form = el(
    "form",
    {
      method: "dialog",
      submit: (event) => {
        event.preventDefault();
        server.useKey(input.value);
        dialog.close();
        const last = turns.at(-1);
        if (last) again(last);
        void begin();
      },
    },
    el("h2", { id: "entrance-title" }, say("keyTitle")),
    el("p", { class: "small" }, say("keyAbout")),
    el("label", { for: "key" }, say("key")),
    input,
    el("button", { type: "submit" }, say("enter")),
  );
  dialog.replaceChildren(form);
  if (!dialog.open) dialog.showModal();
}

/** Which pipelines there are, and the answer that the address names. */
async function begin() {
  try {
    choices(await server.models());
    const id = location.hash.slice(1);
    if (turns.length === 0 && /^[\w-]+$/.test(id)) show([turnFrom(await server.told(id))]);
  } catch (error) {
    if (error instanceof server.Refused && error.status === 401) entrance();
  }
}

/** @param {string[]} names */
function choices(names) {
  const options = () => names.map((name) => el("option", { value: name }, name));
  model.replaceChildren(...options());
  beside.replaceChildren(el("option", { value: "", "data-say": "nobody" }, say("nobody")), ...options());
  at("of", HTMLElement).hidden = names.length < 2;
  at("with", HTMLElement).hidden = names.length < 2;
  others();
}

/** A pipeline is compared with another, not with itself. */
function others() {
  for (const option of beside.options) option.disabled = option.value === model.value;
  if (beside.value === model.value) beside.value = "";
}

/** Draws turns anew. @param {Turn[]} all */
function show(all) {
  turns = all;
  views = turns.map((turn) => turnView(turn, doors));
  list.replaceChildren(...views.map(({ node }) => node));
  busy(asking !== undefined);
}

/** @param {string} name */
function colour(name) {
  document.documentElement.dataset.colours = name;
}

at("ask", HTMLFormElement).addEventListener("submit", (event) => {
  event.preventDefault();
  void ask(field.value);
});
field.addEventListener("input", grow);
field.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  void ask(field.value);
});
model.addEventListener("change", others);
stop.addEventListener("click", () => asking?.abort());
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && !panel.open) asking?.abort();
});
// A click beside the panel closes it.
panel.addEventListener("click", (event) => {
  if (event.target === panel) panel.close();
});

const [language, colours] = [at("language", HTMLSelectElement), at("colours", HTMLSelectElement)];
language.value = languageOf([kept("language") ?? "", ...navigator.languages]);
colours.value = kept("colours") ?? "auto";
speak(/** @type {Language} */ (language.value));
colour(colours.value);
language.addEventListener("change", () => {
  keep("language", language.value);
  speak(/** @type {Language} */ (language.value));
  show(turns);
});
colours.addEventListener("change", () => {
  keep("colours", colours.value);
  colour(colours.value);
});
field.focus();
void begin();
