// Questions of a dialog as questions that stand alone, by rules.
import { expect, test } from "vitest";
import type { Dialog } from "../types.ts";
import { standalone } from "./standalone.ts";

const dialog = (...turns: string[]): Dialog => turns.map((content, i) => ({ role: i % 2 === 0 ? "user" : "assistant", content }));

test.each([
  [["What is the capital of Norway?"], ["What is the capital of Norway?"]],
  [["  Сколько   людей живёт в Осло? "], ["Сколько людей живёт в Осло?"]],
  // What a pronoun speaks of: who was named in the reply, or in the question.
  [["Who wrote War and Peace?", "Leo Tolstoy [1].", "When was he born?"], ["Leo Tolstoy War Peace: When was he born?"]],
  [["What is the capital of Norway?", "Oslo [1].", "How many people live there?"], ["Oslo Norway: How many people live there?"]],
  [["Кто построил Эйфелеву башню?", "Гюстав Эйфель. [1]", "Когда он умер?"], ["Гюстав Эйфель Эйфелеву: Когда он умер?"]],
  // A fragment asks of another what was asked before.
  [["What is the weather in Moscow?", "Cold.", "And in London?"], ["weather: in London?"]],
  [["Какая погода в Москве?", "Холодно.", "А в Лондоне?"], ["погода: в Лондоне?"]],
  // A new question takes nothing along.
  [["Who wrote Faust?", "Goethe.", "Which rivers flow through Prague?"], ["Which rivers flow through Prague?"]],
  // Each side of a comparison.
  [
    ["Where is it colder, in Moscow or London?"],
    ["Where is it colder, in Moscow?", "Where is it colder, in London?", "Where is it colder, in Moscow or London?"],
  ],
  [
    ["What is the difference between New York and Boston?"],
    [
      "What is the difference between New York?",
      "What is the difference between Boston?",
      "What is the difference between New York and Boston?",
    ],
  ],
  [["Где теплее: в Осло или Бергене?"], ["Где теплее: в Осло?", "Где теплее: в Бергене?", "Где теплее: в Осло или Бергене?"]],
  [["Is tea or coffee healthier?"], ["Is tea healthier?", "Is coffee healthier?", "Is tea or coffee healthier?"]],
  // Several questions at once.
  [
    ["Who founded Oslo? How many people live in Bergen?"],
    ["Who founded Oslo?", "How many people live in Bergen?", "Who founded Oslo? How many people live in Bergen?"],
  ],
  [[""], []],
  [["?!"], []],
])("%j", (turns, wanted) => {
  expect(standalone(dialog(...turns), 3)).toEqual(wanted);
});

test("at most as many as are wanted: what would be half of a comparison is asked whole", () => {
  const question = "Where is it colder, in Moscow or London?";
  expect(standalone(dialog(question), 1)).toEqual([question]);
  expect(standalone(dialog(question), 2)).toHaveLength(2);
});

test("a question that stands alone stays as it is, and what rules made of one stays what it is", () => {
  for (const question of ["Who built the tower?", "Почему небо синее?", "population of Oslo", "Осло"])
    expect(standalone(dialog(question), 3)).toEqual([question]);
  const [made] = standalone(dialog("What is the capital of Norway?", "Oslo [1].", "How many people live there?"), 3);
  expect(standalone(dialog(made!), 3)).toEqual([made]);
});
