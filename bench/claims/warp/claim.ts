import { type Claim, type Estimate, estimate, fitted, last, plotted, shown, type Told, trailing } from "../claim.ts";
import type { Panel } from "../picture.ts";
import { frontier } from "../worlds/walks.ts";

type Point = readonly [kl: number, reward: number];
const rounds = [1, 2, 3] as const;
const members = [0, 1] as const;
/** Distances at which fronts are compared and drawn, in nats an answer. */
const grid = [0.5, 1, 1.5, 2, 2.5, 3];

/** A point that a run plotted under two names. */
function point(run: Told, name: string, x: number): Point {
  const of = (part: string): number => plotted(run, `${name}_${part}`).find(([at]) => at === x)![1];
  return [of("kl"), of("reward")];
}
/** From the start to what a round merged, in six steps. */
const front = (run: Told, round: number): Point[] => [
  [0, last(run, "start_reward")],
  ...[1, 2, 3, 4, 5, 6].map((k) => point(run, "ball", 10 * round + k)),
];
/** Where a fit was, step by step: the means of 20 steps, 1280 answers. The two of each round follow one another. */
function path(run: Told, which: number): Point[] {
  const [kl, reward] = [trailing(fitted(run, "kl", which), 20), trailing(fitted(run, "reward", which), 20)];
  return kl.map(([, x], i) => [x, reward[i]![1]] as const).slice(19);
}
/** The most that a curve earns no further from the start than `kl`. */
function within(curve: readonly Point[], kl: number): number {
  const crossings = curve.slice(1).flatMap(([x1, y1], i) => {
    const [x0, y0] = curve[i]!;
    return (x0 - kl) * (x1 - kl) < 0 ? [y0 + ((kl - x0) / (x1 - x0)) * (y1 - y0)] : [];
  });
  return Math.max(...crossings, ...curve.filter(([x]) => x <= kl).map(([, y]) => y));
}
const mean = (values: readonly number[]): number => values.reduce((sum, x) => sum + x, 0) / values.length;
/** The furthest that the curves of all runs reach. */
const reach = (curves: readonly (readonly Point[])[]): number =>
  Math.min(...curves.map((curve) => Math.max(...curve.map(([x]) => x))));

/** What the runs say, seed by seed and on average. */
function measured(runs: readonly Told[]) {
  // What a seed's start and draws have in common is taken out: differences seed by seed.
  const each = (of: (run: Told) => number): Estimate => estimate(runs.map(of));
  const overRounds = (of: (run: Told, round: number) => number) => (run: Told) => mean(rounds.map((round) => of(run, round)));
  const sphere = each(overRounds((run, i) => point(run, "ball", 10 * i + 6)[1] - point(run, "line", 10 * i)[1]));
  const further = each(overRounds((run, i) => point(run, "ball", 10 * i + 6)[0] - point(run, "line", 10 * i)[0]));
  const alike = each(
    overRounds((run, i) => {
      const [kl, reward] = point(run, "line", 10 * i);
      return within(front(run, i), kl) - reward;
    }),
  );
  const overMembers = (round: number) => (run: Told) =>
    mean(
      members.map((m) => {
        const [kl, reward] = point(run, "run", 10 * round + m);
        return within(front(run, round), kl) - reward;
      }),
    );
  const single = rounds.map((round) => each(overMembers(round)));
  const all = each((run) => mean(rounds.map((round) => overMembers(round)(run))));
  const near = grid.filter((kl) => kl <= reach(runs.flatMap((run) => [front(run, 1), front(run, 3)])));
  const again = each((run) => mean(near.map((kl) => within(front(run, 3), kl) - within(front(run, 1), kl))));
  const runs0 = each((run) => mean(members.map((m) => point(run, "run", 10 + m)[0])));
  const ends = (name: string, at: number, part: 0 | 1) => rounds.map((i) => each((run) => point(run, name, 10 * i + at)[part]));
  return { each, sphere, further, alike, single, all, near, again, runs0, ends };
}

