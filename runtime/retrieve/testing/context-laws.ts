/** What holds of every context that `infocontext` makes, for tests to draw documents against. */
import fc from "fast-check";
import { openRun } from "../../pipeline/run.ts";
import type { Context, Doc } from "../../types.ts";
import { type InfoContextOptions, infocontext, roughOffsets } from "../infocontext.ts";

/** Runs the stage as a pipeline does. */
export function show(docs: readonly Doc[], given: readonly string[], options: InfoContextOptions): Promise<Context> {
  return openRun({ offsets: roughOffsets }).run.stage("infocontext", "x:1", (at) => infocontext(docs, given, options, at));
}

/** Documents of any size, in any script, with sizes and scores that nobody would choose. */
export const drawn = fc.record({
  texts: fc.array(
    fc.array(fc.constantFrom("red", "green", "needle", "a", ".", "\n\n", "Кошка", "  ", "😀", "unbelievably", "東京"), {
      maxLength: 80,
    }),
    { maxLength: 5 },
  ),
  block: fc.integer({ min: 1, max: 40 }),
  overlap: fc.integer({ min: 0, max: 50 }),
  budget: fc.integer({ min: 0, max: 160 }),
  scores: fc.array(fc.double({ min: -2, max: 2, noNaN: true }), { minLength: 1, maxLength: 20 }),
  full: fc.constantFrom("cut", "stop", "skip"),
  order: fc.constantFrom("best", "original", "edges"),
});

type Drawn = typeof drawn extends fc.Arbitrary<infer T> ? T : never;

/** What is wrong with a context, in words; undefined where every law holds. */
export async function broken({ texts, scores, full, order, ...sizes }: Drawn): Promise<string | undefined> {
  const docs = texts.map(
    (words, i): Doc => ({ id: `d${i}`, title: `t${i}`, url: "", text: words.join(" "), score: scores[i % scores.length]! }),
  );
  const by = {
    scores: async (_: readonly string[], all: readonly string[]) => all.map((_text, i) => scores[i % scores.length]!),
  };
  const asked = async (budget: number) =>
    show(docs, ["needle"], { ...sizes, budget, full: { kind: full as "cut" }, order: { kind: order as "best" }, by });
  const { blocks, tokens } = await asked(sizes.budget);
  if (tokens > sizes.budget) return `${tokens} tokens of ${sizes.budget}`;
  if (blocks.some(({ number }, i) => number !== i + 1)) return "numbers out of order";
  const shown = new Map<string, Set<number>>();
  for (const { doc, start, end, text } of blocks) {
    if (doc.text.slice(start, end) !== text) return "a text that is not its document's";
    const own = shown.get(doc.id) ?? new Set();
    for (let at = start; at < end; at++) {
      if (own.has(at)) return "a character shown twice";
      own.add(at);
    }
    shown.set(doc.id, own);
  }
  const counted = docs.reduce((sum, doc) => sum + roughOffsets(doc.text).filter((at) => shown.get(doc.id)?.has(at)).length, 0);
  if (counted !== tokens) return `${counted} tokens shown, ${tokens} told`;
  if (order === "original") {
    const places = blocks.map(({ doc, start }) => [docs.findIndex(({ id }) => id === doc.id), start] as const);
    if (
      places.some(
        ([doc, start], i) => i > 0 && (doc < places[i - 1]![0] || (doc === places[i - 1]![0] && start < places[i - 1]![1])),
      )
    )
      return "another order";
  }
  if (full === "skip") return undefined;
  const larger = await asked(sizes.budget + 7);
  const more = (id: string, at: number) => larger.blocks.some(({ doc, start, end }) => doc.id === id && at >= start && at < end);
  for (const [id, own] of shown) for (const at of own) if (!more(id, at)) return "a larger budget that shows less";
  return undefined;
}
