import { expect, test } from "vitest";
import { in_conversation } from "./exams.ts";
import { inputs } from "./inputs.ts";
import { random } from "./random.ts";
import { realThings } from "./real.ts";
import { reworded } from "./reworded.ts";
import { talks } from "./talks.ts";
import { thread } from "./threads.ts";
import { followUps, shifts, wordings } from "./wordings.ts";
import { kinds } from "./worlds.ts";

const languages = ["en", "ru"] as const;

test("no question that is kept for an exam is practised, neither whole nor within a conversation", () => {
  for (const language of languages) {
    for (const { id, relations } of kinds)
      for (const relation of relations) {
        const practised = new Set([
          ...wordings(id, relation.id, language),
          ...followUps(id, relation, language, "train"),
          ...shifts(language, "train"),
        ]);
        const kept = [
          ...reworded(id, relation.id, language, "held_out"),
          ...followUps(id, relation, language, "held_out"),
          ...shifts(language, "held_out"),
        ];
        expect(kept.filter((way) => practised.has(way))).toEqual([]);
        for (const way of wordings(id, relation.id, language)) expect(way).toContain("{n}");
        for (const way of followUps(id, relation, language, "train")) expect(way).not.toContain("{");
      }
  }
});

test("what is meant stands alone: it names what the conversation is about, which was named before", () => {
  for (const { prompt, answer } of talks({ count: 400, seed: 5 })) {
    expect(answer).not.toMatch(/^$|\{|undefined/);
    const said = prompt.map(({ content }) => content.toLowerCase()).join(" ");
    const names = answer.match(/(?<=[\p{Ll}»"] )\p{Lu}[\p{L}-]+/gu) ?? [];
    for (const name of names) expect(said).toContain(name.toLowerCase().slice(0, 4));
    expect(prompt.map(({ role }) => role)).toEqual(prompt.map((_, i) => (i % 2 === 0 ? "user" : "assistant")));
  }
});

test("in the exam the last question of a conversation cannot be answered without those before it", () => {
  const all = [...in_conversation({ count: 200, seed: 1 })];
  const unknown = all.filter(({ answer }) => /know|знаю/u.test(answer));
  expect(all.every(({ prompt }) => prompt.length >= 3)).toBe(true);
  expect(unknown.length).toBeGreaterThan(20);
  expect(unknown.length).toBeLessThan(80);
});

test("a thread holds a thing's name and questions, and none of its facts", () => {
  const rng = random("threads");
  for (const language of languages)
    for (const thing of realThings(language)) {
      const { title, text } = thread(rng, thing, language);
      expect(`${title} ${text}`.toLowerCase()).toContain(thing.name.toLowerCase());
      const words = new Set(text.toLowerCase().match(/[\p{L}\p{N}]+/gu));
      const names = new Set(thing.name.toLowerCase().match(/[\p{L}\p{N}]+/gu));
      for (const fact of Object.values(thing.facts)) {
        const telling = (fact.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []).filter((word) => !names.has(word));
        if (telling.length > 0 && /\d/.test(fact)) expect(telling.every((word) => words.has(word))).toBe(false);
      }
    }
});

test("what is ranked are four documents, the page that tells among them", () => {
  for (const { prompt, documents } of inputs({ count: 100, seed: 1 })) {
    expect(prompt).not.toBe("");
    expect([3, 4]).toContain(documents.length);
  }
});
