/**
 * The many words in which people ask for what pages tell: what the example's asker learns to hear. A line for each relation: what it is called, whole questions, and
 * questions that follow another and leave out what they are about. The first of those that follow is kept for examination, as the last of `reworded` is.
 */
import type { Relation } from "./kinds.ts";
import type { Language, Split } from "./names.ts";
import { reworded } from "./reworded.ts";

const table = `
country capital | capital, capital city, main city, seat of government | столица, столичный город, главный город | From which city is {n} governed? / Where does the parliament of {n} meet? / What city governs {n}? | Откуда управляют страной {n}? / Какой город главный в стране {n}? / Где находится правительство страны {n}? | And which city is the capital? / From where is it governed? / What is the capital there? | А главный город какой? / Откуда ею управляют? / А какая там столица?
country language | language, official language, state language | язык, государственный язык, официальный язык | What do they speak in {n}? / What tongue is used in {n}? / Which language would I hear in {n}? | На чём говорят в стране {n}? / Какой язык я услышу в стране {n}? / Какая речь звучит в стране {n}? | And what do people speak there? / Which language is it? / What is spoken there? | А говорят там на чём? / Какой там язык? / А на каком языке там говорят?
country currency | currency, money, unit of money | валюта, денежная единица, деньги | What coins circulate in {n}? / With what money do people buy bread in {n}? / What would I pay with in {n}? | На какие деньги покупают хлеб в стране {n}? / Какие деньги ходят в стране {n}? / Чем я буду расплачиваться в стране {n}? | And what do people pay with? / Which money do they have? / What is the money there? | А платят там чем? / Какие там деньги? / А какая там валюта?
country population | population, number of people, number of inhabitants | население, число жителей, численность населения | How large is the population of {n}? / How many citizens has {n}? / How big a people lives in {n}? | Велико ли население страны {n}? / Сколько граждан в стране {n}? / Сколько народу живёт в стране {n}? | And how many people are there? / What number of people live in it? / How many live there? | А народу там сколько? / Сколько там граждан? / А сколько человек там живёт?
country continent | continent, part of the world | часть света, континент, материк | Where on the map should I look for {n}? / To which part of the world does {n} belong? / In what continent would I find {n}? | Где искать на карте страну {n}? / На каком континенте страна {n}? / В какую часть света ехать, чтобы попасть в страну {n}? | And where on the map is it? / Which part of the world is that? / What continent is it on? | А где это на карте? / На каком она континенте? / А в какой она части света?
element symbol | symbol, chemical symbol, sign, abbreviation | символ, обозначение, знак | What do chemists write for {n}? / How is {n} abbreviated? / What is the sign for {n}? | Как химики записывают {n}? / Каким знаком обозначают {n}? / Как сокращают название {n}? | And how is it abbreviated? / What is its sign? / How do chemists write it? | А сокращают его как? / Каким знаком его пишут? / А как его обозначают?
element number | atomic number, number in the table, place in the table | атомный номер, номер в таблице, порядковый номер | At which place in the table does {n} stand? / How many protons has {n}? / What is the number of {n} in the periodic table? | На каком месте в таблице {n}? / Сколько протонов у элемента {n}? / Какой порядковый номер у элемента {n}? | And its place in the table? / How many protons has it? / What is its atomic number? | А протонов сколько? / На каком он месте в таблице? / А какой у него номер?
element finder | discoverer, finder | первооткрыватель, автор открытия | Who is the discoverer of {n}? / Which scientist found {n}? / Who came upon {n} first? | Чьё открытие {n}? / Какой учёный нашёл {n}? / Кто первым получил {n}? | And who came upon it? / Who is its discoverer? / Who discovered it? | А нашёл его кто? / Чьё это открытие? / А кто его открыл?
element found | year of discovery, date of discovery | год открытия, дата открытия | When did chemists first find {n}? / How long ago was {n} discovered? / At what date did {n} become known? | Когда химики нашли {n}? / Давно ли открыт {n}? / Когда впервые получили {n}? | And what year was that? / When did they find it? / When was it discovered? | А в каком году это случилось? / Когда его нашли? / А когда его открыли?
planet diameter | diameter, size, width | диаметр, размер, поперечник | What is the size of {n}? / How far is it from one side of {n} to the other? / How great is the planet {n}? | Какого диаметра {n}? / Велика ли планета {n}? / Каков поперечник планеты {n}? | And what size is it? / How far across is it? / How big is it? | А велика ли она? / Какой у неё поперечник? / А какого она размера?
planet moons | number of moons, moons, satellites | число спутников, спутники, количество лун | How many satellites go around {n}? / Count the moons of {n}. / How many moons circle {n}? | Сколько спутников вращается вокруг планеты {n}? / Сосчитай спутники планеты {n}. / Много ли спутников у планеты {n}? | And how many satellites? / What number of moons is there? / How many moons does it have? | А лун сколько? / Много ли у неё спутников? / А сколько у неё спутников?
planet day | day, length of day, rotation period | сутки, длина суток, день | In what time does {n} turn around itself? / How many hours has a day on {n}? / How many hours is a day on {n}? | Сколько часов в сутках на планете {n}? / За какое время {n} поворачивается вокруг оси? / Сколько часов длится день на планете {n}? | And how many hours is its day? / In what time does it turn? / How long is a day there? | А часов в сутках сколько? / За сколько она поворачивается? / А сколько там длятся сутки?
planet year | year, length of year, orbital period | год, длина года, период обращения | In what time does {n} go around its sun? / How many days does {n} need for one orbit? / After how many days is a year over on {n}? | За какое время {n} обходит своё солнце? / Сколько дней в году на планете {n}? / Сколько дней нужно планете {n} на один оборот? | And how many days is its year? / In what time does it go around? / How long is a year there? | А дней в году сколько? / За сколько она обходит солнце? / А сколько там длится год?
moon around | planet, mother planet | планета, главная планета | To which planet does {n} belong? / What planet is {n} a satellite of? / Around what does the moon {n} go? | К какой планете относится {n}? / Вокруг чего вращается спутник {n}? / Возле какой планеты {n}? | And whose moon is it? / Around what does it go? / Which planet does it belong to? | А чей он спутник? / К какой планете он относится? / А вокруг какой планеты он обращается?
moon finder | discoverer, finder | первооткрыватель, автор открытия | Which astronomer found {n}? / Who is the discoverer of {n}? / Who spotted {n} first? | Чьё открытие {n}? / Какой астроном нашёл {n}? / Кто первым заметил {n}? | And which astronomer found it? / Who spotted it? / Who discovered it? | А заметил его кто? / Чьё это открытие? / А кто его открыл?
moon found | year of discovery, date of discovery | год открытия, дата открытия | When was {n} first seen? / At what date did astronomers find {n}? / How long ago was {n} discovered? | Когда впервые заметили {n}? / Давно ли открыт {n}? / Когда астрономы нашли {n}? | And what year was that? / When was it first seen? / When was it discovered? | А в каком году это случилось? / Когда его заметили? / А когда его открыли?
moon diameter | diameter, size, width | диаметр, размер, поперечник | What is the size of {n}? / How far is it from one side of {n} to the other? / How great is the moon {n}? | Какого диаметра {n}? / Велик ли спутник {n}? / Каков поперечник спутника {n}? | And what size is it? / How far across is it? / How big is it? | А велик ли он? / Какой у него поперечник? / А какого он размера?
river length | length, extent | длина, протяжённость | How far does the {n} run? / How many kilometres long is the {n}? / What distance does the river {n} cover? | Сколько километров в длину {n}? / Как далеко тянется река {n}? / Длинная ли река {n}? | And how far does it run? / How many kilometres is that? / How long is it? | А сколько в ней километров? / Длинная ли она? / А какой она длины?
river mouth | mouth, end | устье, место впадения | Where does the {n} end? / Which sea or lake receives the {n}? / To what water does the river {n} bring its water? | Где кончается {n}? / Какое море или озеро принимает реку {n}? / Во что впадает {n}? | And where does it end? / What water receives it? / What does it flow into? | А кончается она где? / Во что она впадает? / А куда она впадает?
river country | country, land | страна, государство | Through what land does the {n} flow? / In which land is the {n}? / What country has the river {n}? | По какой земле бежит река {n}? / Через какое государство течёт {n}? / В каком государстве река {n}? | And through what land does it flow? / What country has it? / Which country is it in? | А государство какое? / Через какую страну она бежит? / А в какой она стране?
river source | source, spring, beginning | исток, начало | Where is the spring of the {n}? / From where does the {n} come? / Where does the water of the river {n} start? | Откуда бежит {n}? / Где берёт начало {n}? / Где рождается река {n}? | And from where does it come? / Where does it start? / Where does it begin? | А берётся она откуда? / Где она рождается? / А где она начинается?
mountain height | height, altitude, elevation | высота, высота вершины | How many metres high is {n}? / What altitude does {n} reach? / How far up does {n} go? | Сколько метров в горе {n}? / Как высоко поднимается {n}? / Высокая ли гора {n}? | And how many metres is that? / What altitude does it reach? / How high is it? | А метров в ней сколько? / Высокая ли она? / А какой она высоты?
mountain range | range, mountain range, mountains | горная система, горы, хребет | To what mountains does {n} belong? / What chain of mountains has {n}? / Which range is {n} a part of? | В каких горах {n}? / К какому хребту относится {n}? / Какие горы вокруг вершины {n}? | And which chain is it in? / To what mountains does it belong? / Which range is it part of? | А хребет какой? / В каких она горах? / А в какую горную систему она входит?
mountain country | country, land | страна, государство | In what land does {n} stand? / Where would I go to see {n}? / What country has the mountain {n}? | В каком государстве {n}? / Куда ехать, чтобы увидеть гору {n}? / На чьей земле стоит {n}? | And in what land does it stand? / What country has it? / Which country is it in? | А государство какое? / На чьей она земле? / А в какой она стране?
mountain climbed | first ascent, year of the first ascent | первое восхождение, год первого восхождения | When did somebody first stand on top of {n}? / When was the summit of {n} reached? / How long ago was {n} first climbed? | Когда взошли на вершину {n}? / Когда люди достигли вершины горы {n}? / Давно ли поднялись на {n}? | And when was its top reached? / What year did people first stand there? / When was it first climbed? | А взошли на неё когда? / Когда достигли вершины? / А когда на неё впервые поднялись?
invention inventor | inventor, author, maker | изобретатель, автор, создатель | Whose idea was the {n}? / Who created the {n}? / Who thought of the {n}? | Чья идея {n}? / Кто создал {n}? / Кто сделал первый {n}? | And whose idea was it? / Who created it? / Who invented it? | А чья это идея? / Кто его создал? / А кто его изобрёл?
invention made | year of invention, date of invention | год изобретения, дата изобретения, год создания | When did the {n} appear? / When did people first have the {n}? / How old is the {n}? | Когда появился {n}? / Давно ли изобретён {n}? / Когда создали {n}? | And when did it appear? / What year was that? / When was it invented? | А появился он когда? / В каком году это было? / А когда его изобрели?
invention country | country, country of origin, home | страна, родина, страна происхождения | In what land was the {n} made first? / What is the origin of the {n}? / Where was the {n} born? | В каком государстве придумали {n}? / Где родился {n}? / Какой стране мы обязаны, если есть {n}? | And in what land was that? / What is its origin? / Where does it come from? | А родина его где? / В каком это было государстве? / А откуда он родом?
scientist born | year of birth, birth year, date of birth | год рождения, дата рождения | What year did {n} come into the world? / How long ago was {n} born? / At what date was {n} born? | Когда на свет пришёл {n}? / С какого года живёт {n}? / Давно ли родился {n}? | And what year did he come into the world? / At what date was that? / When was he born? | А год рождения какой? / Когда он пришёл на свет? / А когда он родился?
scientist birthplace | birthplace, home town, place of birth, native city | место рождения, родной город, родина | From which town is {n}? / What is the home town of {n}? / In what place did {n} come into the world? | Откуда {n}? / Какой город родной для учёного {n}? / В каком месте родился {n}? | And from which town is he? / What is his home town? / Where was he born? | А родом он откуда? / Какой у него родной город? / А где он родился?
scientist field | field, science, subject, speciality | область науки, наука, специальность, занятие | What did {n} work on all his life? / What kind of scientist was {n}? / In what science is {n} famous? | Какая наука была делом жизни, которую вёл {n}? / Учёным в какой области был {n}? / В какой науке прославился {n}? | And what kind of scientist was he? / What did he work on? / Which science did he work in? | А наука какая? / Учёным в какой области он был? / А какой наукой он занимался?
scientist known | best known work, claim to fame, main work | главная работа, чем прославился, известность | What brought fame to {n}? / What is the great work of {n}? / For what do people know {n}? | Что принесло славу учёному {n}? / Какова главная работа учёного {n}? / Благодаря чему знают учёного {n}? | And what made him famous? / For what do people know him? / What is he known for? | А прославился он чем? / Какая у него главная работа? / А чем он известен?
animal home | home, habitat, dwelling place | среда обитания, место жизни, дом | Where is the {n} found? / In what kind of country does the {n} live? / What is the habitat of the {n}? | Где водится {n}? / Где дом у животного {n}? / Где селится {n}? | And its habitat? / Where is it found? / Where does it live? | А водится он где? / Где его дом? / А где он живёт?
animal food | food, diet, prey | пища, еда, корм | What is the diet of the {n}? / On what does the {n} live? / What would a {n} like for dinner? | Что любит на обед {n}? / Каков корм животного {n}? / Что служит пищей животному {n}? | And its diet? / What does it feed on? / What does it eat? | А корм какой? / Что ему дают? / А чем он питается?
animal weight | weight, mass | вес, масса | What does the {n} weigh? / How many kilograms does the {n} weigh? / Is the {n} heavy? | Тяжёлый ли зверь {n}? / Сколько килограммов весит {n}? / Какова масса животного {n}? | And how heavy is it? / How many kilograms is that? / How much does it weigh? | А тяжёлый ли он? / Сколько в нём килограммов? / А сколько он весит?
animal life | lifespan, age, length of life | продолжительность жизни, возраст, срок жизни | How old does the {n} become? / For how many years is the {n} alive? / What is the life expectancy of the {n}? | Какого возраста достигает {n}? / Долго ли живёт {n}? / Каков срок жизни животного {n}? | And how old does it become? / How many years is that? / How long does it live? | А возраст какой? / Долго ли он живёт? / А сколько лет он живёт?
language family | family, language family, group | языковая семья, семья, группа | To which group of languages does {n} belong? / What languages are the relatives of {n}? / Among what family of languages is {n}? | К какой группе языков относится {n} язык? / Какова семья, где {n} язык? / В какой группе {n} язык? | And to which group does it belong? / What are its relatives? / Which family is it in? | А группа какая? / С какими языками он в родстве? / А к какой семье он относится?
language speakers | number of speakers, speakers | число носителей, носители, число говорящих | What number of people speak {n}? / How many have {n} as their language? / How common is the {n} language? | Сколько носителей у языка {n}? / Велико ли число тех, чей язык {n}? / Сколько народу говорит на языке {n}? | And how many speakers has it? / What number of people is that? / How many people speak it? | А носителей сколько? / Сколько народу его знает? / А сколько человек на нём говорит?
language script | script, alphabet, writing system, letters | письменность, алфавит, письмо, буквы | Which alphabet does {n} have? / What letters does the {n} language use? / In what letters is {n} written? | Какой алфавит у языка {n}? / Какие буквы использует {n} язык? / Чем пишут, если язык {n}? | And its letters? / Which alphabet does it have? / What script does it use? | А алфавит какой? / Какими буквами на нём пишут? / А какая у него письменность?
language country | country, home country, main country | страна, главная страна, родина | Where do most speakers of {n} live? / In what land do people speak {n}? / Which land is the home of the {n} language? | Где живут носители языка {n}? / В каком государстве говорят на языке {n}? / Где родина языка {n}? | And in what land is it at home? / Where do its speakers live? / In which country is it spoken most? | А родина его где? / Где живут его носители? / А в какой стране на нём говорят больше всего?
lake depth | depth, greatest depth | глубина, наибольшая глубина | How many metres is it to the bottom of {n}? / How deep does {n} go? / What is the greatest depth of {n}? | Сколько метров до дна озера {n}? / Глубокое ли озеро {n}? / Какова наибольшая глубина озера {n}? | And how far is it to the bottom? / How many metres down does it go? / How deep is it? | А до дна сколько? / Глубокое ли оно? / А какой оно глубины?
lake area | area, surface, size | площадь, поверхность, размер | What is the surface of {n}? / How many square kilometres is {n}? / How much ground does {n} take? | Какова поверхность озера {n}? / Сколько квадратных километров в озере {n}? / Большое ли озеро {n}? | And its surface? / How many square kilometres is that? / How large is it? | А квадратных километров сколько? / Большое ли оно? / А какая у него площадь?
lake country | country, land | страна, государство | In what land does {n} lie? / Where would I go to swim in {n}? / What country has the lake {n}? | В каком государстве озеро {n}? / Куда ехать, чтобы увидеть озеро {n}? / На чьей земле озеро {n}? | And in what land does it lie? / What country has it? / Which country is it in? | А государство какое? / На чьей оно земле? / А в какой оно стране?
book author | author, writer, name of the author | автор, писатель, имя автора | Who is the writer of {n}? / From whose pen is {n}? / To whom do we owe the book {n}? | Какой писатель написал {n}? / Из-под чьего пера вышла книга {n}? / Кому мы обязаны книгой {n}? | And from whose pen is it? / Who is its writer? / Who wrote it? | А писатель кто? / Чья это книга? / А кто её написал?
book printed | year of publication, date of publication, first edition | год издания, дата издания, первое издание | When did {n} appear in print? / When did the first edition of {n} appear? / How old is the book {n}? | Когда напечатали книгу {n}? / Когда появилась в печати книга {n}? / Давно ли издана книга {n}? | And when did it appear in print? / What year was the first edition? / When was it published? | А напечатали её когда? / В каком году она появилась? / А когда она вышла?
book language | language, original language | язык, язык оригинала | What is the original language of {n}? / In which tongue was {n} written? / What language did the author write {n} in? | Какой язык оригинала у книги {n}? / На каком языке писал автор книги {n}? / Какой язык у произведения {n}? | And its original language? / Which tongue is that? / In what language was it written? | А оригинал на каком языке? / Какой у неё язык? / А на каком языке она написана?
`;

