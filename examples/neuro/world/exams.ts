/**
 * Examinations. Of the whole chain, over the pages that the example really reads: questions in the words of the lessons, in words that no lesson has, within
 * conversations, and of sorts that nothing answers; half are about things of which threads ask, too. Of what the policy makes of blocks that are given: the same over
 * names that no lesson has.
 */
import type { Message } from "neuro/runtime";
import type { Language } from "./names.ts";
import { type Random, random } from "./random.ts";
import { realPages } from "./real.ts";
import { reworded } from "./reworded.ts";
import { makeRows, type Row, unknown } from "./rows.ts";
import { plainly, talk } from "./talks.ts";
import { crowded } from "./threads.ts";
import { unfamiliar } from "./unfamiliar.ts";
import { shifts } from "./wordings.ts";
import { askAbout, fill, makeThing, type Page } from "./worlds.ts";

/** A question or a conversation, and what is right to say: a fact, or that one does not know. */
export interface Exam {
  readonly prompt: readonly Message[];
  readonly answer: string;
}
type Options = { readonly count: number; readonly seed: number };

/** In the words of the lessons; one in four asks for what no page tells. */
export const in_their_words = (options: Options) =>
  examined("their words", options, (rng, page, language, pages) => {
    if (rng.chance(0.25)) return nothingKnown(rng, page, language, pages);
    const relation = rng.pick(page.thing.kind.relations.filter(({ id }) => page.told.includes(id)));
    return once(askAbout(rng, relation, page.thing, language), page.thing.facts[relation.id]!);
  });

/** In words that no lesson has; all of it stands on a page. */
export const in_other_words = (options: Options) =>
  examined("other words", options, (rng, page, language) => {
    const relation = rng.pick(page.thing.kind.relations.filter(({ id }) => page.told.includes(id)));
    const way = rng.pick(reworded(page.thing.kind.id, relation.id, language, "held_out"));
    return once(fill(way, page.thing) ?? page.thing.name, page.thing.facts[relation.id]!);
  });

/** The last question leaves out what an earlier one said; one in six goes on to a thing that no page is about. */
export const in_conversation = (options: Options) =>
  examined("conversation", options, (rng, _, language, pages) => {
    for (;;) {
      const { prompt, last } = talk(rng, pages, language, "held_out", rng.int(1, 3));
      const { thing, relation } = last;
      if (thing === undefined || relation === undefined || !last.follows) continue;
      if (rng.chance(1 / 6)) {
        const stranger = makeThing(rng, thing.kind, language, "held_out", () => []);
        const text = fill(rng.pick(shifts(language, "held_out")), stranger) ?? stranger.name;
        const before = talk(rng, [pages.find((page) => page.thing === thing)!], language, "held_out", 0);
        if (before.last.relation === undefined) continue;
        const said = { role: "assistant", content: `${thing.facts[before.last.relation.id] ?? unknown[language]}` } as const;
        return { prompt: [...before.prompt, said, { role: "user", content: text }], answer: unknown[language] };
      }
      return { prompt, answer: thing.facts[relation.id] ?? unknown[language] };
    }
  });

/** Of sorts that no lesson and no page has. */
export const of_other_sorts = (options: Options) =>
  examined("other sorts", options, (rng, page, language) => strange(rng, page, language));

const blocks = { split: "held_out", most: 6, draws: 1, shuffled: 0, absent: 0, mixed: 0 } as const;

/** Blocks in the order in which a search would show them; one question in five has no answer. */
export const read_their_words = (options: Options): Iterable<Row> => makeRows({ ...options, ...blocks, absent: 0.2 });

/** Blocks that tell what is asked for in words that no lesson has. */
export const read_other_words = (options: Options): Iterable<Row> => makeRows({ ...options, ...blocks, reworded: 1 });

/** Blocks that tell nothing of what is asked. */
export const read_other_sorts = (options: Options): Iterable<Row> => makeRows({ ...options, ...blocks, unfamiliar: 1 });

const once = (content: string, answer: string): Exam => ({ prompt: [{ role: "user", content }], answer });

const strange = (rng: Random, { thing }: Page, language: Language): Exam =>
  once(fill(rng.pick(unfamiliar(thing.kind.id, language, "held_out")), thing) ?? thing.name, unknown[language]);

/** A fact that the page leaves out, a thing that no page is about, or a sort of question that nothing answers. */
function nothingKnown(rng: Random, page: Page, language: Language, pages: readonly Page[]): Exam {
  const untold = page.thing.kind.relations.filter(({ id }) => !page.told.includes(id));
  if (untold.length > 0 && rng.chance(0.5)) return once(askAbout(rng, rng.pick(untold), page.thing, language), unknown[language]);
  if (rng.chance(0.5)) return strange(rng, page, language);
  const stranger = makeThing(rng, rng.pick(pages).thing.kind, language, "held_out", () => []);
  return once(plainly(rng.pick(stranger.kind.relations), stranger, language), unknown[language]);
}

type Ask = (rng: Random, page: Page, language: Language, pages: readonly Page[]) => Exam;

function* examined(name: string, { count, seed }: Options, ask: Ask): Generator<Exam> {
  const pages: Record<Language, Page[]> = { en: realPages("en"), ru: realPages("ru") };
  for (let i = 0; i < count; i++) {
    const rng = random(`${seed}/${name}/${i}`);
    const language: Language = rng.chance(0.5) ? "en" : "ru";
    const all = pages[language];
    yield ask(rng, rng.pick(rng.chance(0.5) ? all.filter((_, place) => crowded(place)) : all), language, all);
  }
}
