import { type Claim, type Estimate, estimate, last, plotted, runsOf, shown, type Told } from "../claim.ts";
import type { Panel } from "../picture.ts";

const ways = [
  ["extremes_once", "extremes, one a prompt"],
  ["random_once", "random, one a prompt"],
  ["random_often", "random, four a prompt"],
  ["extremes_often", "extremes, four a prompt"],
] as const;
const rounds = 4;
const stepsOfRound = 20;
/** Where policies are compared at the same divergence from the start, in nats an answer. */
const near = 2;

type Look = readonly [kl: number, worth: number];
const looks = (run: Told): readonly Look[] => plotted(run, "worth");

/** What answers earn where the divergence first gets to `near`, on the line between the looks before and after. */
function atNear(run: Told): number {
  const all = looks(run);
  const after = all.findIndex(([kl]) => kl >= near);
  if (after < 1) return all.at(-1)![1];
  const [[k0, w0], [k1, w1]] = [all[after - 1]!, all[after]!];
  return w0 + ((w1 - w0) * (near - k0)) / (k1 - k0);
}
/** Three ways of saying what a run came to. */
const ends = (run: Told): number => looks(run).at(-1)![1];
const best = (run: Told): number => Math.max(...looks(run).map(([, worth]) => worth));
const measures = [best, ends, atNear] as const;

/** The mean over the seeds of a way of pairing, of what is picked of its runs. */
type Mean = (recipe: string, pick: (run: Told) => number) => Estimate;

/** What answers earn step by step, and how far from the start that is. */
const panelsOf = (of: Mean): Panel[] => [
  {
    title: "What answers earn, other prompts",
    x: "steps",
    y: "reward",
    series: ways.map(([recipe, name]) => ({
      name,
      points: Array.from({ length: rounds + 1 }, (_, i) => ({
        x: i * stepsOfRound,
        y: of(recipe, (run) => looks(run)[i]![1]),
      })),
    })),
  },
  {
    title: "And how far from the start that is",
    x: "nats an answer",
    y: "reward",
    series: ways.map(([recipe, name]) => ({
      name,
      look: "joined",
      points: Array.from({ length: rounds + 1 }, (_, i) => ({
        x: of(recipe, (run) => looks(run)[i]![0]).mean,
        y: of(recipe, (run) => looks(run)[i]![1]),
      })),
    })),
  },
];

export default {
  says: "For direct preference from one's own samples, random pairs with sigma(r1 - r2) over a gap are better than the best of 50 against the worst, which improves only weakly.",
  source: "The talk's synthetic pairs; direct preference: Rafailov et al. 2023 (arXiv 2305.18290) equation 7",
  look: ["extremes_often"],
  conclude(runs) {
    const of: Mean = (recipe, pick) => estimate(runsOf(runs, recipe).map(pick));
    // What a seed's start and samples have in common is taken out.
    const ahead = (recipe: string, rival: string): readonly Estimate[] => {
      const rivals = runsOf(runs, rival);
      return measures.map((pick) => estimate(runsOf(runs, recipe).map((run, i) => pick(run) - pick(rivals[i]!))));
    };
    const once = ahead("random_once", "extremes_once");
    const often = ahead("random_often", "extremes_often");
    const sampled = ahead("random_often", "extremes_once");
    const better = ([atBest, atEnd]: readonly Estimate[]): boolean => atBest!.low > 0 && atEnd!.low > 0;
    const some = [...once, ...often, ...sampled].some(({ low }) => low > 0);
    const verdict = better(once) && better(often) ? "reproduced" : some ? "reproduced in part" : "not reproduced";
    const told = (differences: readonly Estimate[]): string => differences.map(shown).join(", ");
    const away = (recipe: string): string => shown(of(recipe, (run) => looks(run).at(-1)![0]));
    const [atBest, atEnd] = once;
    const kept = atEnd!.low > 0 && atBest!.low <= 0;
    const reason = kept
      ? ` With one pair a prompt the random ones are ahead in the end, but at their best looks neither is, and the extremes do not improve only weakly: they lose again what they have learned, as the policy goes ${away("extremes_once")} nats from the start, with random ones ${away("random_once")}. Pairs of extremes are so far apart that driving them further apart says nothing of the reward any more; random ones forgive training for too long. Rewards here are exact; the talk's came from a judge, whose mistakes the best of 50 would seek out.`
      : "";
    return {
      verdict,
      because: `Answers earn ${shown(of("random_once", (run) => looks(run)[0]![1]))} at the start, and the best of 50 ${shown(of("random_often", (run) => last(run, "best")))}. At equal numbers of pairs and steps, random ones are ahead by ${told(once)} with one pair a prompt (at the best look, in the end, at ${near} nats from the start), by ${told(often)} with four. From equal samples, four random pairs a prompt are ahead of one of extremes by ${told(sampled)}.${reason}`,
      table: {
        head: ["pairs", "how many", "r1 - r2", "earned at the best look", "in the end", `at ${near} nats`, "nats in the end"],
        rows: ways.map(([recipe, words]) => [
          words,
          of(recipe, (run) => last(run, "pairs")),
          of(recipe, (run) => last(run, "margin")),
          ...measures.map((pick) => of(recipe, pick)),
          of(recipe, (run) => looks(run).at(-1)![0]),
        ]),
      },
      panels: panelsOf(of),
      setting:
        "Lines of six words for a theme ([lines.ts](lines.ts)), each word worth what a drawn table says to its theme, exactly; a decoder of one layer and width 32 first learns lines of random words of each theme. 50 samples to each of 128 prompts, four times as many where there are four pairs of extremes; a gap of 0.7; DPO with β = 0.1, 80 steps of 32 pairs, rate 0.001, begun anew every 20 steps, where eight answers to each of 128 other prompts are drawn and scored. The talk's rewards are a judge's, its pairs from far more prompts.",
    };
  },
} satisfies Claim;
