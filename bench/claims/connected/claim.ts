import { type Claim, estimate, last, plotted, runsOf, shown, together } from "../claim.ts";

const ways = [
  ["tuned", "two fine-tunes of one start"],
  ["alone", "two trainings with starts of their own"],
] as const;

export default {
  says: "Between two fine-tunes of one start the loss stays low along the straight line of weights; between two independent trainings it does not.",
  source:
    "Frankle et al. 2020, linear mode connectivity (arXiv 1912.05671), section 3; Neyshabur et al. 2020 (arXiv 2008.11687), section 3.4",
  seeds: [1, 2, 3],
  conclude(runs) {
    const of = (recipe: string, name: string) => estimate(runsOf(runs, recipe).map((run) => last(run, name)));
    const curves = ways.map(([recipe]) => together(runsOf(runs, recipe).map((run) => plotted(run, "loss"))));
    const ends = curves.map((curve) => (curve[0]!.y.mean + curve.at(-1)!.y.mean) / 2);
    const [tuned, alone] = ways.map(([recipe]) => of(recipe, "above_mean"));
    const apart = tuned!.high < alone!.low;
    const flat = tuned!.high < 0.1;
    return {
      verdict: apart && flat ? "reproduced" : apart ? "reproduced in part" : "not reproduced",
      because: `Above the mean of its ends, in nats a token, the line between two fine-tunes of one start rises by ${shown(tuned!)}, the line between two trainings of their own by ${shown(alone!)}; the ends have ${ends.map((end) => shown(end)).join(" and ")}.${apart && !flat ? " So they are nearer to connected by far, but not connected: at this rate the runs go far for weights so few." : ""}`,
      table: {
        head: ["line between", "loss at the ends", "barrier above their mean", "barrier above the line"],
        rows: ways.map(([recipe, words], i) => [words, ends[i]!, of(recipe, "above_mean"), of(recipe, "above_line")]),
      },
      panels: [
        {
          title: "Loss along the straight line, held out",
          x: "from one model to the other",
          y: "nats a token",
          span: [0, 1],
          series: ways.map(([, name], i) => ({ name, points: curves[i]! })),
        },
      ],
      setting:
        "Words of four letters are written in ciphers, one table of twelve letters each ([ciphers.ts](../worlds/ciphers.ts)), by a decoder of two layers and width 32. The start learns four ciphers in 600 steps, its two fine-tunes learn a fifth besides in 100 with other orders of the rows; the independent ones learn all five in 600 from other weights. Loss on 100 words that were not learned from, at eleven places.",
    };
  },
} satisfies Claim;
