/** Duels between made-up answers whose winners are known: in circles, where nobody is best, and in order, where somebody is. */

type Duel = { prompt: string; left: string; right: string; aspect: "main"; p: number };

const words = "amber birch cedar delta ember fjord grove heron ivory jade kelp lotus maple north ocean pearl".split(" ");
const prompts = 6;

/** The words that answer a prompt, in an order of their own. */
function entrants(prompt: number, count: number): string[] {
  const left = [...words];
  let state = 17 + 101 * prompt;
  return Array.from({ length: count }, () => {
    state = (state * 48271) % 2147483647;
    return left.splice(state % left.length, 1)[0]!;
  });
}

/** A duel, told from both sides by turns, so that the left one is no better. */
const told = (prompt: number, n: number, better: string, worse: string, p: number): Duel => {
  const [left, right, share] = n % 2 === 0 ? [better, worse, p] : [worse, better, 1 - p];
  return { prompt: `question ${prompt}`, left, right, aspect: "main", p: share };
};

/**
 * Six prompts with a circle each: of `length` answers every one beats the next, and the last beats the first, less surely. No ranking gets more than
 * (length - 1) / length of it right.
 */
export function circle(length: number): Iterable<Duel> {
  return Array.from({ length: prompts }, (_, prompt) => {
    const ring = entrants(prompt, length);
    return ring.map((word, i) => told(prompt, i + prompt, word, ring[(i + 1) % length]!, i + 1 < length ? 0.9 : 0.8));
  }).flat();
}

/** Six prompts with `length` answers each, in order: every one beats all after it. */
export function order(length: number): Iterable<Duel> {
  return Array.from({ length: prompts }, (_, prompt) => {
    const row = entrants(prompt, length);
    return row.flatMap((word, i) => row.slice(i + 1).map((worse, k) => told(prompt, i + k, word, worse, 0.9)));
  }).flat();
}
