/** The kinds that people make or live with: inventions, scientists, animals, languages, lakes, books, plants. */
import type { Kind, Values } from "./kinds.ts";

const year: Values = { from: 1400, to: 2015, step: 1, unit: { en: "", ru: "" } };

const invention: Kind = {
  id: "invention",
  name: "invention",
  open: {
    en: ["The {n} is an invention.", "The {n} changed daily life."],
    ru: ["Изобретение {n} известно всем.", "Так появился {n}, важное изобретение."],
  },
  relations: [
    {
      id: "inventor",
      values: { name: "person" },
      say: {
        en: ["It was invented by {v}.", "{v} invented it.", "The inventor was {v}."],
        ru: ["Изобретатель — {v}.", "Его придумал {v}.", "Автор изобретения — {v}."],
      },
      ask: {
        en: ["Who invented the {n}?", "Who was the inventor of the {n}?", "Who made the first {n}?"],
        ru: ["Кто изобрёл прибор {n}?", "Кто изобрёл {n}?", "Кто придумал {n}?", "Кто автор изобретения {n}?"],
      },
    },
    {
      id: "made",
      values: year,
      say: {
        en: ["It was made in {v}.", "The year of the invention is {v}."],
        ru: ["Год изобретения — {v}.", "Появился в {v} году."],
      },
      ask: {
        en: ["When was the {n} invented?", "In what year was the {n} made?"],
        ru: ["Когда изобрели {n}?", "В каком году появился {n}?", "Какой год изобретения у прибора {n}?"],
      },
    },
    {
      id: "country",
      values: { name: "country" },
      say: { en: ["It comes from {v}.", "The country of origin is {v}."], ru: ["Страна — {v}.", "Родина изобретения — {v}."] },
      ask: {
        en: ["Where does the {n} come from?", "In which country was the {n} invented?"],
        ru: ["В какой стране изобрели {n}?", "Какая страна — родина изобретения {n}?"],
      },
    },
  ],
};

const scientist: Kind = {
  id: "scientist",
  name: "person",
  open: {
    en: ["{n} is a famous scientist.", "{n} is known in the history of science."],
    ru: ["{n} — известное имя в науке.", "{n} — имя из истории науки."],
  },
  relations: [
    {
      id: "born",
      values: year,
      say: { en: ["The year of birth is {v}.", "Born in {v}."], ru: ["Год рождения — {v}.", "Дата рождения: {v} год."] },
      ask: {
        en: ["When was {n} born?", "In what year was {n} born?"],
        ru: ["Когда родился учёный {n}?", "В каком году родился {n}?", "Какой год рождения у учёного {n}?"],
      },
    },
    {
      id: "birthplace",
      values: { name: "city" },
      say: {
        en: ["The birthplace is {v}.", "The scientist comes from {v}."],
        ru: ["Место рождения — {v}.", "Родной город — {v}."],
      },
      ask: {
        en: ["Where was {n} born?", "In which city was {n} born?", "What is the birthplace of {n}?"],
        ru: ["Где родился учёный {n}?", "В каком городе родился {n}?", "Какое место рождения у учёного {n}?"],
      },
    },
    {
      id: "field",
      values: {
        words: {
          en: ["physics", "chemistry", "biology", "astronomy", "mathematics", "medicine", "geology", "botany", "optics", "logic"],
          ru: ["физика", "химия", "биология", "астрономия", "математика", "медицина", "геология", "ботаника", "оптика", "логика"],
        },
      },
      say: {
        en: ["The main field is {v}.", "The field of work was {v}."],
        ru: ["Область науки — {v}.", "Главное занятие — {v}."],
      },
      ask: {
        en: ["What was the field of {n}?", "Which science did {n} work in?"],
        ru: ["В какой области науки работал {n}?", "Какой наукой занимался {n}?"],
      },
    },
    {
      id: "known",
      values: { name: "invention" },
      say: {
        en: ["The best known work is on the {v}.", "Best known for the {v}."],
        ru: ["Главная работа — {v}.", "Известность принёс {v}."],
      },
      ask: {
        en: ["What is {n} known for?", "What made {n} famous?"],
        ru: ["Чем известен {n}?", "Что прославило учёного по имени {n}?"],
      },
    },
  ],
};

