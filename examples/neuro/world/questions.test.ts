import { expect, test } from "vitest";
import { read_other_sorts, read_other_words } from "./exams.ts";
import { reworded } from "./reworded.ts";
import { unfamiliar } from "./unfamiliar.ts";
import { kinds } from "./worlds.ts";

test("sorts of question that are kept for the exam are never practised", () => {
  for (const { id } of kinds)
    for (const language of ["en", "ru"] as const) {
      const practised = unfamiliar(id, language, "train");
      const kept = unfamiliar(id, language, "held_out");
      expect([practised.length, kept.length]).toEqual([4, 2]);
      expect(kept.filter((sort) => practised.includes(sort))).toEqual([]);
      for (const sort of [...practised, ...kept]) expect(sort).toContain("{n}");
    }
});

test("every relation can be asked for in other words, and those of the exam are neither practised nor in a lesson", () => {
  for (const { id, relations } of kinds)
    for (const relation of relations)
      for (const language of ["en", "ru"] as const) {
        const practised = reworded(id, relation.id, language, "train");
        const kept = reworded(id, relation.id, language, "held_out");
        expect([practised.length, kept.length]).toEqual([2, 1]);
        expect(kept.filter((way) => [...practised, ...relation.ask[language]].includes(way))).toEqual([]);
        for (const way of [...practised, ...kept]) expect(way).toContain("{n}");
      }
});

test("other words have their answer in a block, other sorts have none", () => {
  for (const { answer, documents } of read_other_words({ count: 100, seed: 1 })) {
    const [, text, number] = /^(.*) \[(\d+)\]$/.exec(answer)!;
    expect(documents[Number(number) - 1]!.text).toContain(text);
  }
  for (const { answer } of read_other_sorts({ count: 100, seed: 1 })) expect(["I do not know.", "Я не знаю."]).toContain(answer);
});