/** How a name of a relation becomes a question of its own, `{x}` the name; in Russian, forms that leave it in the nominative. */
const frames: Record<Language, readonly string[]> = {
  en: [
    "The {x} of {n}?",
    "Tell me the {x} of {n}.",
    "Do you know the {x} of {n}?",
    "{n} {x}",
    "I would like to know the {x} of {n}.",
    "What is {n}'s {x}?",
    "Could you tell me what the {x} of {n} is?",
    "{x} {n}",
  ],
  ru: [
    "{n}, {x}?",
    "{n} {x}",
    "{x}, {n}?",
    "Напомни: {n}, {x}.",
    "Подскажи, пожалуйста: {n}, {x}?",
    "{x} {n}",
    "Хочу знать, {n}: {x}.",
  ],
};
/** How it becomes a question that follows another. */
const following: Record<Language, readonly string[]> = {
  en: ["And its {x}?", "And the {x}?", "What about the {x}?", "The {x}?", "What is its {x}?"],
  ru: ["А {x}?", "И {x}?", "А что за {x}?", "{x}?", "Ещё {x}."],
};

interface Line {
  readonly names: readonly string[];
  readonly whole: readonly string[];
  readonly short: readonly string[];
}

const lines = new Map(
  table
    .trim()
    .split("\n")
    .map((line) => {
      const [relation, en, ru, wholeEn, wholeRu, shortEn, shortRu] = line.split(" | ") as [string, ...string[]];
      const of = (names = "", whole = "", short = ""): Line => ({
        names: names.split(", "),
        whole: whole.split(" / "),
        short: short.split(" / "),
      });
      return [relation, { en: of(en, wholeEn, shortEn), ru: of(ru, wholeRu, shortRu) }] as const;
    }),
);

