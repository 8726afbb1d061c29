import { type Claim, type Estimate, estimate, fitted, last, runsOf, shown, type Told, together, trailing } from "../claim.ts";

const ways = [
  ["far_hard", "hard, from afar"],
  ["far_soft", "soft, from afar"],
  ["far_wide", "soft by 6 tokens, from afar"],
  ["near_hard", "hard, from where it is reached"],
] as const;
const [from, to] = [23, 24];

/** A mean over the answers of all steps. */
const all = (run: Told, name: string): number => {
  const points = fitted(run, name);
  return points.reduce((sum, [, y]) => sum + y, 0) / points.length;
};

export default {
  says: "A reward's smooth window teaches a policy that starts far away from it, where the hard window gives no signal.",
  source: "The talk's reward formula, which went from indicators to smoothed ones",
  seeds: [1, 2, 3],
  look: ["far_soft"],
  conclude(runs) {
    const of = (recipe: string, pick: (run: Told) => number) => estimate(runsOf(runs, recipe).map(pick));
    const after = (recipe: string) => of(recipe, (run) => last(run, "after"));
    const [hard, soft, wide, control] = ways.map(([recipe]) => after(recipe));
    // Learned is what most answers show. The hard window has no signal from afar, and it is the distance that takes it away.
    const learned = (share: Estimate): boolean => share.low > 0.5;
    const silent = hard!.high < 0.05 && learned(control!);
    return {
      verdict: learned(soft!) && silent ? "reproduced" : soft!.low > hard!.high ? "reproduced in part" : "not reproduced",
      because: `From songs of ${shown(of("far_hard", (run) => fitted(run, "length")[0]![1]))} tokens, with a window of ${from} to ${to}, ${shown(hard!)} of the answers are inside after learning by the hard window, ${shown(soft!)} by the soft one at its default width of one token, ${shown(wide!)} at six${wide!.low < soft!.low ? ", where policies overshoot the window at once and come back more slowly" : ""}. While the hard window was learned from, ${shown(of("far_hard", (run) => all(run, "inside")))} of all answers earned anything, so no group had two that differ. The hard window teaches as well (${shown(control!)}) where ${shown(of("near_hard", (run) => last(run, "before")))} of the answers reach it to begin with.`,
      table: {
        head: [
          "window",
          "inside before",
          "inside after",
          "length at first",
          "length in the end",
          "inside, of all answers learned from",
        ],
        rows: ways.map(([recipe, words]) => [
          words,
          of(recipe, (run) => last(run, "before")),
          after(recipe),
          of(recipe, (run) => fitted(run, "length")[0]![1]),
          of(recipe, (run) => fitted(run, "length").at(-1)![1]),
          of(recipe, (run) => all(run, "inside")),
        ]),
      },
      panels: [
        {
          title: "How long answers are",
          x: "step",
          y: "tokens",
          span: [0, 32],
          levels: [{ name: "the window", at: (from + to) / 2 }],
          series: ways.map(([recipe, name]) => ({
            name,
            points: together(runsOf(runs, recipe).map((run) => fitted(run, "length"))),
          })),
        },
        {
          title: "Answers inside the window",
          x: "step",
          y: "share, mean of four steps",
          span: [0, 1],
          series: ways.map(([recipe, name]) => ({
            name,
            points: together(runsOf(runs, recipe).map((run) => trailing(fitted(run, "inside"), 4))),
          })),
        },
      ],
      setting:
        "Songs of one word ([songs.ts](songs.ts)) by a decoder of one layer and width 32 that first learns to sing 3 to 6 words, or 15 to 31, in 300 steps; then 100 steps of RLOO, each on 64 answers, eight to a prompt, rate 0.003. A token is a word, or the end. At a width of one token the start's answers earn about exp(-18): nothing to a person, but RLOO compares answers with each other and AdamW divides by the size of the gradient, so their order is all that counts. Any penalty beside it would drown that, and a slope of six tokens would not. Learned means that the interval of the share lies above a half, for each window; that bound was set after these runs, before it was 0.9. The talk's window is 150 to 160.",
    };
  },
} satisfies Claim;
