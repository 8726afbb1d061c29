/** What people ask of a system that already answers: most of it as the lessons had it, four in ten of sorts that it never met. */
import { type Document, makeRealRows, makeRows, type Row } from "./rows.ts";

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

/** Questions of sorts that no lesson asks, nor any practice, over names never seen: nothing shown answers them. */
export function strangeExam(options: { count: number; seed: number }): Iterable<Row> {
  return makeRows({ ...options, split: "held_out", most: 6, draws: 1, shuffled: 0, absent: 0, mixed: 0, unfamiliar: 1 });
}

/** The same of the pages. */
export function strangePagesExam(options: { count: number; seed: number }): Iterable<Row> {
  return makeRealRows({ ...options, split: "held_out", most: 6, draws: 1, shuffled: 0, absent: 0, mixed: 0, unfamiliar: 1 });
}

/** What blocks or pages do tell, asked in words that neither lesson nor practice uses. */
export function rewordedExam(options: { count: number; seed: number }): Iterable<Row> {
  return makeRows({ ...options, split: "held_out", most: 6, draws: 1, shuffled: 0, absent: 0, mixed: 0, reworded: 1 });
}

/** The same of the pages. */
export function rewordedPagesExam(options: { count: number; seed: number }): Iterable<Row> {
  return makeRealRows({ ...options, split: "held_out", most: 6, draws: 1, shuffled: 0, absent: 0, mixed: 0, reworded: 1 });
}
