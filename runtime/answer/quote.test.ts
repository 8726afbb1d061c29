import { expect, test } from "vitest";
import { roughOffsets } from "../retrieve/infocontext.ts";
import type { Dialog, Doc, StageContext, Wishes } from "../types.ts";
import { expectationOf } from "./expectation.ts";
import { quote } from "./quote.ts";

const ask = (content: string): Dialog => [{ role: "user", content }];
const doc = (id: string, title: string, text: string, score = 1): Doc => ({ id, title, url: id, text, score });
const stage: StageContext = {
  signal: new AbortController().signal,
  deadline: Number.POSITIVE_INFINITY,
  seed: 0,
  device: "auto",
  note: () => {},
  offsets: roughOffsets,
};
const tower = doc(
  "tower.md",
  "Eiffel Tower",
  "The tower is made of iron.[4] It was finished on 31 March 1889. Gustave Eiffel's company built it. It is 330 metres tall and painted every seven years.",
  2,
);
const berlin = doc(
  "berlin.md",
  "Берлин",
  "Берлин — столица Германии. Население города составляет 3,7 млн человек. Он основан в 1237 г. на реке Шпрее.",
  1.5,
);

test.each([
  ["How tall is the tower?", "It is 330 metres tall and painted every seven years. [1]"],
  ["When was the tower finished?", "It was finished on 31 March 1889. [1]"],
  ["Who built the tower?", "Gustave Eiffel's company built it. [1]"],
  ["Какое население у Берлина?", "Население города составляет 3,7 млн человек. [1]"],
  ["Столица Германии?", "Берлин — столица Германии. [1]"],
])("%s is answered with %j", (question, wanted) => {
  expect(quote(ask(question), /[а-я]/.test(question) ? [berlin, tower] : [tower, berlin], { most: 1 })).toMatchObject({
    text: wanted,
    known: true,
  });
});

test("sentences of one document keep its order and its number; the source is the span that was quoted from", () => {
  const answer = quote(ask("How tall is the iron tower that Eiffel finished?"), [tower, berlin], { most: 3 });
  expect(answer.sources).toHaveLength(1);
  const [source] = answer.sources;
  expect(tower.text.slice(source!.start, source!.end)).toBe(source!.text);
  expect(answer.footnotes.length).toBeGreaterThan(1);
  for (const note of answer.footnotes) expect(answer.text.slice(note.at, note.at + 3)).toBe("[1]");
  expect(answer.text).not.toContain("[4]");
});

test("a context's blocks are quoted with their places in the document", () => {
  const start = tower.text.indexOf("Gustave");
  const block = { number: 1, doc: tower, start, end: start + 34, text: tower.text.slice(start, start + 34), score: 1 };
  const answer = quote(ask("Who built the tower?"), { blocks: [block], tokens: 9 }, { most: 2 });
  expect(answer.text).toBe("Gustave Eiffel's company built it. [1]");
  expect(answer.sources[0]).toMatchObject({ start, end: start + 34, doc: { id: "tower.md" } });
});

test("it says that it does not know, in the language of the question, when nothing is about it", () => {
  for (const question of ["What do penguins eat?", "Who is Zork Bimbo?", "What is the capital of Zubrowka?"]) {
    expect(quote(ask(question), [tower, berlin], { most: 3 })).toMatchObject({
      text: "I do not know: these documents do not say.",
      known: false,
      sources: [],
      footnotes: [],
    });
  }
  expect(quote(ask("Чем питаются пингвины?"), [tower, berlin], { most: 3 })).toMatchObject({
    text: "Не знаю: в этих документах ответа нет.",
    known: false,
  });
  expect(quote(ask("What?"), [], { most: 3 }).known).toBe(false);
  expect(quote([], [tower], { most: 3 }).known).toBe(false);
  expect(quote(ask("😀"), [doc("e.md", "", "")], { most: 3 }).known).toBe(false);
});

test("what two documents say in the same words is quoted once", () => {
  const copy = doc("copy.md", "Copy", "Gustave Eiffel's company built it.", 1);
  expect(
    quote(ask("Who built the tower of Gustave Eiffel's company?"), [tower, copy], { most: 3 }).text.match(/Gustave/g),
  ).toHaveLength(1);
});

test.each([
  ["How many people live there?", "number"],
  ["In what year did it begin?", "date"],
  ["Why is the sky blue?", "reason"],
  ["Where is it?", "name"],
  ["What is an index?", "definition"],
  ["Сколько лет городу?", "number"],
  ["В каком году он построен?", "date"],
  ["Почему небо синее?", "reason"],
  ["Кто его построил?", "name"],
  ["Что такое индекс?", "definition"],
  ["Опиши город", "any"],
])("%s asks for a %s", (question, wanted) => {
  expect(expectationOf(question)).toBe(wanted);
});

test("a caller's stops and length hold for quotes, too: what is cited no more is no source, and nobody is shown more", () => {
  const shown: string[] = [];
  const wishing = (wishes: Wishes) =>
    quote(ask("How tall is the tower?"), [tower], { most: 1 }, { ...stage, wishes, onText: (text) => shown.push(text) });
  expect(wishing({ stop: ["nowhere", " and"] })).toMatchObject({ text: "It is 330 metres tall", sources: [], footnotes: [] });
  expect(wishing({ stop: ["nowhere"] }).sources).toHaveLength(1);
  expect(wishing({ most: 3 })).toMatchObject({ text: "It is 330", cut: true, known: true });
  expect(wishing({ most: 300 }).cut).toBeUndefined();
  expect(shown[0]).toBe("It is 330 metres tall");
});