const upper = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
const named = (frame: string, names: readonly string[]): string[] => names.map((x) => upper(frame.replace("{x}", x)));

function lineOf(kind: string, relation: string, language: Language): Line {
  const found = lines.get(`${kind} ${relation}`);
  if (found === undefined) throw new Error(`no wordings for ${kind} ${relation}`);
  return found[language];
}

/** Whole questions for a relation of a kind of thing, `{n}` its name; all for practice. */
export function wordings(kind: string, relation: string, language: Language): readonly string[] {
  const { names, whole } = lineOf(kind, relation, language);
  const kept = reworded(kind, relation, language, "held_out");
  const framed = frames[language].flatMap((frame) => named(frame, names)).filter((way) => !kept.includes(way));
  // Whole questions weigh as much as all frames together.
  return [...Array.from({ length: Math.ceil(framed.length / whole.length) }, () => whole).flat(), ...framed];
}

/** Questions that follow another about the same thing and do not name it. The splits have none in common. */
export function followUps(kind: string, relation: Relation, language: Language, split: Split): readonly string[] {
  const { names, whole, short } = lineOf(kind, relation.id, language);
  const [kept = "", ...others] = short;
  if (split === "held_out") return [kept];
  const framed = following[language].flatMap((frame) => named(frame, names));
  const told = [...relation.ask[language], ...whole, ...reworded(kind, relation.id, language, "train")].flatMap((way) =>
    unnamed(way, language),
  );
  const plain = told.flatMap((way) => [way, `${language === "en" ? "And" : "А"} ${way.charAt(0).toLowerCase()}${way.slice(1)}`]);
  return [...Array.from({ length: 4 }, () => others).flat(), ...plain, ...framed].filter((way) => way !== kept);
}

