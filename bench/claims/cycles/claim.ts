import { type Claim, estimate, fitted, shown, type Told, together } from "../claim.ts";

const judges = ["Bradley-Terry", "general preference", "PairPM"] as const;
/** Which duels, and the best that any ranking gets right of them. */
const sets = [
  { name: "circle of 3", most: 2 / 3 },
  { name: "circle of 5", most: 4 / 5 },
  { name: "circle of 7", most: 6 / 7 },
  { name: "in order", most: 1 },
] as const;
/** The recipe fits the judges in order, on one set after another; each step sees all duels, so its accuracy is that of all. */
const accuracy = (run: Told, set: number, judge: number) => fitted(run, "accuracy", set * judges.length + judge);
const share = (run: Told, set: number, judge: number): number => accuracy(run, set, judge).at(-1)![1];

export default {
  says: "Where preferences run in circles, Bradley-Terry stays at the best that a ranking can do (2/3 of a circle of three); the general preference model and a judge of both answers at once (PairPM) get all of them right.",
  source: "Zhang et al. 2024 (arXiv 2410.02197), section 3 and table 1; Jiang, Ren, Lin 2023 (arXiv 2306.02561).",
  conclude(runs) {
    const of = (set: number, judge: number) => estimate(runs.map((run) => share(run, set, judge)));
    const grid = sets.map((_, set) => judges.map((_, judge) => of(set, judge)));
    const ceiling = grid.every(([ranking], set) => Math.abs(ranking!.mean - sets[set]!.most) < 1e-6);
    const whole = grid.every(([, points, pairs]) => Math.min(points!.mean, pairs!.mean) === 1);
    return {
      verdict: ceiling && whole ? "reproduced" : whole ? "reproduced in part" : "not reproduced",
      because: `Bradley-Terry gets ${grid.map(([ranking]) => shown(ranking!)).join(", ")} of the duels in circles of 3, 5 and 7 and in order right, where a ranking can get ${sets.map(({ most }) => shown(most)).join(", ")}; general preference ${grid.map((row) => shown(row[1]!)).join(", ")}, PairPM ${grid.map((row) => shown(row[2]!)).join(", ")}.`,
      table: {
        head: ["duels", "any ranking, at most", ...judges],
        rows: sets.map(({ name, most }, set) => [name, most, ...grid[set]!]),
      },
      panels: [
        {
          title: "Duels called rightly, circles of 3",
          x: "step",
          y: "share of duels",
          span: [0, 1],
          levels: [{ name: "2/3", at: 2 / 3 }],
          series: judges.map((name, judge) => ({ name, points: together(runs.map((run) => accuracy(run, 0, judge))) })),
        },
        {
          title: "Duels called rightly in the end",
          y: "share of duels",
          span: [0, 1],
          bars: sets.flatMap(({ name }, set) =>
            ["BT", "GPM", "both"].map((short, judge) => ({
              name: judge === 1 ? `${short}\n${name}` : short,
              value: grid[set]![judge]!,
              colour: judge,
            })),
          ),
        },
      ],
      setting:
        "Six prompts with a circle each ([duels.ts](duels.ts)); every answer beats the next in 90% of votes, the last beats the first in 80%, so that the best ranking is the one that gives up that duel. In a circle whose duels are equally sure, the best scores are all equal and accuracy is chance. Encoders of one layer, width 32; 150 steps over all duels; the control is in order, all pairs of five answers.",
    };
  },
} satisfies Claim;
