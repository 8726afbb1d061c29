/** The datasets of the spec: what the model learns from, and what it is examined on with names that it never saw. */
import { makeRealRows, makeRows, type Row } from "./rows.ts";

/** Rows for training: one quarter real names with mixed-up facts, the rest made up; half in ranked order, half shuffled. */
export function lessons(options: { count: number; seed: number }): Iterable<Row> {
  return makeRows({ ...options, split: "train", most: 6, draws: 2, shuffled: 0.5, absent: 0.35, mixed: 0.25 });
}

/** Rows for examination: held-out names only, blocks in ranked order as they come in serving. */
export function exam(options: { count: number; seed: number }): Iterable<Row> {
  return makeRows({ ...options, split: "held_out", most: 6, draws: 1, shuffled: 0, absent: 0.2, mixed: 0 });
}

/** The same with shuffled blocks, where the first block is no better guess than the last. */
export function shuffledExam(options: { count: number; seed: number }): Iterable<Row> {
  return makeRows({ ...options, split: "held_out", most: 6, draws: 1, shuffled: 1, absent: 0.2, mixed: 0 });
}

/** Questions over the pages that the example really reads. Their names occur in training, but never with these facts. */
export function pagesExam(options: { count: number; seed: number }): Iterable<Row> {
  return makeRealRows({ ...options, split: "held_out", most: 6, draws: 1, shuffled: 0, absent: 0.2, mixed: 0 });
}