const animal: Kind = {
  id: "animal",
  name: "animal",
  open: {
    en: ["The {n} is an animal.", "The {n} is a wild animal."],
    ru: ["Это животное — {n}.", "Животное {n} живёт на воле."],
  },
  relations: [
    {
      id: "home",
      values: {
        words: {
          en: ["forests", "deserts", "rivers", "oceans", "mountains", "grasslands", "swamps", "caves", "polar ice"],
          ru: ["леса", "пустыни", "реки", "океаны", "горы", "степи", "болота", "пещеры", "полярные льды"],
        },
      },
      say: { en: ["Its home is {v}.", "It lives in {v}."], ru: ["Среда обитания — {v}.", "Место жизни: {v}."] },
      ask: {
        en: ["Where does the {n} live?", "What is the home of the {n}?"],
        ru: ["Где живёт {n}?", "Где обитает {n}?", "Какая среда обитания у животного {n}?"],
      },
    },
    {
      id: "food",
      values: {
        words: {
          en: ["grass", "fish", "insects", "leaves", "fruit", "small mammals", "seeds", "krill", "roots", "bamboo"],
          ru: ["трава", "рыба", "насекомые", "листья", "плоды", "мелкие звери", "семена", "криль", "корни", "бамбук"],
        },
      },
      say: { en: ["It eats {v}.", "Its food is {v}."], ru: ["Пища — {v}.", "Основная еда: {v}."] },
      ask: {
        en: ["What does the {n} eat?", "What is the food of the {n}?"],
        ru: ["Чем питается {n}?", "Что ест {n}?", "Какая пища у животного {n}?"],
      },
    },
    {
      id: "weight",
      values: { from: 1, to: 6000, step: 1, unit: { en: " kg", ru: " кг" } },
      say: { en: ["It weighs about {v}.", "The weight is up to {v}."], ru: ["Масса — около {v}.", "Вес достигает {v}."] },
      ask: {
        en: ["How much does the {n} weigh?", "What is the weight of the {n}?"],
        ru: ["Сколько весит {n}?", "Какая масса у животного {n}?"],
      },
    },
    {
      id: "life",
      values: { from: 2, to: 150, step: 1, unit: { en: " years", ru: " лет" } },
      say: { en: ["It lives up to {v}.", "The lifespan is {v}."], ru: ["Продолжительность жизни — {v}.", "Живёт до {v}."] },
      ask: {
        en: ["How long does the {n} live?", "What is the lifespan of the {n}?"],
        ru: ["Сколько лет живёт {n}?", "Какова продолжительность жизни животного {n}?"],
      },
    },
  ],
};

const language: Kind = {
  id: "language",
  name: "language",
  open: { en: ["{n} is a language.", "The {n} language is spoken today."], ru: ["Один из языков мира — {n}.", "Это {n} язык."] },
  relations: [
    {
      id: "family",
      values: { name: "family" },
      say: { en: ["It belongs to the {v} family.", "Its family is {v}."], ru: ["Языковая семья — {v}.", "Семья языков: {v}."] },
      ask: {
        en: ["What family does the {n} language belong to?", "Which language family is {n} in?"],
        ru: ["К какой семье относится {n} язык?", "Какая языковая семья у языка {n}?"],
      },
    },
    {
      id: "speakers",
      values: { from: 1, to: 1500, step: 1, unit: { en: " million", ru: " млн" } },
      say: {
        en: ["About {v} people speak it.", "The number of speakers is {v}."],
        ru: ["Число носителей — {v}.", "На нём говорят {v} человек."],
      },
      ask: {
        en: ["How many people speak {n}?", "How many speakers does the {n} language have?"],
        ru: ["Сколько человек говорит на языке {n}?", "Сколько носителей имеет {n} язык?"],
      },
    },
    {
      id: "script",
      values: {
        words: {
          en: ["Latin", "Cyrillic", "Arabic", "Greek", "Hebrew", "Devanagari", "Hangul", "Georgian", "Thai", "Armenian"],
          ru: [
            "латиница",
            "кириллица",
            "арабское письмо",
            "греческий алфавит",
            "еврейское письмо",
            "деванагари",
            "хангыль",
            "грузинское письмо",
            "тайское письмо",
            "армянский алфавит",
          ],
        },
      },
      say: { en: ["The script is {v}.", "It is written in {v}."], ru: ["Письменность — {v}.", "Используется {v}."] },
      ask: {
        en: ["What script does {n} use?", "How is the {n} language written?"],
        ru: ["Какая письменность у языка {n}?", "Какое письмо использует {n} язык?"],
      },
    },
    {
      id: "country",
      values: { name: "country" },
      say: {
        en: ["Its home country is {v}.", "Most speakers live in {v}."],
        ru: ["Главная страна — {v}.", "Основная страна носителей: {v}."],
      },
      ask: {
        en: ["In which country is {n} spoken most?", "What is the home country of the {n} language?"],
        ru: ["В какой стране больше всего говорят на языке {n}?", "Какая страна главная для языка {n}?"],
      },
    },
  ],
};

