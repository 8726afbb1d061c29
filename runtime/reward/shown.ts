/**
 * Which answers one would rather show: what a reward thinks of both sides of a pair, as odds. With it people are asked about answers that matter, not about
 * those that no user would see. Knows nothing of how people are asked.
 */
import type { Row } from "../data/row.ts";
import { judged, type RewardOf } from "../data/verdicts.ts";

/** The softmax of the rewards of a pair's answers, at its left one: how likely that would be shown instead of the right one. */
export async function shown(row: Row, by: RewardOf): Promise<number> {
  const side = (name: "left" | "right") => judged({ ...row, answer: row[name] as NonNullable<Row["answer"]> }, by, 1);
  const [left, right] = await Promise.all([side("left"), side("right")]);
  return 1 / (1 + Math.exp(right.reward - left.reward));
}
