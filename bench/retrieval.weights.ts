// The weights of `fuse(.., by: scores(..))`, learned from judged questions: of a grid, the best for each of many samples of them, averaged (bagging: Breiman 1996),
// for the best of a few dozen questions alone is mostly chance. Knows nothing of specs.
import { stream } from "../runtime/random.ts";
import { fuse } from "../runtime/retrieve/fuse.ts";
import type { Docs, StageContext } from "../runtime/types.ts";

/** A question with what each list found for it, and how good an order of documents is. `part`: questions that are drawn together. */
export type Weighable = {
  readonly part: number;
  readonly lists: readonly Docs[];
  readonly value: (found: Docs) => number;
};

/** What each weighting of the grid is worth, question by question. */
export type Weighed = { readonly grid: readonly (readonly number[])[]; readonly of: ReadonlyMap<Weighable, readonly number[]> };

const steps = 10;
const samples = 200;

/** Every weighting in tenths of as many lists as the questions have, on every question. */
export function weighed(questions: readonly Weighable[]): Weighed {
  const grid = shares(questions[0]?.lists.length ?? 0, steps).map((parts) => parts.map((part) => part / steps));
  const one = ({ lists, value }: Weighable) =>
    grid.map((weights) => value(fuse(lists, { by: { kind: "scores", weights }, whole: true, top: 1000 }, quiet)));
  return { grid, of: new Map(questions.map((question) => [question, one(question)])) };
}

/** The weights for questions that are not among these, to hundredths. The same questions and seed give the same weights. */
export function bagged({ grid, of }: Weighed, questions: readonly Weighable[], seed: number): number[] {
  const parts = [...Map.groupBy(questions, ({ part }) => part).values()];
  const draws = stream(seed, "weights");
  const sums = grid[0]!.map(() => 0);
  for (let sample = 0; sample < samples; sample++) {
    const worth = grid.map(() => 0);
    for (let i = 0; i < parts.length; i++)
      for (const question of parts[draws.below(parts.length)]!)
        for (const [at, value] of of.get(question)!.entries()) worth[at]! += value;
    const best = grid[worth.indexOf(Math.max(...worth))]!;
    for (const [at, weight] of best.entries()) sums[at]! += weight / samples;
  }
  return sums.map((sum) => Number(sum.toFixed(2)));
}

/** All ways to share so many parts among so many. */
function shares(among: number, parts: number): number[][] {
  if (among <= 1) return [[parts]];
  return Array.from({ length: parts + 1 }, (_, first) => shares(among - 1, parts - first).map((rest) => [first, ...rest])).flat();
}

const quiet = { note() {} } as unknown as StageContext;
