import { type Claim, estimate, plotted, shown, type Told, together } from "../claim.ts";

const curves = [
  ["best", "the best of 8 samples"],
  ["greedy", "greedy"],
  ["samples", "all samples"],
] as const;

/** What a run plotted after a round, the 0th being before any. */
const after = (run: Told, name: string, round: number): number => plotted(run, name)[round]![1];

export default {
  says: "CERL, learning round after round from the best of one's own answers, raises the greedy reward of the example's policy over five rounds.",
  source:
    "The talk's CERL; Touvron et al. 2023, Llama 2 (arXiv 2307.09288), section 3.2.3; Dong et al. 2023, RAFT (arXiv 2304.06767).",
  seeds: [1, 2, 3],
  recipes: ["cerl"],
  look: ["look"],
  conclude: (runs) => {
    const of = (name: string, round: number) => estimate(runs.map((run) => after(run, name, round)));
    const gain = (name: string) => estimate(runs.map((run) => after(run, name, 5) - after(run, name, 0)));
    const [greedy, samples, best, truth] = ["greedy", "samples", "best", "truth"].map(gain);
    const rises = greedy!.low > 0;
    return {
      verdict: rises ? "reproduced" : greedy!.mean > 0 ? "reproduced in part" : "not reproduced",
      because: `Over five rounds the greedy reward on questions that were not learned from rises by ${shown(greedy!)} (from ${shown(of("greedy", 0).mean)} to ${shown(of("greedy", 5).mean)}), that of all samples by ${shown(samples!)}, that of the best of eight by ${shown(best!)}: sampling has less and less to find that the policy does not say at once. The share of right answers, which the reward does not see, changes by ${shown(truth!)}.`,
      table: {
        head: ["after round", ...curves.map(([, name]) => `reward, ${name}`), "right answers, greedy"],
        rows: [0, 1, 2, 3, 4, 5].map((round) => [String(round), ...curves.map(([name]) => of(name, round)), of("truth", round)]),
      },
      panels: [
        {
          title: "What the policy's answers earn, held-out questions",
          x: "round",
          y: "reward",
          series: curves.map(([name, label]) => ({ name: label, points: together(runs.map((run) => plotted(run, name))) })),
        },
        {
          title: "Right answers, greedy: what the reward does not see",
          x: "round",
          y: "share of questions",
          series: [{ name: "greedy", points: together(runs.map((run) => plotted(run, "truth"))) }],
        },
      ],
      setting:
        "The example's policy of 1.4 million weights as its lessons left it (`examples/neuro/weights/sft.safetensors`), its judge and its reward. Each round draws eight answers at temperature 1.3 to each of 240 questions and learns once from the best of each; what is told is of 100 other questions, with names and sorts of question that occur in neither lessons nor rounds. The runs differ in what they draw and in the order in which they learn it.",
    };
  },
} satisfies Claim;
