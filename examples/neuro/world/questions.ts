/** What people ask of a system that already answers: most of it as the lessons had it, four in ten of sorts that it never met. */
import { type Document, makeRows, type Row } from "./rows.ts";

/** A question with the answer that is expected, which nothing learns from. */
export type Asked = { readonly prompt: string; readonly documents: readonly Document[]; readonly expected: string };

const hard = { most: 6, draws: 1, shuffled: 0.5, absent: 0.15, mixed: 0.25, unfamiliar: 0.4 };

/** Questions to practise on, answers included for whoever judges. */
export function questions(options: { count: number; seed: number }): Iterable<Asked> {
  return asked(makeRows({ ...options, ...hard, split: "train" }));
}

/** Questions about names, and of sorts, that occur nowhere else. */
export function unseen(options: { count: number; seed: number }): Iterable<Asked> {
  return asked(makeRows({ ...options, ...hard, split: "held_out" }));
}

function* asked(rows: Iterable<Row>): Generator<Asked> {
  for (const { prompt, documents, answer } of rows) yield { prompt, documents, expected: answer };
}
