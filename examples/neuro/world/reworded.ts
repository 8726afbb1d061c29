/**
 * What pages do tell, asked in words that no lesson uses: whoever learned to be silent about strange questions is examined on whether strange words
 * silence it, too. A line for each relation: three ways of asking in either language. The last one is kept for examination, should the others be practised.
 */
import type { Language, Split } from "./names.ts";

const table = `
country capital | Where is the government of {n} seated? / {n}: capital? / Tell me the capital city of {n}. | Где заседает правительство страны {n}? / {n}: столица? / Скажи, какая столица у страны {n}.
country language | In which language do they talk in {n}? / {n}: official language? / Tell me what people in {n} speak. | Каким языком пользуются в стране {n}? / {n}: официальный язык? / Скажи, на каком языке говорят жители страны {n}.
country currency | How does one pay in {n}? / {n}: currency? / What is the money of {n} called? | Чем платят в стране {n}? / {n}: валюта? / Как называются деньги страны {n}?
country population | How populous is {n}? / {n}: population? / How many inhabitants does {n} have? | Насколько населена страна {n}? / {n}: население? / Сколько жителей в стране {n}?
country continent | Whereabouts in the world is {n}? / {n}: continent? / What continent does {n} lie on? | Где на свете страна {n}? / {n}: часть света? / На каком материке лежит {n}?
element symbol | How is {n} written in formulas? / {n}: symbol? / Which letters stand for {n}? | Как пишут {n} в формулах? / {n}: символ? / Какими буквами пишут {n}?
element number | Where in the periodic table is {n}? / {n}: atomic number? / What number does the element {n} have? | Под каким номером в таблице стоит {n}? / {n}: атомный номер? / Какой номер у элемента {n}?
element finder | To whom do we owe {n}? / {n}: discoverer? / By whom was {n} discovered? | Кому мы обязаны элементом {n}? / {n}: первооткрыватель? / Кем был открыт {n}?
element found | Since when do we know {n}? / {n}: year of discovery? / What year was {n} discovered in? | С какого года известен {n}? / {n}: год открытия? / В каком году был обнаружен {n}?
planet diameter | How many kilometres across is {n}? / {n}: diameter? / How large is the planet {n}? | Сколько километров в поперечнике у планеты {n}? / {n}: диаметр? / Насколько велика планета {n}?
planet moons | What number of moons go around {n}? / {n}: moons? / How many satellites does {n} have? | Сколько лун вокруг планеты {n}? / {n}: спутники? / Сколько лун имеет {n}?
planet day | When does a day on {n} end? / {n}: day? / What is the length of a day on {n}? | За сколько {n} оборачивается вокруг себя? / {n}: сутки? / Как долго длится день на планете {n}?
planet year | How fast does {n} go around its star? / {n}: year? / What is the length of a year on {n}? | За сколько {n} обходит звезду? / {n}: год? / Как долог год на планете {n}?
moon around | Whose moon is {n}? / {n}: planet? / Which planet has the moon {n}? | Чей спутник {n}? / {n}: планета? / Какой планете принадлежит {n}?
moon finder | To whom do we owe the moon {n}? / {n}: discoverer? / By whom was {n} discovered? | Кому мы обязаны спутником {n}? / {n}: первооткрыватель? / Кем был открыт спутник {n}?
moon found | Since when do we know {n}? / {n}: year of discovery? / What year was the moon {n} discovered in? | С какого года известен спутник {n}? / {n}: год открытия? / В каком году обнаружили спутник {n}?
moon diameter | How many kilometres across is {n}? / {n}: diameter? / How large is {n}? | Сколько километров в поперечнике у спутника {n}? / {n}: диаметр? / Насколько велик спутник {n}?
river length | For how many kilometres does the {n} flow? / {n}: length? / What length does the {n} have? | На сколько километров тянется {n}? / {n}: длина? / Насколько длинна река {n}?
river mouth | Where does the water of the {n} end up? / {n}: mouth? / Into what does the {n} flow? | Куда попадает вода реки {n}? / {n}: устье? / Куда течёт река {n}?
river country | Whose river is the {n}? / {n}: country? / Where is the river {n}? | Чья река {n}? / {n}: страна? / В какой стране течёт {n}?
river source | Where does the water of the {n} come from? / {n}: source? / Where does the river {n} rise? | Откуда вода реки {n}? / {n}: исток? / Откуда течёт река {n}?
mountain height | How many metres up is the top of {n}? / {n}: height? / How tall is {n}? | На сколько метров поднимается {n}? / {n}: высота? / Насколько высока гора {n}?
mountain range | Among which mountains does {n} stand? / {n}: range? / In which mountain range is {n}? | Среди каких гор стоит {n}? / {n}: горная система? / Частью каких гор является {n}?
mountain country | Whose mountain is {n}? / {n}: country? / Where does the mountain {n} stand? | Чья гора {n}? / {n}: страна? / Где стоит гора {n}?
mountain climbed | Since when has {n} been conquered? / {n}: first ascent? / What year was {n} climbed for the first time? | С какого года {n} покорена? / {n}: первое восхождение? / В каком году покорили гору {n}?
invention inventor | To whom do we owe the {n}? / {n}: inventor? / By whom was the {n} invented? | Кому мы обязаны изобретением {n}? / {n}: изобретатель? / Кем придуман {n}?
invention made | Since when is there the {n}? / {n}: year of invention? / What year was the {n} invented in? | С какого года есть {n}? / {n}: год изобретения? / В каком году придумали {n}?
invention country | Which country gave us the {n}? / {n}: country? / What is the home country of the {n}? | Какая страна дала нам {n}? / {n}: страна? / Откуда родом изобретение {n}?
scientist born | When did the life of {n} begin? / {n}: year of birth? / What is the birth year of {n}? | Когда появился на свет {n}? / {n}: год рождения? / В каком году родился учёный по имени {n}?
scientist birthplace | Where did the life of {n} begin? / {n}: birthplace? / Which city does {n} come from? | Где появился на свет {n}? / {n}: место рождения? / Из какого города родом {n}?
scientist field | With what did {n} busy himself? / {n}: field? / What subject did {n} study? | Чему посвятил себя {n}? / {n}: область науки? / Какую науку изучал {n}?
scientist known | Why do we remember {n}? / {n}: famous for? / What is {n} famous for? | За что помнят учёного по имени {n}? / {n}: чем известен? / Чем знаменит {n}?
animal home | Where can one meet the {n}? / {n}: home? / In what place does the {n} live? | Где можно встретить животное {n}? / {n}: среда обитания? / В каких местах живёт {n}?
animal food | What should one feed to the {n}? / {n}: food? / What does the {n} feed on? | Чем кормят животное {n}? / {n}: пища? / Чем кормится {n}?
animal weight | How many kilograms is the {n}? / {n}: weight? / How heavy is the {n}? | Сколько килограммов в животном {n}? / {n}: вес? / Какой вес у животного {n}?
animal life | What age does the {n} reach? / {n}: lifespan? / How many years does the {n} live? | До скольких лет доживает {n}? / {n}: продолжительность жизни? / Как долго живёт {n}?
language family | Which languages are related to {n}? / {n}: family? / What is the family of the {n} language? | С какими языками в родстве {n} язык? / {n} язык: семья? / В какую языковую семью входит {n} язык?
language speakers | How widespread is {n}? / {n}: speakers? / How many people know the {n} language? | Насколько распространён {n} язык? / {n} язык: число носителей? / Сколько людей знает {n} язык?
language script | With which letters is {n} put on paper? / {n}: script? / Which script is {n} written in? | Какими буквами пишут на языке {n}? / {n} язык: письменность? / Каким письмом записывают {n} язык?
language country | Where is one understood in {n}? / {n}: country? / Which country speaks {n} most? | Где поймут {n} язык? / {n} язык: страна? / Где больше всего носителей у языка {n}?
lake depth | How far down is the bottom of {n}? / {n}: depth? / How many metres deep is {n}? | На сколько метров уходит дно озера {n}? / {n}: глубина? / Насколько глубоко озеро {n}?
lake area | How much land would {n} cover? / {n}: area? / How many square kilometres does {n} have? | Сколько земли покрывает озеро {n}? / {n}: площадь? / Сколько квадратных километров занимает {n}?
lake country | Whose lake is {n}? / {n}: country? / To which country does {n} belong? | Чьё озеро {n}? / {n}: страна? / Какой стране принадлежит озеро {n}?
book author | Whose book is {n}? / {n}: author? / By whom was {n} written? | Чья книга {n}? / {n}: автор? / Кем написана книга {n}?
book printed | Since when can one read {n}? / {n}: year of publication? / What year did {n} come out? | С какого года можно читать книгу {n}? / {n}: год издания? / В каком году напечатали книгу {n}?
book language | In what words did the author of {n} think? / {n}: language? / Which language was {n} first written in? | На каком языке думал автор книги {n}? / {n}: язык книги? / На каком языке написано произведение {n}?
`;

const ways = new Map(
  table
    .trim()
    .split("\n")
    .map((line) => {
      const [relation, en, ru] = line.split(" | ") as [string, string, string];
      return [relation, { en: en.split(" / "), ru: ru.split(" / ") }] as const;
    }),
);

/** Ways of asking for a relation of a kind of thing, `{n}` its name. The splits have none in common. */
export function reworded(kind: string, relation: string, language: Language, split: Split): readonly string[] {
  const all = ways.get(`${kind} ${relation}`)?.[language] ?? [];
  return split === "train" ? all.slice(0, -1) : all.slice(-1);
}
