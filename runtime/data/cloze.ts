/**
 * Questions that nobody asked: a sentence of a document asks for the rest of it (the inverse cloze task: Lee, Chang and Toutanova 2019, "Latent retrieval",
 * section 4), its title for its text. A scout learns from them where no questions are at hand. Knows nothing of models.
 */

import { type Seed, stream } from "../random.ts";
import { sentences } from "../retrieve/analysis/sentences.ts";
import { seedOfDraws } from "../step.ts";
import { type Row, type Rows, toRow } from "./row.ts";

/** How rows are drawn: passes over the texts, the share of rows whose document keeps the sentence, the least letters of a sentence. */
export type ClozeOptions = { readonly each: number; readonly keep: number; readonly least: number; readonly seed: Seed };

type Text = { readonly title?: string; readonly text: string };

/**
 * `each` rows of every text that has two sentences, one in each pass over all texts, so that rows of one text stand far apart: no sentence asks twice before
 * all have. In the first pass a title asks, where the text does not begin with it. The same texts and seed give the same rows.
 */
export async function* cloze(texts: Rows, { each, keep, least, seed }: ClozeOptions): AsyncGenerator<Row> {
  const all: { readonly doc: Text; readonly parts: readonly { start: number; end: number; text: string }[] }[] = [];
  for await (const one of texts) {
    const doc = one as Text;
    const parts = sentences(doc.text).filter(({ text }) => text.length >= least);
    if (parts.length > 0) all.push({ doc, parts });
  }
  const draws = seedOfDraws(seed);
  for (let pass = 0; pass < each; pass++)
    for (const [at, { doc, parts }] of all.entries()) {
      const { title = "", text } = doc;
      const titled = title !== "" && !text.startsWith(title);
      if (pass === 0 && titled) yield rowOf(title, "", text);
      else if (parts.length > 1) {
        const part = parts[place(pass - (titled ? 1 : 0), parts.length, draws, at)]!;
        const kept = stream(draws, "kept", at, pass).uniform() < keep;
        const rest = kept ? text : `${text.slice(0, part.start).trimEnd()} ${text.slice(part.end).trimStart()}`.trim();
        yield rowOf(part.text, title, rest);
      }
    }
}

/** Which sentence asks in a pass: an order of all is drawn for every round of them. */
function place(turn: number, count: number, seed: Seed, text: number): number {
  const draw = stream(seed, "order", text, Math.floor(turn / count));
  const order = Array.from({ length: count }, (_, at) => ({ at, by: draw.uniform() })).sort((a, b) => a.by - b.by);
  return order[turn % count]!.at;
}

const rowOf = (question: string, title: string, text: string): Row =>
  toRow({ prompt: [{ role: "user", content: question }], documents: [{ title, text }] }, "a row of cloze");
