/**
 * Walks of five steps over eight letters. Each letter has doors to four others, and each door earns what a drawn table says; a walk ends where it goes
 * through no door. What the best walks earn is found by dynamic programming, so that a policy's earnings can be told as a share of the optimum.
 */
import type { Answer, Dialog } from "neuro/runtime";
import { stream } from "../../../runtime/random.ts";

type Question = { prompt: string };
type Stroll = Question & { answer: string };

export const letters: readonly string[] = [..."abcdefgh"];
export const steps = 5;
const doors = 4;
/** Of forty drawn tables the one where taking the dearest door each time falls furthest behind. */
const drawn = 39;

/** What the doors of each letter earn, 0 to 9, by where they lead. */
const table: readonly ReadonlyMap<number, number>[] = (() => {
  const source = stream(drawn, "doors");
  return letters.map((_, from) => {
    const others = letters.map((_, to) => to).filter((to) => to !== from);
    const open = Array.from({ length: doors }, () => others.splice(source.below(others.length), 1)[0]!).sort();
    return new Map(open.map((to) => [to, source.below(10)]));
  });
})();

/** What a walk earns until it goes through no door. */
export function earned(from: string, path: readonly string[]): number {
  let [sum, at] = [0, letters.indexOf(from)];
  for (const letter of path.slice(0, steps)) {
    const next = letters.indexOf(letter);
    const gain = table[at]!.get(next);
    if (gain === undefined) break;
    [sum, at] = [sum + gain, next];
  }
  return sum;
}

/** Bellman's recursion: what walks earn from each letter where `choose` says what a letter with these prospects is worth. */
function worth(choose: (prospects: readonly number[]) => number): readonly number[] {
  let rest: readonly number[] = letters.map(() => 0);
  for (let i = 0; i < steps; i++) rest = table.map((open) => choose([...open].map(([to, gain]) => gain + rest[to]!)));
  return rest;
}

/** The most that any walk from each letter earns. */
export const optimum = worth((prospects) => Math.max(...prospects));

const ofOptimum = (earnings: readonly number[]): number =>
  earnings.reduce((sum, gain, i) => sum + gain / optimum[i]!, 0) / letters.length;

/** What walks through doors at random earn in the mean, as a share of the best ones. */
export const randomShare = ofOptimum(worth((prospects) => prospects.reduce((sum, gain) => sum + gain, 0) / prospects.length));

/** The same of walks that take the dearest door each time. */
export const hastyShare = ofOptimum(
  letters.map((from) => {
    const path: string[] = [];
    for (let at = letters.indexOf(from); path.length < steps; path.push(letters[at]!))
      at = [...table[at]!].reduce((best, door) => (door[1] > best[1] ? door : best))[0];
    return earned(from, path);
  }),
);

/** What an answer such as `b f a c d` to `from e` earns, as a share of the best walk. */
export function share(answer: Answer, prompt: Dialog): number {
  const from = prompt.at(-1)!.content.at(-1)!;
  return earned(from, answer.text.trim().split(/\s+/)) / optimum[letters.indexOf(from)]!;
}

/** The eight questions. */
export const starts = (): Iterable<Question> => letters.map((letter) => ({ prompt: `from ${letter}` }));

/** Walks through doors at random, as a policy knows them before it learns what they earn. */
export function* strolls(count: number): Iterable<Stroll> {
  const source = stream(1, "strolls");
  for (let i = 0; i < count; i++) {
    let at = i % letters.length;
    const path = Array.from({ length: steps }, () => {
      const open = [...table[at]!.keys()];
      at = open[source.below(open.length)]!;
      return letters[at]!;
    });
    yield { prompt: `from ${letters[i % letters.length]}`, answer: path.join(" ") };
  }
}
