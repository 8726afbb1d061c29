/**
 * Cuts plain text into sentences, in English, Russian and scripts that end sentences alike. A line break always ends one (the readers
 * join wrapped lines); a full stop does unless it belongs to an abbreviation, an initial or a number. It judges form, never meaning.
 */

/** A sentence is `text.slice(start, end)` of what it was cut from, without surrounding space. */
export type Sentence = { readonly start: number; readonly end: number; readonly text: string };

/** Abbreviations that never end a sentence: something must follow. In lower case, without the last full stop. */
const open = set(`mr mrs ms dr prof e.g i.e cf vol vols pp eq eqs ch lt sgt capt cmdr adm maj gov approx dept viz
т.е т.к т.н т.о ул пр-т просп табл см проф акад доц ред изд обл р-н янв фев февр апр авг сент окт нояб англ нем франц греч итал прибл`);
/** The end of a sentence only when a word that begins sentences follows; many of these are words of their own too. */
const either =
  set(`c b d n fl ed eds etc al inc ltd co corp bros jr sr esq st mt ft vs no nos p fig figs sec gen col rev hon sen rep pres esp ca
jan feb mar apr jun jul aug sep sept oct nov dec mon tue tues wed thu thur thurs fri sat sun
a.m p.m a.d b.c b.c.e c.e ph.d m.d b.a m.a d.c u.s u.k u.n e.u u.s.a u.s.s.r
г гг в вв н.э э т.д т.п др пр тыс млн млрд трлн руб коп долл кв куб км м см мм кг мин сек ч с д к кол-во гр им пл пер стр рис ср напр св оз
пос дер респ гл ст п пп мар сен ноя дек фр лат рус исп тел чел назв`);
const starters =
  set(`the a an this that these those it its he she they we you i his her their our my your there here in on at by for from with
as after before when while if although though however but and so then also both each some many most all no one two what who how why
during since until under over between among it's he's they're according to of not such other another additionally furthermore moreover
он она оно они мы вы я это этот эта эти тот та те его ее её их в во на по при с со к ко из за от до у о об для но а и или если когда после
перед как так также однако кроме затем потом тем хотя поэтому там тут здесь все всё некоторые многие каждый один два между среди
несмотря согласно благодаря позже ранее впоследствии всего наиболее более не`);

const stop = /[.!?…]+|[。！？]+/gu;
const closers = /^(?:["'”’»›)\]]|\[\d+\])*/u;
const nextStart = /^\s+(["'“„«‹([¿¡—–-]\s?)*[\p{Lu}\p{Lt}\p{Lo}\p{Nd}]/u;

/** The sentences of a text, in order; every character that is not space belongs to exactly one. */
export function sentences(text: string): Sentence[] {
  const found: Sentence[] = [];
  let lineStart = 0;
  for (const line of text.split(/(\r?\n)/)) {
    if (!/^\r?\n$/.test(line)) ofLine(line, lineStart, found);
    lineStart += line.length;
  }
  return found;
}

function ofLine(line: string, offset: number, into: Sentence[]): void {
  let from = 0;
  for (const match of line.matchAll(stop)) {
    const after = match.index + match[0].length;
    const end = after + closers.exec(line.slice(after, after + 40))![0].length;
    if (end <= from || !ends(line, from, match[0], match.index, end)) continue;
    push(line, from, end, offset, into);
    from = end;
  }
  push(line, from, line.length, offset, into);
}

function push(line: string, from: number, end: number, offset: number, into: Sentence[]): void {
  const raw = line.slice(from, end);
  const text = raw.trim();
  if (text === "") return;
  const start = offset + from + raw.indexOf(text);
  into.push({ start, end: start + text.length, text });
}

function ends(line: string, from: number, mark: string, at: number, end: number): boolean {
  if (/[。！？]/u.test(mark)) return true;
  const rest = line.slice(end, end + 80);
  if (rest.trim() === "") return true;
  if (!nextStart.test(rest)) return false;
  if (mark !== ".") return true;
  const word = /[\p{L}\p{N}.'’-]*$/u
    .exec(line.slice(Math.max(from, at - 40), at))![0]
    .toLowerCase()
    .replaceAll("ё", "е");
  const before = line.slice(from, at - word.length);
  // The number of a list item or a heading: `1. First`, `2.3. Then`.
  if (/^[\d.]+$/.test(word) && before.trim() === "") return false;
  if (open.has(word)) return false;
  const initial = /^\p{L}$/u.test(word) && /\p{Lu}/u.test(line[at - 1]!);
  if (initial || either.has(word) || /^\p{L}(?:\.\p{L})+$/u.test(word)) return startsSentence(rest);
  return true;
}

/** Whether the next word is one that begins sentences; names do not. */
function startsSentence(rest: string): boolean {
  const next = /^[^\p{L}\p{N}]*([\p{L}'’]+)(\.?)/u.exec(rest);
  // `А. С. Пушкин`: the second is an initial, though `с` alone is a preposition.
  return next !== null && !(next[1]!.length === 1 && next[2] === ".") && starters.has(next[1]!.toLowerCase());
}

function set(words: string): ReadonlySet<string> {
  return new Set(words.split(/\s+/));
}
