/**
 * What kind of thing a question asks for, by its question words (English and Russian), and whether a sentence holds such a thing that the
 * question does not already say. General cues only; it knows no facts.
 */

import { fold, words } from "../retrieve/analysis/words.ts";

/** The kind of thing that a question asks for. */
export type Expectation = "number" | "date" | "name" | "reason" | "definition" | "any";

/** Tried in this order: `how many years` is a number, `in what year` a date. JavaScript's `\b` knows Latin letters only. */
const questions: readonly (readonly [Expectation, RegExp])[] = [
  [
    "number",
    /(?<!\p{L})(?:how (?:many|much|long|far|old|tall|high|deep|big|large|fast|often|heavy|wide)|what (?:percent\w*|number|amount|proportion|share|fraction|size|price|population|temperature|distance|length|age)|сколько|скольк\p{L}+|как (?:долго|часто|далеко|много|велик\p{L}*)|насколько|како(?:в|ва|во|вы)? (?:процент|дол|численност|количеств|числ|размер|площад|длин|высот|возраст|населени|температур|стоимост|цен)\p{L}*|как(?:ой|ая|ое|ую|ом) (?:процент|дол|численност|количеств|площад|длин|высот|возраст|температур)\p{L}*)/u,
  ],
  [
    "date",
    /(?<!\p{L})(?:when|what (?:year|date|day|month|century|decade|time)|(?:in|on|since|by|until) (?:what|which) (?:year|date|day|month|century|decade)|which (?:year|century|decade)|когда|(?:в|с|до|к|на) как(?:ом|ой|ого|ому|ое|ие|их) (?:год|век|месяц|числ|дат|ден|дн|врем|десятилети|столети|период)\p{L}*|как(?:ой|ого|ом) (?:год|век|дат|числ)\p{L}*)/u,
  ],
  [
    "reason",
    /(?<!\p{L})(?:why|what (?:caused|causes|is the (?:reason|cause|purpose))|for what (?:reason|purpose)|почему|зачем|отчего|из-за чего|для чего|по как(?:ой|им) причин\p{L}*|с какой целью|что (?:стало|было|является) причиной|в чем причин\p{L}*)/u,
  ],
  [
    "name",
    /(?<!\p{L})(?:who|whom|whose|where|(?:which|what) (?:\w+ )?(?:country|city|state|town|person|king|queen|president|company|team|river|region|county|university|player|author|name|place|island|group|organization|people|album|song|book|language|\w+'s name)|кто|кого|кому|кем|ком|где|куда|откуда|чей|чья|чье|чьи|как (?:звали|зовут|называ\p{L}+|назвал\p{L}*)|как(?:ой|ая|ое|ие|ого|ому|ую|им|ими|их|ом) (?:\p{L}+ )?(?:стран|город|штат|корол|президент|компани|команд|рек|регион|университет|игрок|автор|остров|групп|организаци|язык|книг|альбом)\p{L}*)/u,
  ],
  [
    "definition",
    /^\s*(?:what (?:is|are|was|were)(?: an?| the)? [^ ]+(?: [^ ]+)? ?\??$|what does .+ (?:mean|stand for)|что так(?:ое|ие)|что (?:означает|значит)|кто так(?:ой|ая|ие)|define)/u,
  ],
];

/** What a question asks for. */
export function expectationOf(question: string): Expectation {
  const plain = question.toLowerCase().replaceAll("ё", "е");
  return questions.find(([, pattern]) => pattern.test(plain))?.[0] ?? "any";
}

const numberWord =
  /(?<!\p{L})(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|dozens?|hundreds?|thousands?|millions?|billions?|half|third|quarter|twice|once|один|одна|одно|два|две|три|четыре|пять|шесть|семь|восемь|девять|десять|двух|трех|четырех|пяти|шести|дюжин\p{L}*|сто|сотн\p{L}*|тысяч\p{L}*|миллион\p{L}*|миллиард\p{L}*|половин\p{L}*|треть|трети|четверт\p{L}*)(?!\p{L})/u;
const dateWord =
  /(?<!\p{L})(?:january|february|march|april|may|june|july|august|september|october|november|december|century|centuries|decade|spring|summer|autumn|fall|winter|january|янв|феврал|март|апрел|мая|май|июн|июл|август|сентябр|октябр|ноябр|декабр|век|веке|века|столети|весн|осень|осени|зим|лет)\p{L}*(?!\p{L})/u;
const reasonWord =
  /(?<!\p{L})(?:because|due to|since|so that|in order to|as a result|therefore|thus|owing to|caused|causes|reason|to avoid|to prevent|thanks to|потому|так как|из-за|поскольку|чтобы|вследствие|благодаря|для того|в результате|поэтому|причин\p{L}*|ввиду|в связи с|с целью|ради)(?!\p{L})/u;
const definitionWord =
  /(?<!\p{L})(?:is|are|was|were|means?|refers? to|known as|called|defined|это|является|являются|называ\p{L}*|представля\p{L}* собой|означа\p{L}*)(?!\p{L})| [—–-] /u;

/** Whether a sentence holds what is expected and new to the question (`asked`: its folded words). */
export function meets(expectation: Expectation, sentence: string, asked: ReadonlySet<string>): boolean {
  const plain = sentence.toLowerCase().replaceAll("ё", "е");
  switch (expectation) {
    case "number":
      return newNumber(sentence, asked) || numberWord.test(plain);
    case "date":
      return newYear(sentence, asked) || dateWord.test(plain);
    case "reason":
      return reasonWord.test(plain);
    case "definition":
      return definitionWord.test(plain);
    case "name":
      return newName(sentence, asked);
    case "any":
      return newName(sentence, asked) || newNumber(sentence, asked);
  }
}

function newNumber(sentence: string, asked: ReadonlySet<string>): boolean {
  return words(sentence).some((word) => /^\p{Nd}/u.test(word.text) && !asked.has(word.text));
}

function newYear(sentence: string, asked: ReadonlySet<string>): boolean {
  return words(sentence).some((word) => /^(?:1\d{3}|20\d{2}|\d{1,2}(?:st|nd|rd|th))s?$/.test(word.text) && !asked.has(word.text));
}

/** A capitalised word that does not begin the sentence, and that the question does not have. */
function newName(sentence: string, asked: ReadonlySet<string>): boolean {
  for (const match of sentence.matchAll(/(?<=[\p{L}\p{N},;:)»”"] ["«“(]?)\p{Lu}[\p{L}\p{M}'’-]*/gu)) {
    const parts = match[0].split(/['’-]/).map(fold);
    if (!parts.some((part) => asked.has(part))) return true;
  }
  return false;
}
