import { type Claim, estimate, last, runsOf, shown } from "../claim.ts";

const ways = [
  ["mixed", "UL2's mixture of denoisers"],
  ["alone", "each word from those before it"],
  ["untaught", "no texts before"],
] as const;

const names = { classes: "what about", rest: "how on" };

export default {
  says: "Learned by a mixture of denoisers, one model is good at telling what texts are about and at going on with them; learned causally alone, it is less so.",
  source: "Tay et al. 2022, UL2 (arXiv 2205.05131), section 4",
  seeds: [1, 2, 3],
  conclude: (runs) => {
    const of = (recipe: string, probe: string) => estimate(runsOf(runs, recipe).map((run) => last(run, probe)));
    const [mixed, alone] = ["mixed", "alone"].map((recipe) => ({ classes: of(recipe, "classes"), rest: of(recipe, "rest") }));
    const better = (probe: "classes" | "rest"): boolean => mixed![probe].high < alone![probe].low;
    const wins = [better("classes"), better("rest")].filter(Boolean).length;
    const told = (probe: "classes" | "rest"): string =>
      `${shown(mixed![probe].mean)} against ${shown(alone![probe].mean)} nats a token`;
    return {
      verdict: wins === 2 ? "reproduced" : wins === 1 ? "reproduced in part" : "not reproduced",
      because: `On texts that were not seen, what they are about costs ${told("classes")}, and how they go on ${told("rest")} (UL2's mixture, then causal alone), three seeds each. A probe counts where the intervals do not meet. These texts are so short and so regular that going on with them is what causal learning practises in every row, and the mixture in one of seven; the paper's gains are of long texts and large models.`,
      table: {
        head: ["learned from texts by", "classification (nats a token)", "generation (nats a token)"],
        rows: ways.map(([recipe, name]) => [name, of(recipe, "classes"), of(recipe, "rest")]),
      },
      panels: [
        {
          title: "What a few labelled texts then teach",
          y: "nats a token, unseen texts",
          bars: (["classes", "rest"] as const).flatMap((probe) =>
            ways.map(([recipe], i) => ({ name: `${recipe}\n${names[probe]}`, value: of(recipe, probe), colour: i })),
          ),
        },
      ],
      setting:
        "One decoder of two layers and width 32 that reads what is given both ways (`prefix: true`), 500 steps on 600 texts of twelve words, then 60 steps on 24 rows of each probe; losses on 120 rows that were not seen.",
    };
  },
} satisfies Claim;