/** Questions that follow another, ask the same and name something else, `{n}`. The splits have none in common. */
export function shifts(language: Language, split: Split): readonly string[] {
  const all = {
    en: [
      "And {n}?",
      "{n}?",
      "And for {n}?",
      "The same for {n}?",
      "How about {n}?",
      "Now {n}.",
      "{n} as well?",
      "And what of {n}?",
      "Then {n}?",
      "The same question about {n}.",
      "And in the case of {n}?",
      "What about {n}?",
    ],
    ru: [
      "А {n}?",
      "{n}?",
      "То же про {n}?",
      "И {n}?",
      "Ну а {n}?",
      "Теперь {n}.",
      "А вот {n}?",
      "Скажи то же про {n}.",
      "А если взять {n}?",
      "А теперь про {n}.",
      "И ещё {n}?",
      "А что насчёт {n}?",
    ],
  }[language];
  return split === "train" ? all.slice(0, -1) : all.slice(-1);
}

/** What stands for a name in a question that does not say it: patterns of the phrases that the lessons have, and pronouns. */
const pronouns: Record<Language, readonly (readonly [RegExp, string])[]> = {
  en: [
    [/\bin \{n\}/, "there"],
    [/\bon \{n\}/, "there"],
    [/(?:the )?(?:[a-z]+ )?\{n\}'s/, "its"],
    [/(?:the )(?:moon|planet|river|mountain|element|book|lake) \{n\}/, "it"],
    [/(?:the |a )?\{n\}(?: language)?/, "it"],
    [/Lake it/, "it"],
  ],
  ru: [
    [/(?:в стране|на планете) \{n\}/, "там"],
    [/у (?:страны|планеты|горы|реки|книги) \{n\}/, "у неё"],
    [/у (?:элемента|спутника|прибора|учёного|животного|языка|озера) \{n\}/, "у него"],
    [/(?:страны|планеты|горы|реки|книги|страну|гору|реку|книгу) \{n\}/, "её"],
    [/(?:элемента|спутника|прибора|учёного|животного|языка|озера|изобретения) \{n\}/, "его"],
    [/(?:река|гора|книга|страна|планета) \{n\}/, "она"],
    [/(?:элемент|спутник|прибор|учёный|животное) \{n\}/, "он"],
    [/озеро \{n\}/, "оно"],
    [/\{n\}(?: язык)?/, "он"],
  ],
};

/** The question with a pronoun where the name stood; nothing where the name cannot go. */
function unnamed(way: string, language: Language): string[] {
  const text = pronouns[language].reduce((so, [pattern, pronoun]) => so.replace(pattern, pronoun), way);
  return /[{}:]/.test(text) || text === way ? [] : [upper(text)];
}