const lake: Kind = {
  id: "lake",
  name: "lake",
  open: { en: ["{n} is a lake.", "Lake {n} is a large lake."], ru: ["{n} — озеро.", "Озеро {n} очень красиво."] },
  relations: [
    {
      id: "depth",
      values: { from: 3, to: 1700, step: 1, unit: { en: " m", ru: " м" } },
      say: {
        en: ["It is {v} deep.", "The greatest depth is {v}."],
        ru: ["Глубина — {v}.", "Наибольшая глубина составляет {v}."],
      },
      ask: {
        en: ["How deep is {n}?", "What is the depth of Lake {n}?"],
        ru: ["Какова глубина озера {n}?", "Какой глубины озеро {n}?"],
      },
    },
    {
      id: "area",
      values: { from: 20, to: 90000, step: 10, unit: { en: " square km", ru: " кв. км" } },
      say: { en: ["Its area is {v}.", "The lake covers {v}."], ru: ["Площадь — {v}.", "Озеро занимает {v}."] },
      ask: {
        en: ["What is the area of {n}?", "How large is Lake {n}?"],
        ru: ["Какая площадь у озера {n}?", "Какова площадь озера {n}?"],
      },
    },
    {
      id: "country",
      values: { name: "country" },
      say: { en: ["The lake lies in {v}.", "The country is {v}."], ru: ["Страна — {v}.", "Находится на территории страны {v}."] },
      ask: {
        en: ["In which country is {n}?", "Where is Lake {n}?"],
        ru: ["В какой стране находится озеро {n}?", "Где находится озеро {n}?"],
      },
    },
  ],
};

const book: Kind = {
  id: "book",
  name: "book",
  open: { en: ["{n} is a book.", "The book {n} is widely read."], ru: ["{n} — книга.", "Книга {n} известна читателям."] },
  relations: [
    {
      id: "author",
      values: { name: "person" },
      say: {
        en: ["It was written by {v}.", "The author is {v}.", "{v} wrote it."],
        ru: ["Автор — {v}.", "Автор книги — {v}.", "Книгу написал {v}."],
      },
      ask: {
        en: ["Who wrote {n}?", "Who is the author of {n}?", "Who wrote the book {n}?"],
        ru: ["Кто написал книгу {n}?", "Кто автор книги {n}?", "Кто автор произведения {n}?"],
      },
    },
    {
      id: "printed",
      values: year,
      say: {
        en: ["It was published in {v}.", "The first edition appeared in {v}."],
        ru: ["Год издания — {v}.", "Впервые издана в {v} году."],
      },
      ask: {
        en: ["When was {n} published?", "In what year did the book {n} appear?"],
        ru: ["Когда вышла книга {n}?", "В каком году издана книга {n}?"],
      },
    },
    {
      id: "language",
      values: { name: "language" },
      say: { en: ["It was written in {v}.", "The language of the book is {v}."], ru: ["Язык — {v}.", "Язык оригинала — {v}."] },
      ask: {
        en: ["In what language was {n} written?", "What is the language of the book {n}?"],
        ru: ["На каком языке написана книга {n}?", "Какой язык у книги {n}?"],
      },
    },
  ],
};

export const culture: readonly Kind[] = [invention, scientist, animal, language, lake, book];
