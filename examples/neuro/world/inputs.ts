/** What a search hands on, for the model that ranks it: a question over an invented world, and documents of which at most one tells. */

import type { Language } from "./names.ts";
import { prose } from "./prose.ts";
import { type Random, random } from "./random.ts";
import { mixedWorld } from "./real.ts";
import type { Document } from "./rows.ts";
import { thread } from "./threads.ts";
import { unfamiliar } from "./unfamiliar.ts";
import { askAbout, fill, makeWorld, type Page } from "./worlds.ts";

/** A question with its documents, as `expected` of the language takes it. */
export interface Input {
  readonly prompt: string;
  readonly documents: readonly Document[];
}

const worldSize = 20;
const inputsPerWorld = 10;

/** Questions of which one in eight has no answer anywhere; the documents of each in no order. */
export function* inputs({ count, seed }: { count: number; seed: number }): Generator<Input> {
  for (let made = 0, w = 0; made < count; w++) {
    const rng = random(`${seed}/inputs/${w}`);
    const language: Language = rng.chance(0.5) ? "en" : "ru";
    const pages = rng.chance(0.4) ? mixedWorld(rng, language, worldSize) : makeWorld(rng, language, "train", worldSize);
    for (let i = 0; i < inputsPerWorld && made < count; i++, made++) yield inputOf(rng, pages, rng.pick(pages), language);
  }
}

function inputOf(rng: Random, pages: readonly Page[], page: Page, language: Language): Input {
  const { thing, told } = page;
  const strange = rng.chance(0.125);
  const relation = rng.pick(thing.kind.relations.filter(({ id }) => told.includes(id)));
  const prompt = strange
    ? (fill(rng.pick(unfamiliar(thing.kind.id, language, "train")), thing) ?? thing.name)
    : askAbout(rng, relation, thing, language);
  const akin = rng.shuffle(pages.filter((other) => other !== page && other.thing.kind === thing.kind)).slice(0, 1);
  const documents = [
    page,
    thread(rng, thing, language),
    ...akin,
    rng.chance(0.5) ? rng.pick(prose[language]) : thread(rng, rng.pick(pages).thing, language),
  ];
  return {
    prompt,
    documents: rng.shuffle(documents).map(({ title, text }) => ({ title, text, url: `world:${encodeURIComponent(title)}` })),
  };
}
