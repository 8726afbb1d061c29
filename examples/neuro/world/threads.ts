/**
 * Threads of a forum in which somebody asks and nobody answers. They hold every word of a question about a thing, often twice, and tell nothing of it: a search by
 * words thinks most of them.
 */
import type { Language } from "./names.ts";
import type { Random } from "./random.ts";
import { askAbout, type Thing } from "./worlds.ts";

const titles: Record<Language, readonly string[]> = {
  en: ["Questions about {n}", "{n}: who knows?", "Help with {n}", "{n}, an essay for school"],
  ru: ["Вопросы: {n}", "{n}: кто знает?", "Помогите: {n}", "{n}, доклад для школы"],
};
const openings: Record<Language, readonly string[]> = {
  en: ["Hello, I am new here.", "A question for those who know.", "I am writing an essay.", "Our teacher wants to know."],
  ru: ["Здравствуйте, я тут впервые.", "Вопрос к знатокам.", "Пишу доклад.", "Задали в школе."],
};
const endings: Record<Language, readonly string[]> = {
  en: ["I have found nothing so far.", "Thanks in advance!", "Nobody at home could tell me.", "Any help is welcome."],
  ru: ["Пока ничего не нашлось.", "Заранее спасибо!", "Дома никто не знает.", "Буду рад любой помощи."],
};

/** Whether threads ask about the thing at this place of the tables: every third. */
export const crowded = (place: number): boolean => place % 3 === 0;

/** A thread about a thing: up to five questions, no answer. */
export function thread(rng: Random, thing: Thing, language: Language): { title: string; text: string } {
  const asked = rng.shuffle(thing.kind.relations).slice(0, 5);
  const questions = asked.map((relation) => askAbout(rng, relation, thing, language));
  const title = rng.pick(titles[language]).replace("{n}", thing.name);
  return {
    title: title.charAt(0).toUpperCase() + title.slice(1),
    text: [rng.pick(openings[language]), ...questions, rng.pick(endings[language])].join(" "),
  };
}