/** Fronts within a distance, and the bars of each round's merges. */
function panelsOf(runs: readonly Told[], { each, ends }: ReturnType<typeof measured>): Panel[] {
  const series = (name: string, curve: (run: Told) => readonly Point[]) => {
    const far = reach(runs.map(curve));
    return {
      name,
      points: grid.filter((kl) => kl <= far).map((kl) => ({ x: kl, y: each((run) => within(curve(run), kl)) })),
      look: "joined" as const,
    };
  };
  const best = frontier(Array.from({ length: 60 }, (_, i) => 0.014 * 1.1 ** i));
  return [
    {
      title: "The most earned within a distance",
      x: "nats from the start, an answer",
      y: "share of the best walk",
      series: [
        series("a single run, round 1", (run) => path(run, 0)),
        ...rounds.map((round) => series(`merged and drawn back, round ${round}`, (run) => front(run, round))),
        {
          name: "the most there is",
          points: best.filter(({ kl }) => kl >= grid[0]! && kl <= grid.at(-1)!).map(({ kl, reward }) => ({ x: kl, y: reward })),
          look: "line" as const,
        },
      ],
    },
    {
      title: "Averaged and on the sphere",
      y: "share of the best walk",
      bars: rounds.flatMap((round, i) =>
        (["run", "line", "ball"] as const).map((name, colour) => ({
          name: colour === 1 ? `${name}\nround ${round}` : name,
          value: name === "ball" ? ends("ball", 6, 1)[i]! : ends(name, 0, 1)[i]!,
          colour,
        })),
      ),
    },
  ];
}

export default {
  says: "Policies that reinforcement moved apart are worth more merged on the sphere than averaged; merged and drawn back towards the start they earn more than the single runs at an equal distance from it; and the next round, begun part of the way there, earns more again.",
  source: "Ramé et al. 2024, WARP (arXiv 2406.16768), sections 3 and 4, algorithm 1",
  seeds: [1, 2, 3],
  conclude(runs) {
    const found = measured(runs);
    const { each, sphere, further, alike, single, all, near, again, runs0, ends } = found;
    const held = [sphere, all, again].map(({ low }) => low > 0);
    return {
      verdict: held.every(Boolean) ? "reproduced" : held.some(Boolean) ? "reproduced in part" : "not reproduced",
      because: `Merged on the sphere, two runs earn ${shown(sphere)} more of the best walk than averaged, and are ${shown(further)} nats further from the start (means of three rounds, seed by seed); at the average's own distance, ${shown(alike)} more. At the distance where a single run ended, its round's merge drawn back towards the start earns ${shown(all)} more than the run. The third round's front is ${shown(again)} above the first's (at ${near.join(", ")} nats).${all.low > 0 ? "" : ` The two runs of a round went nearly the same way: their average is as far from the start as they are (${shown(ends("line", 0, 0)[0]!)} and ${shown(runs0)} nats in the first round), where the paper's task vectors are at right angles, so there is little that a merge could average away. With eight answers a step instead of 64, so that gradients are noisier, one seed looked the same.`}`,
      table: {
        head: [
          "round",
          "runs: nats",
          "earn",
          "averaged: nats",
          "earn",
          "on the sphere: nats",
          "earn",
          "drawn back to a run's nats, over the run",
        ],
        rows: rounds.map((round, i) => [
          String(round),
          ...([0, 1] as const).map((part) => each((run) => mean(members.map((m) => point(run, "run", 10 * round + m)[part])))),
          ends("line", 0, 0)[i]!,
          ends("line", 0, 1)[i]!,
          ends("ball", 6, 0)[i]!,
          ends("ball", 6, 1)[i]!,
          single[i]!,
        ]),
      },
      panels: panelsOf(runs, found),
      setting:
        "Walks of three steps over eight letters, from a chain that is known, with gains that are not ([walks.ts](../worlds/walks.ts)); a decoder of one layer and width 32 learns 2,000 walks, and then what they earn. Two runs a round, 150 steps each of 8 questions with 8 answers: policy gradients of the reward less 0.1 (log π - log anchor), the anchor a moving average that follows with 0.99; the next round begins at η = 0.3. A front is the line of weights from the start to what a round merged on the sphere, at six places; a point of it is measured with 1,024 answers. Two task vectors of equal length at right angles meet on the sphere √2 times further along the very line on which their average lies, so at the average's own distance there is little that could differ. Seed 1 was seen while the sizes were settled.",
    };
  },
} satisfies Claim;
