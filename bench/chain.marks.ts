// What an answer of bench/chain.neuro earns: whether it says what was asked for.
import { contains, wordF1 } from "../runtime/evaluate/index.ts";
import type { Answer } from "../runtime/types.ts";

/** 1 where the answer says one of the answers that people gave; else the share of the best one's words that it says. */
export function holds(answer: Answer, golds: readonly string[]): number {
  if (!answer.known || answer.text.trim() === "") return 0;
  return contains(answer.text, golds) > 0 ? 1 : wordF1(answer.text, golds);
}
