/**
 * What can be said and asked about each kind of thing, in both languages. `{n}` is the thing's name, `{g}` its Russian
 * genitive (a phrasing that needs it is used only where it is known), `{v}` the value, which is always copied verbatim.
 */
import type { Language, NameKind } from "./names.ts";

/** Where an invented value comes from: a made-up name, a number written with its unit, or one of a few real words. */
export type Values =
  | { name: NameKind }
  | { from: number; to: number; step: number; unit: Record<Language, string> }
  | { words: Record<Language, readonly string[]> };

export interface Relation {
  id: string;
  values: Values;
  say: Record<Language, readonly string[]>;
  ask: Record<Language, readonly string[]>;
}

export interface Kind {
  id: string;
  name: NameKind;
  /** The first sentence of a page; it names the thing. */
  open: Record<Language, readonly string[]>;
  relations: readonly Relation[];
}

const places = {
  en: ["Europe", "Asia", "Africa", "North America", "South America", "Oceania"],
  ru: ["Европа", "Азия", "Африка", "Северная Америка", "Южная Америка", "Океания"],
};
const year: Values = { from: 1500, to: 2015, step: 1, unit: { en: "", ru: "" } };
const km: Record<Language, string> = { en: " km", ru: " км" };

const country: Kind = {
  id: "country",
  name: "country",
  open: { en: ["{n} is a country.", "{n} is a state."], ru: ["{n} — государство.", "{n} — страна."] },
  relations: [
    {
      id: "capital",
      values: { name: "city" },
      say: {
        en: ["The capital is {v}.", "Its capital city is {v}.", "{v} is the capital of the country."],
        ru: ["Столица — {v}.", "Столица страны — город {v}.", "Столицей является {v}."],
      },
      ask: {
        en: ["What is the capital of {n}?", "Which city is the capital of {n}?", "Name the capital of {n}."],
        ru: [
          "Какой город — столица страны {n}?",
          "Как называется столица государства {n}?",
          "Столица страны {n}?",
          "Какая столица у страны {n}?",
          "Назови столицу {g}.",
        ],
      },
    },
    {
      id: "language",
      values: { name: "language" },
      say: {
        en: ["The official language is {v}.", "Most people there speak {v}."],
        ru: ["Официальный язык — {v}.", "Государственный язык — {v}."],
      },
      ask: {
        en: [
          "What language is spoken in {n}?",
          "What is the official language of {n}?",
          "Which language do people speak in {n}?",
        ],
        ru: [
          "Какой официальный язык в стране {n}?",
          "Какой язык является государственным в стране {n}?",
          "На каком языке говорят в стране {n}?",
          "Какой государственный язык {g}?",
        ],
      },
    },
    {
      id: "currency",
      values: { name: "currency" },
      say: {
        en: ["The currency is the {v}.", "People pay with the {v}."],
        ru: ["Денежная единица — {v}.", "Валюта — {v}."],
      },
      ask: {
        en: ["What is the currency of {n}?", "What money is used in {n}?", "Which currency do people use in {n}?"],
        ru: [
          "Какая валюта в стране {n}?",
          "Как называется денежная единица страны {n}?",
          "Какие деньги используют в стране {n}?",
        ],
      },
    },
    {
      id: "population",
      values: { from: 1, to: 400, step: 1, unit: { en: " million", ru: " млн" } },
      say: {
        en: ["The population is about {v} people.", "About {v} people live there."],
        ru: ["Население — около {v} человек.", "Там живёт примерно {v} человек."],
      },
      ask: {
        en: ["How many people live in {n}?", "What is the population of {n}?"],
        ru: ["Сколько человек живёт в стране {n}?", "Какое население у страны {n}?", "Какова численность населения {g}?"],
      },
    },
    {
      id: "continent",
      values: { words: places },
      say: { en: ["It lies in {v}.", "The country is part of {v}."], ru: ["Часть света — {v}.", "Расположение: {v}."] },
      ask: {
        en: ["On which continent is {n}?", "Which part of the world is {n} in?"],
        ru: ["В какой части света находится страна {n}?", "Где расположена страна {n}?", "К какой части света относится {n}?"],
      },
    },
  ],
};

