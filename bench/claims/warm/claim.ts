import { type Claim, type Estimate, estimate, last, plotted, shown, type Told } from "../claim.ts";

const measures = {
  believed: "wrong labels it agrees with",
  near: "right, answers like those learned from",
  far: "right, other words and longer",
  best4: "worth of the best of 4",
  best16: "worth of the best of 16",
  best64: "worth of the best of 64",
} as const;
type Measure = keyof typeof measures;
const judges = [
  ["single", "one judge"],
  ["all", "all six asked"],
  ["soup", "mean of weights"],
] as const;
type Who = (typeof judges)[number][0];

/** What a judge was measured at in a run; of single ones the mean over the six. */
function of(run: Told, who: Who, name: Measure): number {
  if (who !== "single") return last(run, `${who}_${name}`);
  const each = plotted(run, name);
  return each.reduce((sum, [, y]) => sum + y, 0) / each.length;
}

export default {
  says: "The mean of the weights of several judges that learned the same labels is right more often than one of them, also where answers differ from those learned from, and learns fewer wrong labels by heart than one or than all of them asked together.",
  source: "Ramé et al. 2024, WARM (arXiv 2401.12187), sections 3 and 4",
  conclude(runs) {
    const mean = (who: Who, name: Measure): Estimate => estimate(runs.map((run) => of(run, who, name)));
    // What a seed's start has in common is taken out: differences seed by seed.
    const over = (who: Who, name: Measure): Estimate => estimate(runs.map((run) => of(run, "soup", name) - of(run, who, name)));
    const start = (name: "near" | "far" | "believed"): Estimate => estimate(runs.map((run) => last(run, `start_${name}`)));
    const better = [over("single", "near").low > 0, over("single", "far").low > 0];
    const forgets = [over("single", "believed").high < 0, over("all", "believed").high < 0];
    const held = [...better, ...forgets];
    const names = Object.keys(measures) as Measure[];
    return {
      verdict: held.every(Boolean) ? "reproduced" : held.some(Boolean) ? "reproduced in part" : "not reproduced",
      because: `The mean of weights calls ${shown(mean("soup", "near"))} of clean pairs rightly, one judge ${shown(mean("single", "near"))} (seed by seed ahead by ${shown(over("single", "near"))}), all six asked ${shown(mean("all", "near"))} (${shown(over("all", "near"))}); where answers are longer and of other words, ahead of one by ${shown(over("single", "far"))} and of all six by ${shown(over("all", "far"))}. Of the labels that are wrong it agrees with ${shown(mean("soup", "believed"))}, one judge with ${shown(mean("single", "believed"))}, all six with ${shown(mean("all", "believed"))}. The best of 64 answers to it is worth ${shown(over("single", "best64"))} deviations more than the best to one judge, and ${shown(over("all", "best64"))} against all six. The start, after 50 steps, calls ${shown(start("near"))} and ${shown(start("far"))} rightly: averaging gives back what 300 more steps on labels that are partly wrong took from each judge, and stopping early would have done nearly as much.`,
      table: {
        head: ["", ...judges.map(([, words]) => words), "mean of weights less one", "less all six"],
        rows: names.map((name) => [
          measures[name],
          ...judges.map(([who]) => mean(who, name)),
          over("single", name),
          over("all", name),
        ]),
      },
      panels: [
        {
          title: "Pairs called rightly; wrong labels agreed with",
          y: "share",
          span: [0, 1],
          bars: (["near", "far", "believed"] as const).flatMap((name) =>
            judges.map(([who], i) => ({ name: i === 1 ? `${who}\n${name}` : who, value: mean(who, name), colour: i })),
          ),
        },
        {
          title: "Worth of the best of n answers to a judge",
          x: "log2 n",
          y: "deviations above the mean",
          series: judges.map(([who, name]) => ({
            name,
            points: ([4, 16, 64] as const).map((n) => ({ x: Math.log2(n), y: mean(who, `best${n}`) })),
            look: "joined" as const,
          })),
        },
      ],
      setting:
        "Answers of six letters, each worth what a table says, or the opposite after two of them ([answers.ts](answers.ts)). Encoders of two layers and width 32 learn 1,500 pairs, a quarter of whose labels are wrong: 50 steps for the start, from there 300 more, six times, with other orders of the rows. `near` are 600 clean pairs of the same kind, `far` of ten letters, the rare ones often. All six asked: the mean of their log-odds, six times the cost. The paper's judges differ in rates, dropout and starts as well. Seed 1 was seen while the number of labels was settled, between 1,000 (all learn wrong labels by heart, the mean of weights far fewer) and 2,000 (nearly none do).",
    };
  },
} satisfies Claim;
