/**
 * Walks of three steps over eight letters: a step from one to another is so likely as one table says, and earns what another says. All walks can be tried, so
 * that what a policy earns can be told as a share of the best walk, and what the best policies earn at each distance from the likely walks is known.
 */
import type { Answer, Dialog } from "neuro/runtime";
import { type Stream, stream } from "../../../runtime/random.ts";

type Question = { prompt: string };
type Stroll = { prompt: string; answer: string };

const letters = [..."abcdefgh"];
const steps = 3;
const places = letters.map((_, place) => place);

/** A number for each step, by the place that it leaves and the one that it enters. */
const drawn = (name: string, each: (source: Stream) => number): readonly (readonly number[])[] =>
  places.map((from) => {
    const source = stream(3, name, from);
    return places.map(() => each(source));
  });
/** What a step earns, 0 to 9. */
const gains = drawn("gains", (source) => source.below(10));
/** How likely a step is, in eighths of the likeliest ones. */
const odds = drawn("odds", (source) => 2 ** source.below(4));
const chances = odds.map((row) => row.map((odd) => odd / row.reduce((sum, x) => sum + x, 0)));

/** All walks from a place: how likely each is, and what it earns. */
function walks(from: number, length = steps): { chance: number; earns: number }[] {
  if (length === 0) return [{ chance: 1, earns: 0 }];
  return places.flatMap((next) =>
    walks(next, length - 1).map(({ chance, earns }) => ({
      chance: chances[from]![next]! * chance,
      earns: gains[from]![next]! + earns,
    })),
  );
}
/** The most that a walk from each place earns. */
const best = places.map((from) => Math.max(...walks(from).map(({ earns }) => earns)));

/** What an answer such as `b f a` to `from e` earns, as a share of the best walk, until its third step or until it enters what is no letter. */
export function share(answer: Answer, prompt: Dialog): number {
  const from = letters.indexOf(prompt.at(-1)!.content.at(-1)!);
  let [at, sum] = [from, 0];
  for (const letter of answer.text.trim().split(/\s+/).slice(0, steps)) {
    const next = letters.indexOf(letter);
    if (next < 0) break;
    sum += gains[at]![next]!;
    at = next;
  }
  return sum / best[from]!;
}

/**
 * The most that any policy earns at a distance from the likely walks: its odds are theirs times exp(share / β). For each β its divergence in nats an answer and
 * its mean share.
 */
export function frontier(βs: readonly number[]): { kl: number; reward: number }[] {
  const all = places.map((from) => walks(from).map(({ chance, earns }) => ({ chance, earns: earns / best[from]! })));
  const mean = (values: readonly number[]): number => values.reduce((sum, x) => sum + x, 0) / values.length;
  return βs.map((β) => {
    const each = all.map((of) => {
      const tilted = of.map(({ chance, earns }) => chance * Math.exp((earns - 1) / β));
      const sum = tilted.reduce((a, b) => a + b, 0);
      const reward = tilted.reduce((total, odd, i) => total + (odd / sum) * of[i]!.earns, 0);
      return { reward, kl: (reward - 1) / β - Math.log(sum) };
    });
    return { kl: mean(each.map(({ kl }) => kl)), reward: mean(each.map(({ reward }) => reward)) };
  });
}

/** The eight questions. */
export const starts = (): Iterable<Question> => letters.map((letter) => ({ prompt: `from ${letter}` }));

/** Likely walks, as a policy knows them before it learns what they earn. */
export function* strolls(count: number): Iterable<Stroll> {
  const source = stream(3, "strolls");
  const after = (at: number): number => {
    const from = source.uniform();
    const bounds = places.map((place) => chances[at]!.slice(0, place + 1).reduce((sum, x) => sum + x, 0));
    return Math.min(bounds.filter((bound) => bound <= from).length, letters.length - 1);
  };
  for (let i = 0; i < count; i++) {
    const from = i % letters.length;
    const path: number[] = [];
    for (let at = from; path.length < steps; path.push(at)) at = after(at);
    yield { prompt: `from ${letters[from]!}`, answer: path.map((place) => letters[place]!).join(" ") };
  }
}
