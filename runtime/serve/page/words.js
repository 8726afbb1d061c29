/** What the page says, in English and in Russian. Both have the same keys; a language switch says everything anew. */

const en = {
  title: "Ask",
  skip: "Skip to the question",
  lead: "Ask the documents",
  about: "Answers are made from the documents behind this server. Each footnote opens the passage that it rests on.",
  question: "Your question",
  keys: "Enter asks · Shift + Enter begins a line · Escape stops",
  send: "Ask",
  stop: "Stop",
  again: "Ask again",
  language: "Language",
  colours: "Colours",
  auto: "As the system",
  light: "Light",
  dark: "Dark",
  by: "Answered by",
  beside: "Beside it",
  nobody: "nothing",
  working: "Working…",
  stopped: "Stopped.",
  stoppedEarly: "Stopped before it was done.",
  cut: "The answer reached its greatest length and was cut.",
  missing: "Without what failed or came late:",
  broken: "The connection to the server broke. What was written so far may be incomplete.",
  sources: "Sources",
  source: "Source",
  why: "Why this answer",
  whyDocument: "Why this document",
  trace: "Stages",
  related: "More in the documents",
  relatedAbout: "Sections beside what was cited, and what else the search found for this question",
  nothingCited: "Names no source.",
  checked: "Checked by",
  supported: "Borne out by what it names.",
  repaired: "Borne out; its footnotes were put right.",
  unsupported: "Not borne out by what was shown.",
  dropped: "Left out: nothing that was shown bears it out.",
  unknown: "Says that something is not known.",
  named: "As written it named",
  namedNothing: "nothing",
  recall: "of its sentences are borne out",
  precision: "of its footnotes are needed",
  someRepaired: "Sentences whose footnotes were put right:",
  someDropped: "Sentences that were left out because nothing bears them out:",
  someUnsupported: "Sentences that are not borne out:",
  wholeShown: "The whole document; the highlighted text is what the answer was made from.",
  notTraced: "The stages of this answer have no record of it.",
  close: "Close",
  passage: "Passage",
  place: "Place",
  score: "Score",
  stage: "Stage",
  line: "Line of the spec",
  time: "Time",
  results: "Results",
  total: "In all",
  reward: "What it is worth",
  sentences: "Sentence by sentence",
  ok: "done",
  failed: "failed",
  replaced: "replaced by its default",
  tries: "tries",
  id: "Answer",
  shownLine: "The highlighted text is what the answer was made from.",
  characters: "characters",
  of: "of",
  done: "The answer is there.",
  key: "Key",
  keyTitle: "This server asks for a key",
  keyAbout: "It is kept until this tab is closed.",
  enter: "Continue",
  ms: "ms",
  s: "s",
};

/** @type {typeof en} */
const ru = {
  title: "Вопрос",
  skip: "Перейти к вопросу",
  lead: "Спросите документы",
  about: "Ответы составлены по документам этого сервера. Каждая сноска открывает место, на которое она опирается.",
  question: "Ваш вопрос",
  keys: "Enter — спросить · Shift + Enter — новая строка · Escape — остановить",
  send: "Спросить",
  stop: "Остановить",
  again: "Спросить ещё раз",
  language: "Язык",
  colours: "Цвета",
  auto: "Как в системе",
  light: "Светлые",
  dark: "Тёмные",
  by: "Отвечает",
  beside: "Рядом",
  nobody: "ничего",
  working: "Готовится…",
  stopped: "Остановлено.",
  stoppedEarly: "Остановлено до конца ответа.",
  cut: "Ответ достиг наибольшей длины и был обрезан.",
  missing: "Без того, что не удалось или опоздало:",
  broken: "Связь с сервером прервалась. Написанное может быть неполным.",
  sources: "Источники",
  source: "Источник",
  why: "Почему такой ответ",
  whyDocument: "Почему этот документ",
  trace: "Этапы",
  related: "Ещё в документах",
  relatedAbout: "Разделы рядом с процитированными и что ещё нашёл поиск по этому вопросу",
  nothingCited: "Без источника.",
  checked: "Проверено:",
  supported: "Подтверждается тем, на что ссылается.",
  repaired: "Подтверждается; сноски исправлены.",
  unsupported: "Показанными источниками не подтверждается.",
  dropped: "Опущено: ничто из показанного этого не подтверждает.",
  unknown: "Говорит, что что-то неизвестно.",
  named: "В написанном были сноски",
  namedNothing: "ни одной",
  recall: "предложений подтверждается",
  precision: "сносок нужны",
  someRepaired: "Предложений с исправленными сносками:",
  someDropped: "Предложений опущено, потому что их ничто не подтверждает:",
  someUnsupported: "Предложений не подтверждается:",
  wholeShown: "Документ целиком; выделен текст, по которому составлен ответ.",
  notTraced: "В этапах этого ответа о нём ничего не записано.",
  close: "Закрыть",
  passage: "Отрывок",
  place: "Место",
  score: "Оценка",
  stage: "Этап",
  line: "Строка спецификации",
  time: "Время",
  results: "Результаты",
  total: "Всего",
  reward: "Сколько он стоит",
  sentences: "По предложениям",
  ok: "готово",
  failed: "не удалось",
  replaced: "заменено значением по умолчанию",
  tries: "попыток",
  id: "Ответ",
  shownLine: "Выделен текст, по которому составлен ответ.",
  characters: "знаки",
  of: "из",
  done: "Ответ готов.",
  key: "Ключ",
  keyTitle: "Этот сервер просит ключ",
  keyAbout: "Он хранится, пока открыта эта вкладка.",
  enter: "Продолжить",
  ms: "мс",
  s: "с",
};

const tables = { en, ru };
/** @typedef {keyof typeof tables} Language */
/** @typedef {keyof typeof en} Word */

/** @type {Language} */
let language = "en";

/** The first of the languages (BCP 47, as browsers list them) that the page speaks; English otherwise. @param {readonly string[]} wanted @returns {Language} */
export function languageOf(wanted) {
  const spoken = wanted.map((tag) => tag.toLowerCase().split("-")[0]).find((tag) => tag === "en" || tag === "ru");
  return spoken === "ru" ? "ru" : "en";
}

/** Speaks it from now on, here and in all that is marked with `data-say` and `data-hint`. @param {Language} wanted */
export function speak(wanted) {
  language = wanted;
  document.documentElement.lang = wanted;
  document.title = say("title");
  for (const marked of document.querySelectorAll("[data-say]"))
    if (marked instanceof HTMLElement) marked.textContent = say(/** @type {Word} */ (marked.dataset.say));
  for (const marked of document.querySelectorAll("[data-hint]"))
    if (marked instanceof HTMLElement) marked.setAttribute("placeholder", say(/** @type {Word} */ (marked.dataset.hint)));
}

/** @param {Word} word */
export const say = (word) => tables[language][word];

/** A number with so many significant digits. @param {number} value @param {number} [digits] */
export const number = (value, digits = 4) => new Intl.NumberFormat(language, { maximumSignificantDigits: digits }).format(value);

/** A share of 0 to 1, in per cent. @param {number} value */
export const share = (value) => new Intl.NumberFormat(language, { style: "percent", maximumFractionDigits: 0 }).format(value);

/** A time of milliseconds. @param {number} ms */
export const time = (ms) => (ms >= 1000 ? `${number(ms / 1000, 3)} ${say("s")}` : `${number(ms, ms < 10 ? 2 : 3)} ${say("ms")}`);
