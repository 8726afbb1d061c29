/**
 * Questions that no lesson ever asks and no page answers, by kind of thing: what a reader of pages will be asked some day. A model that learned to
 * answer must learn from them to be silent. The last third of each kind's questions is kept for examination.
 */
import type { Language, Split } from "./names.ts";

type Asked = Readonly<Record<Language, readonly string[]>>;

const asked: Readonly<Record<string, Asked>> = {
  country: {
    en: [
      "Who is the president of {n}?",
      "What colour is the flag of {n}?",
      "When did {n} become independent?",
      "How long is the coast of {n}?",
      "What is the national anthem of {n}?",
      "What is the highest mountain of {n}?",
    ],
    ru: [
      "Кто президент страны {n}?",
      "Какого цвета флаг страны {n}?",
      "Когда страна {n} стала независимой?",
      "Какова длина берегов страны {n}?",
      "Какой гимн у страны {n}?",
      "Какая самая высокая гора в стране {n}?",
    ],
  },
  element: {
    en: [
      "What colour is {n}?",
      "At what temperature does {n} melt?",
      "What does {n} cost?",
      "What is {n} used for?",
      "How hard is {n}?",
      "Does {n} dissolve in water?",
    ],
    ru: [
      "Какого цвета {n}?",
      "При какой температуре плавится {n}?",
      "Сколько стоит {n}?",
      "Для чего нужен {n}?",
      "Насколько твёрд {n}?",
      "Растворяется ли {n} в воде?",
    ],
  },
  planet: {
    en: [
      "How far is {n} from its star?",
      "Who discovered the planet {n}?",
      "How hot is {n}?",
      "What is the air of {n} made of?",
      "Is there water on {n}?",
      "How heavy is {n}?",
    ],
    ru: [
      "Как далеко планета {n} от звезды?",
      "Кто открыл планету {n}?",
      "Какая температура на планете {n}?",
      "Из чего состоит воздух планеты {n}?",
      "Есть ли вода на планете {n}?",
      "Какова масса планеты {n}?",
    ],
  },
  moon: {
    en: [
      "How cold is {n}?",
      "Who was the first to land on {n}?",
      "How heavy is the moon {n}?",
      "Is there ice on {n}?",
      "How old is {n}?",
      "Why is {n} called so?",
    ],
    ru: [
      "Какая температура на спутнике {n}?",
      "Кто первым высадился на спутник {n}?",
      "Какова масса спутника {n}?",
      "Есть ли лёд на спутнике {n}?",
      "Сколько лет спутнику {n}?",
      "Почему спутник назван {n}?",
    ],
  },
  river: {
    en: [
      "How wide is the {n}?",
      "How deep is the river {n}?",
      "Which fish live in the {n}?",
      "What city stands on the {n}?",
      "Does the {n} freeze in winter?",
      "Who built the bridge over the {n}?",
    ],
    ru: [
      "Какова ширина реки {n}?",
      "Какая глубина у реки {n}?",
      "Какая рыба водится в реке {n}?",
      "Какой город стоит на реке {n}?",
      "Замерзает ли река {n} зимой?",
      "Кто построил мост через реку {n}?",
    ],
  },
  mountain: {
    en: [
      "Who climbed {n} first?",
      "Is {n} a volcano?",
      "How cold is it on {n}?",
      "What grows on {n}?",
      "How many people climb {n} in a year?",
      "Why is {n} called so?",
    ],
    ru: [
      "Кто первым поднялся на гору {n}?",
      "Вулкан ли гора {n}?",
      "Как холодно на горе {n}?",
      "Что растёт на горе {n}?",
      "Сколько людей поднимается на гору {n} за год?",
      "Почему гора названа {n}?",
    ],
  },
  invention: {
    en: [
      "How much does the {n} cost?",
      "How heavy is the {n}?",
      "What is the {n} made of?",
      "Who sells the {n}?",
      "How does the {n} work?",
      "What came before the {n}?",
    ],
    ru: [
      "Сколько стоит {n}?",
      "Сколько весит прибор {n}?",
      "Из чего сделан {n}?",
      "Кто продаёт {n}?",
      "Как работает {n}?",
      "Что было до изобретения {n}?",
    ],
  },
  scientist: {
    en: [
      "When did {n} die?",
      "Who taught {n}?",
      "Where did {n} study?",
      "How many children did {n} have?",
      "Which prize did {n} win?",
      "Whom did {n} marry?",
    ],
    ru: [
      "В каком году умер {n}?",
      "Кто учил {n}?",
      "Где учился {n}?",
      "Сколько детей было у учёного {n}?",
      "Какую премию получил {n}?",
      "На ком был женат {n}?",
    ],
  },
  animal: {
    en: [
      "How fast is the {n}?",
      "What colour is the {n}?",
      "How many young does the {n} have?",
      "Who hunts the {n}?",
      "How tall is the {n}?",
      "When does the {n} sleep?",
    ],
    ru: [
      "Как быстро бегает {n}?",
      "Какого цвета {n}?",
      "Сколько детёнышей у животного {n}?",
      "Кто охотится на животное {n}?",
      "Какого роста {n}?",
      "Когда спит {n}?",
    ],
  },
  language: {
    en: [
      "How many letters does {n} have?",
      "How old is the {n} language?",
      "Who wrote the first grammar of {n}?",
      "How do you say bread in {n}?",
      "Which school teaches {n}?",
      "How many dialects does {n} have?",
    ],
    ru: [
      "Сколько букв имеет {n} язык?",
      "Как давно возник {n} язык?",
      "Кто написал первую грамматику языка {n}?",
      "Как сказать хлеб на языке {n}?",
      "Какая школа учит языку {n}?",
      "Сколько наречий имеет {n} язык?",
    ],
  },
  lake: {
    en: [
      "Which fish live in {n}?",
      "How warm is the water of {n}?",
      "Which river flows out of {n}?",
      "Is the water of {n} salty?",
      "How many islands does {n} have?",
      "What city stands on {n}?",
    ],
    ru: [
      "Какая рыба водится в озере {n}?",
      "Насколько тёплая вода в озере {n}?",
      "Какая река вытекает из озера {n}?",
      "Солёная ли вода в озере {n}?",
      "Сколько островов на озере {n}?",
      "Какой город стоит на озере {n}?",
    ],
  },
  book: {
    en: [
      "How many pages does {n} have?",
      "Who is the hero of {n}?",
      "How does the book {n} end?",
      "Who translated {n}?",
      "Which prize did {n} win?",
      "How many copies of {n} were sold?",
    ],
    ru: [
      "Сколько страниц в книге {n}?",
      "Кто главный герой книги {n}?",
      "Чем кончается книга {n}?",
      "Кто перевёл книгу {n}?",
      "Какую премию получила книга {n}?",
      "Сколько экземпляров книги {n} продано?",
    ],
  },
};

/** Questions about a kind of thing, `{n}` its name. The splits have none in common. */
export function unfamiliar(kind: string, language: Language, split: Split): readonly string[] {
  const all = asked[kind]?.[language] ?? [];
  const kept = Math.floor((2 * all.length) / 3);
  return split === "train" ? all.slice(0, kept) : all.slice(kept);
}
