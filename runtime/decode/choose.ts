/**
 * The next token is chosen from log-probabilities by a strategy and a random number that belongs to (seed, row, step): the same on every
 * device and whatever rows share a batch. Knows nothing of models or text.
 */
import { keyOf, type Seed, Stream } from "../random.ts";

/** How a token is chosen. A temperature of 0 is greedy. */
export type Strategy =
  | { readonly kind: "greedy" }
  | { readonly kind: "sample"; readonly temperature?: number; readonly top_k?: number; readonly top_p?: number };

/** Whether a token may come next. */
export type Allowed = (id: number) => boolean;

/** A chooser for one request: `row` and `step` name the draw, `next` holds a log-probability per token. */
export function chooser(
  strategy: Strategy,
  seed: Seed,
): (next: Float32Array, row: number, step: number, allowed?: Allowed) => number {
  const temperature = strategy.kind === "greedy" ? 0 : (strategy.temperature ?? 1);
  if (strategy.kind === "greedy" || temperature === 0) return (next, _row, _step, allowed) => best(next, allowed);
  const key = keyOf(seed, "sample");
  const { top_k: most = 0, top_p: share = 1 } = strategy;
  return (next, row, step, allowed) => draw(next, new Stream(key, row, step).uniform(), temperature, most, share, allowed);
}

/** The most probable token that is allowed; the smallest id among equals. */
export function best(next: Float32Array, allowed?: Allowed): number {
  let found = -1;
  for (let id = 0; id < next.length; id++) {
    if ((found < 0 || next[id]! > next[found]!) && (allowed === undefined || allowed(id))) found = id;
  }
  return found;
}

/** Draws by probability^(1/temperature) among the `most` likeliest (0: all) that make up `share` of it (Holtzman et al. 2020). */
function draw(next: Float32Array, uniform: number, temperature: number, most: number, share: number, allowed?: Allowed): number {
  const candidates: number[] = [];
  for (let id = 0; id < next.length; id++) if (allowed === undefined || allowed(id)) candidates.push(id);
  if (most > 0 || share < 1) candidates.sort((a, b) => next[b]! - next[a]! || a - b);
  if (most > 0) candidates.length = Math.min(candidates.length, most);
  const top = candidates.reduce((high, id) => Math.max(high, next[id]!), Number.NEGATIVE_INFINITY);
  const odds = candidates.map((id) => Math.exp((next[id]! - top) / temperature));
  let total = odds.reduce((sum, each) => sum + each, 0);
  if (share < 1) {
    let kept = 0;
    let held = 0;
    while (kept < odds.length && held < share * total) held += odds[kept++]!;
    candidates.length = kept;
    total = held;
  }
  let left = uniform * total;
  for (let i = 0; i < candidates.length; i++) {
    left -= odds[i]!;
    if (left < 0) return candidates[i]!;
  }
  return candidates.at(-1) ?? -1;
}
