/**
 * Conversations over worlds that do not exist, for the model that hears what is meant: the last turn of each, said so that it stands alone and in the words that the
 * lessons have. What is about another sort of thing stays as it was said.
 */
import type { Message } from "neuro/runtime";
import type { Relation } from "./kinds.ts";
import type { Language, Split } from "./names.ts";
import { type Random, random } from "./random.ts";
import { mixedWorld } from "./real.ts";
import { reworded } from "./reworded.ts";
import { unknown } from "./rows.ts";
import { general } from "./small-talk.ts";
import { unfamiliar } from "./unfamiliar.ts";
import { followUps, shifts, wordings } from "./wordings.ts";
import { askAbout, fill, makeWorld, type Page, type Thing } from "./worlds.ts";

/** A conversation, and what its last turn means. */
export interface Talk {
  readonly prompt: readonly Message[];
  readonly answer: string;
}

/** What was said last, and what it was about. */
export interface Said {
  readonly text: string;
  /** The same so that it stands alone. */
  readonly meant: string;
  /** Nothing, where it was about nothing that can be asked about further. */
  readonly thing: Thing | undefined;
  readonly relation: Relation | undefined;
  /** Whether it leaves out what was said before it. */
  readonly follows: boolean;
}

const worldSize = 20;
const talksPerWorld = 20;

/** Conversations to practise on: of one to four questions. */
export function* talks({ count, seed }: { count: number; seed: number }): Generator<Talk> {
  for (let made = 0, w = 0; made < count; w++) {
    const rng = random(`${seed}/talks/${w}`);
    const language: Language = rng.chance(0.5) ? "en" : "ru";
    const pages = rng.chance(0.4) ? mixedWorld(rng, language, worldSize) : makeWorld(rng, language, "train", worldSize);
    for (let i = 0; i < talksPerWorld && made < count; i++, made++) {
      const { prompt, last } = talk(rng, pages, language, "train", rng.pick([0, 0, 1, 1, 2, 3]));
      yield { prompt, answer: last.meant };
    }
  }
}

/** A conversation of `before` questions with their answers, and one more that follows them where there are any. */
export function talk(rng: Random, pages: readonly Page[], language: Language, split: Split, before: number) {
  const prompt: Message[] = [];
  let last = opening(rng, rng.pick(pages).thing, language);
  for (let i = 0; i < before; i++) {
    prompt.push({ role: "user", content: last.text }, { role: "assistant", content: reply(rng, last, language) });
    last = following(rng, pages, last, language, split) ?? opening(rng, rng.pick(pages).thing, language);
  }
  return { prompt: [...prompt, { role: "user", content: last.text } as const], last };
}

/** A question that names what it is about: in the words of the lessons, in others, or of a sort that no page tells. */
function opening(rng: Random, thing: Thing, language: Language): Said {
  const relation = rng.pick(thing.kind.relations);
  const how = rng.next();
  if (how < 0.3) return as(askAbout(rng, relation, thing, language));
  if (how < 0.8) return as(inOtherWords(rng, relation, thing, language), plainly(relation, thing, language));
  const phrase = rng.pick(how < 0.95 ? unfamiliar(thing.kind.id, language, "train") : general[language]);
  const text = fill(phrase, thing) ?? thing.name;
  return { text, meant: text, thing: phrase.includes("{n}") ? thing : undefined, relation: undefined, follows: false };

  function as(text: string, meant = text): Said {
    return { text, meant, thing, relation, follows: false };
  }
}

/** A question that leaves out what the one before said: what it is about, or what is asked of it. Now and then nothing follows. */
function following(rng: Random, pages: readonly Page[], last: Said, language: Language, split: Split): Said | undefined {
  const { thing, relation } = last;
  if (thing === undefined || (split === "train" && rng.chance(0.2))) return undefined;
  const others = pages.map((page) => page.thing).filter((other) => other.kind === thing.kind && other.name !== thing.name);
  if (relation !== undefined && others.length > 0 && rng.chance(0.3)) {
    const other = rng.pick(others);
    const text = fill(rng.pick(shifts(language, split)), other) ?? other.name;
    return { text, meant: plainly(relation, other, language), thing: other, relation, follows: true };
  }
  const asked = rng.pick(thing.kind.relations.filter(({ id }) => id !== relation?.id));
  const text = rng.pick(followUps(thing.kind.id, asked, language, split));
  return { text, meant: plainly(asked, thing, language), thing, relation: asked, follows: true };
}

/** A question in the first words that the lessons have for it. */
export function plainly(relation: Relation, thing: Thing, language: Language): string {
  const plain = relation.ask[language].find((phrase) => !phrase.includes("{g}"));
  return fill(plain ?? "{n}", thing) ?? thing.name;
}

const politely: Record<Language, readonly string[]> = {
  en: ["Tell me, ", "Please, ", "Do you know ", "I wonder ", "Hello! "],
  ru: ["Скажи, ", "Подскажи, ", "Не знаешь, ", "Интересно, ", "Привет! "],
};

function inOtherWords(rng: Random, relation: Relation, thing: Thing, language: Language): string {
  const { id } = thing.kind;
  const ways = rng.chance(0.25) ? reworded(id, relation.id, language, "train") : wordings(id, relation.id, language);
  const text = fill(rng.pick(ways), thing) ?? thing.name;
  const asked = rng.chance(0.15) ? text.replace(/[?.]$/u, "") : text;
  return rng.chance(0.1) ? rng.pick(politely[language]) + asked.charAt(0).toLowerCase() + asked.slice(1) : asked;
}

/** What a system like this one answers. */
function reply(rng: Random, { thing, relation }: Said, language: Language): string {
  const fact = relation === undefined ? undefined : thing?.facts[relation.id];
  return fact === undefined || rng.chance(0.1) ? unknown[language] : `${fact} [${rng.int(1, 3)}]`;
}
