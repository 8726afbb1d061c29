/**
 * A dialog's last turn as questions that stand alone, by rules: what its pronouns and fragments speak of is taken from the turns before it, a comparison
 * becomes a question for each side, and several questions are asked one by one. English and Russian; a search's questions, which need no grammar. It asks no model.
 */

import { isStopWord } from "../retrieve/analysis/stop-words.ts";
import { words } from "../retrieve/analysis/words.ts";
import { type Dialog, last, type Message } from "../types.ts";

const pronouns = set(`it its he him his she her hers they them their theirs this that these those there then same former latter
он она оно они его него ему нему им ним ими ними её неё ее нее ей ней их них нём нем этот эта это эти этого этому этой этих этим этом эту там
тогда тот та те того тому той тех том туда оттуда`);
/** What a turn begins with that goes on with the one before. */
const goingOn =
  /^(?:and|but|also|so|what about|how about|а|и|но|ну|также|а что|а как|что насчет|что насчёт|как насчет|как насчёт)(?!\p{L})[\s,]*/iu;
const comparing =
  /(?<!\p{L})(?:or|versus|vs|compar\w*|differ\w*|than|или|сравн\p{L}*|отлича\p{L}*|разниц\p{L}*|против)(?!\p{L})/iu;
const name = String.raw`\p{Lu}[\p{L}\p{N}'’-]*(?: \p{Lu}[\p{L}\p{N}'’-]*)*`;
const sides = [
  new RegExp(`(${name})(?:,? (?:or|and|with|from|than|versus|vs\\.?|или|и|с|от|чем|против) )(${name})`, "u"),
  /(?<!\p{L})([\p{L}\p{N}-]{2,}) (?:or|или) ([\p{L}\p{N}-]{2,})(?!\p{L})/iu,
];
/** So much of the turns before is taken along. */
const mostCarried = 6;

/** At most `most` questions, none twice; none for a dialog without a question. */
export function standalone(prompt: Dialog, most: number): string[] {
  const question = last(prompt).trim().replace(/\s+/g, " ");
  if (!/[\p{L}\p{N}]/u.test(question)) return [];
  const at = prompt.findLastIndex(({ role }) => role === "user");
  const parts = question.match(/[^?？]+[?？]+/gu) ?? [];
  const asked = parts.length > 1 && parts.every((part) => contentOf(part).length > 1) ? parts.map((part) => part.trim()) : [];
  const whole = resolved(prompt, at);
  const first: Message[] = asked.slice(0, 1).map((content) => ({ role: "user", content }));
  const each = asked.map((part, i) => resolved([...prompt.slice(0, at), ...(i > 0 ? first : []), user(part)], undefined));
  const split = (each.length > 0 ? each : [whole]).flatMap(comparedIn);
  const several = split.length > 1 && split.length <= most ? [...split, whole] : [whole];
  return [...new Map(several.map((text) => [text.toLowerCase(), text])).values()].slice(0, most);
}

const user = (content: string): Message => ({ role: "user", content });

/** The user's turn at a place of the dialog (the last without one), with what it speaks of. */
function resolved(prompt: Dialog, at = prompt.length - 1): string {
  const question = prompt[at]!.content.trim().replace(/\s+/g, " ");
  const before = prompt.slice(0, at).findLastIndex(({ role }) => role === "user");
  if (before < 0) return question;
  const plain = question.replace(goingOn, "");
  const own = namesIn(plain);
  const speaksOf = words(plain).some(({ text }) => pronouns.has(text));
  const fragment = plain !== question || contentOf(plain).length < 2;
  if (!speaksOf && !fragment) return question;
  const earlier = resolved(prompt, before);
  const replied = prompt.slice(before + 1, at).filter(({ role }) => role === "assistant");
  const named = [...replied.flatMap(({ content }) => namesIn(content.replace(/\[\d+\]/g, ""), true)), ...namesIn(earlier)];
  // `And in London?` asks of London what was asked before; `When was he born?` asks something else of who was named.
  const carried = own.length > 0 && !speaksOf ? wordsWithout(earlier, namesIn(earlier)) : named;
  const kept = (carried.length > 0 ? carried : wordsWithout(earlier, [])).filter((one) => !question.includes(one));
  const unique = [...new Set(kept)].slice(0, mostCarried);
  return unique.length === 0 ? question : `${unique.join(" ")}: ${plain}`;
}

/** Capitalised words that do not begin a sentence, neighbours as one name; with `short`, those that begin a text of few words, too. */
function namesIn(text: string, short = false): string[] {
  const few = short && words(text).length <= 6;
  return [...text.matchAll(new RegExp(name, "gu"))].flatMap((found) => {
    const begins = found.index === 0 || /[.!?…]\s*$/.test(text.slice(0, found.index));
    const [first, ...others] = found[0].split(" ");
    if (!begins || few || (found.index === 0 && others.length === 0 && text === found[0])) return [found[0]];
    // What begins a sentence is a name where another capital follows it.
    return others.length > 0 && contentOf(first!).length > 0 ? [found[0]] : others.length > 0 ? [others.join(" ")] : [];
  });
}

/** The telling words of a text as they are written, without those of names. */
function wordsWithout(text: string, names: readonly string[]): string[] {
  const rest = names.reduce((left, one) => left.replace(one, " "), text);
  return (rest.match(/[\p{L}\p{N}'’-]+/gu) ?? []).filter((word) => contentOf(word).length > 0);
}

/** The words of a text that are no stop words. */
const contentOf = (text: string) => words(text).filter((word) => !isStopWord(word.text));

/** A question for each side of a comparison; the question where it compares nothing. */
function comparedIn(question: string): string[] {
  if (!comparing.test(question)) return [question];
  for (const pattern of sides) {
    const found = pattern.exec(question);
    if (found === null) continue;
    const with_ = (side: string) => question.slice(0, found.index) + side + question.slice(found.index + found[0].length);
    return [with_(found[1]!), with_(found[2]!)];
  }
  return [question];
}

function set(list: string): ReadonlySet<string> {
  return new Set(list.split(/\s+/));
}
