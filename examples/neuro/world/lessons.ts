/** What the model learns from. */
import { makeRows, type Row } from "./rows.ts";

/** Rows for training: one quarter real names with mixed-up facts, the rest made up; half in ranked order, half shuffled. */
export function lessons(options: { count: number; seed: number }): Iterable<Row> {
  return makeRows({ ...options, split: "train", most: 6, draws: 2, shuffled: 0.5, absent: 0.35, mixed: 0.25 });
}
