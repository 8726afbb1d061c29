import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { read_their_words as exam } from "./exams.ts";
import { lessons } from "./lessons.ts";
import { invent, type Language, splitOf } from "./names.ts";
import { prose } from "./prose.ts";
import { random } from "./random.ts";
import { scores } from "./rank.ts";
import { realPages, realThings } from "./real.ts";
import { fill, genitive, kinds } from "./worlds.ts";

const languages: readonly Language[] = ["en", "ru"];

describe("the example world", () => {
  test("an answer stands word for word in the block that its footnote names", () => {
    for (const { answer, documents } of lessons({ count: 400, seed: 3 })) {
      const [, text, number] = /^(.*) \[(\d+)\]$/.exec(answer) ?? [];
      if (number === undefined) expect(["I do not know.", "Я не знаю."]).toContain(answer);
      else expect(documents[Number(number) - 1]?.text).toContain(text);
    }
  });

  test("about one question of the exam in five has no answer", () => {
    const rows = [...exam({ count: 300, seed: 4 })];
    const absent = rows.filter((row) => !row.answer.includes("["));
    expect(absent.length).toBeGreaterThan(40);
    expect(absent.length).toBeLessThan(80);
  });

  test("the same options give the same rows", () => {
    expect([...lessons({ count: 60, seed: 9 })]).toEqual([...lessons({ count: 60, seed: 9 })]);
    expect([...lessons({ count: 60, seed: 10 })]).not.toEqual([...lessons({ count: 60, seed: 9 })]);
  });

  test("every word of an invented name belongs to its split, in both languages", () => {
    const rng = random("names");
    for (let i = 0; i < 400; i++) {
      const kind = rng.pick(kinds);
      const split = i % 2 === 0 ? "train" : "held_out";
      const name = invent(rng, kind.name, rng.pick(languages), split);
      expect(name.split(" ").map(splitOf)).toEqual(name.split(" ").map(() => split));
    }
  });

  test("a held-out name that is questioned never occurs in the lessons", () => {
    const words = (text: string): string[] => text.toLowerCase().match(/\p{L}{4,}/gu) ?? [];
    const seen = new Set([...lessons({ count: 1500, seed: 1 })].flatMap((row) => row.documents.flatMap((d) => words(d.title))));
    const heldOut = new Set([...exam({ count: 200, seed: 2 })].flatMap((row) => row.documents.map((d) => d.title)));
    const written = new Set(languages.flatMap((language) => prose[language].map((page) => page.title)));
    const names = [...heldOut].filter(
      (title) => !written.has(title) && words(title).every((word) => splitOf(word) === "held_out"),
    );
    expect(names.length).toBeGreaterThan(50);
    expect(names.filter((title) => words(title).some((word) => seen.has(word)))).toEqual([]);
  });

  test("every phrasing of every kind names the thing or its value, in both languages", () => {
    for (const kind of kinds) {
      for (const language of languages) {
        for (const open of kind.open[language]) expect(open).toContain("{n}");
        for (const { say, ask } of kind.relations) {
          for (const phrase of say[language]) expect(phrase).toContain("{v}");
          for (const phrase of ask[language]) expect(phrase).toMatch(/\{[ng]\}/);
        }
      }
    }
  });

  test("a phrasing that needs a genitive is skipped where none is known", () => {
    const [france] = realThings("ru").filter((thing) => thing.name === "Франция");
    if (france === undefined) throw new Error("France is missing");
    expect(fill("Назови столицу {g}.", france)).toBe("Назови столицу Франции.");
    expect(fill("Назови столицу {g}.", { kind: france.kind, name: "Гролжец", facts: {} })).toBeUndefined();
  });

  test("the genitive follows the ending, and is not guessed where it could be wrong", () => {
    expect(["Зорвения", "Лурма", "Хестан", "Гролжец", "Стегло"].map(genitive)).toEqual([
      "Зорвении",
      "Лурмы",
      "Хестана",
      undefined,
      undefined,
    ]);
  });

  test("the page with the words of the question comes first", () => {
    const [first, second] = scores("What is the capital of Zorvenia?", ["Zorvenia. The capital is Lurma.", "Lurma is a city."]);
    expect(first).toBeGreaterThan(second ?? 0);
  });

  test("the tables hold what they promise: names and at least two facts in either language", () => {
    for (const language of languages) {
      for (const thing of realThings(language)) {
        expect(thing.name, thing.kind.id).not.toBe("");
        expect(Object.keys(thing.facts).length, thing.name).toBeGreaterThanOrEqual(2);
      }
    }
    expect(realThings("en").length).toBe(realThings("ru").length);
  });

  test("the committed pages are those that the tables give", () => {
    for (const language of languages) {
      const folder = fileURLToPath(new URL(`../pages/${language}`, import.meta.url));
      const committed = readdirSync(folder)
        .filter((file) => file.endsWith(".md"))
        .map((file) => readFileSync(`${folder}/${file}`, "utf8"));
      const made = realPages(language).map((page) => `# ${page.title}\n\n${page.text}\n`);
      expect(committed.sort()).toEqual(made.sort());
    }
  });
});