const element: Kind = {
  id: "element",
  name: "element",
  open: {
    en: ["The chemical element {n} is found in the periodic table.", "There is a chemical element called {n}."],
    ru: ["Химический элемент {n} входит в периодическую таблицу.", "Это химический элемент {n}."],
  },
  relations: [
    {
      id: "symbol",
      values: { name: "symbol" },
      say: {
        en: ["Its symbol is {v}.", "The symbol {v} stands for it."],
        ru: ["Его обозначение — {v}.", "Символ элемента — {v}."],
      },
      ask: {
        en: ["What is the symbol of {n}?", "What is the chemical symbol for {n}?"],
        ru: ["Какой символ у элемента {n}?", "Как обозначается элемент {n}?", "Какое обозначение имеет {n}?"],
      },
    },
    {
      id: "number",
      values: { from: 1, to: 180, step: 1, unit: { en: "", ru: "" } },
      say: {
        en: ["Its atomic number is {v}.", "The atomic number is {v}."],
        ru: ["Атомный номер — {v}.", "Его атомный номер — {v}."],
      },
      ask: {
        en: ["What is the atomic number of {n}?", "Which atomic number does {n} have?"],
        ru: ["Какой атомный номер у элемента {n}?", "Каков атомный номер {g}?", "Назови атомный номер элемента {n}."],
      },
    },
    {
      id: "finder",
      values: { name: "person" },
      say: {
        en: ["It was discovered by {v}.", "{v} discovered it.", "The discoverer was {v}."],
        ru: ["Первооткрыватель — {v}.", "Автор открытия — {v}.", "Элемент открыл {v}."],
      },
      ask: {
        en: ["Who discovered {n}?", "Who was the discoverer of {n}?", "Who found the element {n}?"],
        ru: ["Кто открыл элемент {n}?", "Кто открыл {n}?", "Кто первооткрыватель элемента {n}?"],
      },
    },
    {
      id: "found",
      values: year,
      say: {
        en: ["It was found in {v}.", "The year of discovery is {v}."],
        ru: ["Год открытия — {v}.", "Открытие сделано в {v} году."],
      },
      ask: {
        en: ["When was {n} discovered?", "In what year was {n} found?"],
        ru: ["Когда открыли элемент {n}?", "В каком году открыли {n}?", "Какой год открытия у элемента {n}?"],
      },
    },
  ],
};

const planet: Kind = {
  id: "planet",
  name: "planet",
  open: {
    en: ["{n} is a planet.", "The planet {n} moves around its star."],
    ru: ["{n} — планета.", "Планета {n} вращается вокруг своей звезды."],
  },
  relations: [
    {
      id: "diameter",
      values: { from: 2000, to: 150000, step: 100, unit: km },
      say: {
        en: ["Its diameter is {v}.", "The planet is {v} across."],
        ru: ["Диаметр — {v}.", "Диаметр планеты составляет {v}."],
      },
      ask: {
        en: ["What is the diameter of {n}?", "How big is {n}?", "How wide is the planet {n}?"],
        ru: ["Какой диаметр у планеты {n}?", "Каков диаметр {g}?", "Какого размера планета {n}?"],
      },
    },
    {
      id: "moons",
      values: { from: 1, to: 150, step: 1, unit: { en: "", ru: "" } },
      say: {
        en: ["The number of its moons is {v}.", "Known moons: {v}."],
        ru: ["Число спутников — {v}.", "Известных спутников: {v}."],
      },
      ask: {
        en: ["How many moons does {n} have?", "What is the number of moons of {n}?"],
        ru: ["Сколько спутников у планеты {n}?", "Какое число спутников имеет {n}?"],
      },
    },
    {
      id: "day",
      values: { from: 5, to: 900, step: 1, unit: { en: " hours", ru: " ч" } },
      say: {
        en: ["A day lasts {v}.", "It turns once in {v}."],
        ru: ["Сутки длятся {v}.", "Один оборот вокруг оси занимает {v}."],
      },
      ask: {
        en: ["How long is a day on {n}?", "How long does a day last on {n}?"],
        ru: ["Сколько длятся сутки на планете {n}?", "Какова длина суток на планете {n}?"],
      },
    },
    {
      id: "year",
      values: { from: 50, to: 60000, step: 1, unit: { en: " days", ru: " дней" } },
      say: {
        en: ["A year takes {v}.", "It goes around its star in {v}."],
        ru: ["Год длится {v}.", "Полный круг по орбите занимает {v}."],
      },
      ask: {
        en: ["How long is a year on {n}?", "How many days are in a year on {n}?"],
        ru: ["Сколько длится год на планете {n}?", "Какова длина года на планете {n}?"],
      },
    },
  ],
};

const moon: Kind = {
  id: "moon",
  name: "moon",
  open: {
    en: ["{n} is a moon.", "The moon {n} is a natural satellite."],
    ru: ["{n} — естественный спутник.", "Спутник {n} хорошо изучен."],
  },
  relations: [
    {
      id: "around",
      values: { name: "planet" },
      say: {
        en: ["It goes around {v}.", "The moon belongs to {v}."],
        ru: ["Обращается вокруг планеты {v}.", "Его планета — {v}."],
      },
      ask: {
        en: ["Which planet does {n} orbit?", "What planet does the moon {n} belong to?", "{n} is a moon of which planet?"],
        ru: [
          "Вокруг какой планеты обращается {n}?",
          "Спутником какой планеты является {n}?",
          "У какой планеты есть спутник {n}?",
        ],
      },
    },
    {
      id: "finder",
      values: { name: "person" },
      say: {
        en: ["It was discovered by {v}.", "{v} was the first to see it."],
        ru: ["Первооткрыватель — {v}.", "Спутник открыл {v}."],
      },
      ask: {
        en: ["Who discovered the moon {n}?", "Who discovered {n}?", "Who was the first to see {n}?"],
        ru: ["Кто открыл спутник {n}?", "Кто первооткрыватель спутника {n}?"],
      },
    },
    {
      id: "found",
      values: year,
      say: {
        en: ["It was found in {v}.", "The discovery was made in {v}."],
        ru: ["Год открытия — {v}.", "Его открыли в {v} году."],
      },
      ask: {
        en: ["When was {n} discovered?", "In what year was the moon {n} found?"],
        ru: ["Когда открыли спутник {n}?", "В каком году был открыт спутник {n}?"],
      },
    },
    {
      id: "diameter",
      values: { from: 10, to: 6000, step: 1, unit: km },
      say: { en: ["It is {v} across.", "Its diameter is {v}."], ru: ["Диаметр — {v}.", "В поперечнике он имеет {v}."] },
      ask: {
        en: ["What is the diameter of {n}?", "How big is the moon {n}?"],
        ru: ["Какой диаметр у спутника {n}?", "Какого размера спутник {n}?"],
      },
    },
  ],
};

const river: Kind = {
  id: "river",
  name: "river",
  open: { en: ["The {n} is a river.", "{n} is the name of a river."], ru: ["{n} — река.", "Река {n} известна всем."] },
  relations: [
    {
      id: "length",
      values: { from: 60, to: 7000, step: 1, unit: km },
      say: { en: ["It is {v} long.", "Its length is {v}."], ru: ["Длина реки — {v}.", "Протяжённость составляет {v}."] },
      ask: {
        en: ["How long is the {n}?", "What is the length of the river {n}?"],
        ru: ["Какова длина реки {n}?", "Какой длины река {n}?", "Какая протяжённость у реки {n}?"],
      },
    },
    {
      id: "mouth",
      values: { name: "lake" },
      say: { en: ["It flows into {v}.", "Its waters reach {v}."], ru: ["Место впадения — {v}.", "Устье: {v}."] },
      ask: {
        en: ["Where does the {n} flow?", "What does the river {n} flow into?"],
        ru: ["Куда впадает река {n}?", "Где устье реки {n}?"],
      },
    },
    {
      id: "country",
      values: { name: "country" },
      say: {
        en: ["The river crosses {v}.", "It runs through {v}."],
        ru: ["Страна — {v}.", "Протекает по территории страны {v}."],
      },
      ask: {
        en: ["Which country does the {n} run through?", "In what country is the river {n}?"],
        ru: ["По какой стране течёт река {n}?", "В какой стране находится река {n}?"],
      },
    },
    {
      id: "source",
      values: { name: "range" },
      say: { en: ["Its source is in {v}.", "The river begins in {v}."], ru: ["Исток — {v}.", "Начало реки: {v}."] },
      ask: {
        en: ["Where does the {n} begin?", "Where is the source of the river {n}?"],
        ru: ["Где начинается река {n}?", "Где находится исток реки {n}?"],
      },
    },
  ],
};

const mountain: Kind = {
  id: "mountain",
  name: "mountain",
  open: { en: ["{n} is a mountain.", "Mount {n} is well known."], ru: ["{n} — гора.", "Гора {n} видна издалека."] },
  relations: [
    {
      id: "height",
      values: { from: 600, to: 8900, step: 1, unit: { en: " m", ru: " м" } },
      say: { en: ["It is {v} high.", "Its height is {v}."], ru: ["Высота — {v}.", "Вершина поднимается на {v}."] },
      ask: {
        en: ["How high is {n}?", "What is the height of {n}?", "How tall is the mountain {n}?"],
        ru: ["Какова высота горы {n}?", "Какой высоты гора {n}?", "Какая высота у горы {n}?"],
      },
    },
    {
      id: "range",
      values: { name: "range" },
      say: {
        en: ["It belongs to {v}.", "The mountain is part of {v}."],
        ru: ["Горная система — {v}.", "Входит в горную систему {v}."],
      },
      ask: {
        en: ["What range does {n} belong to?", "Which mountains is {n} part of?"],
        ru: ["В какую горную систему входит {n}?", "К какой горной системе относится гора {n}?"],
      },
    },
    {
      id: "country",
      values: { name: "country" },
      say: {
        en: ["It stands in {v}.", "The country around it is {v}."],
        ru: ["Страна — {v}.", "Стоит на территории страны {v}."],
      },
      ask: {
        en: ["In which country is {n}?", "What country does {n} stand in?"],
        ru: ["В какой стране находится гора {n}?", "В какой стране стоит {n}?"],
      },
    },
    {
      id: "climbed",
      values: year,
      say: {
        en: ["It was first climbed in {v}.", "People first reached the top in {v}."],
        ru: ["Первое восхождение — {v} год.", "На вершину впервые поднялись в {v} году."],
      },
      ask: {
        en: ["When was {n} first climbed?", "In what year did people first climb {n}?"],
        ru: ["Когда впервые поднялись на гору {n}?", "В каком году было первое восхождение на гору {n}?"],
      },
    },
  ],
};

export const nature: readonly Kind[] = [country, element, planet, moon, river, mountain];
