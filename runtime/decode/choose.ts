/**
 * The next token is chosen from log-probabilities by a strategy and a random number that belongs to (seed, row, step): the same on every
 * device and whatever rows share a batch. Knows nothing of models or text.
 */
import { keyOf, type Seed, Stream } from "../random.ts";

/** How a token is chosen. A temperature of 0 is greedy. */
export type Strategy = { readonly kind: "greedy" } | Sampling | Beams;

/** Answers written side by side, and the power of the length that their scores are divided by. */
export type Beams = { readonly kind: "beam"; readonly width?: number; readonly length?: number };

/** By chance. `top_k` 0 and `top_p` 1 cut nothing off; `min_p` leaves out what is below that share of the likeliest token. */
export type Sampling = {
  readonly kind: "sample";
  readonly temperature?: number;
  readonly top_k?: number;
  readonly top_p?: number;
  readonly min_p?: number;
};

/** Whether a token may come next. What is allowed by the same function is the same: who chooses may remember it. */
export type Allowed = (id: number) => boolean;

/** What is cut off before a token is drawn: the `most` likeliest stay (0: all), of these the first that make up `share`, of these what has `least` of the likeliest one's odds. */
export type Cut = { readonly temperature: number; readonly most: number; readonly share: number; readonly least: number };

/** A strategy with every default filled in; greedy is a temperature of 0. */
export function cutOf(strategy: Exclude<Strategy, Beams>): Cut {
  if (strategy.kind === "greedy") return { temperature: 0, most: 0, share: 1, least: 0 };
  const { temperature = 1, top_k: most = 0, top_p: share = 1, min_p: least = 0 } = strategy;
  return { temperature, most, share, least };
}

/** The random number of a row at a step, in [0, 1). */
export function uniforms(seed: Seed): (row: number, step: number) => number {
  const key = keyOf(seed, "sample");
  return (row, step) => new Stream(key, row, step).uniform();
}

/** A chooser for one request: `row` and `step` name the draw, `next` holds a log-probability per token. */
export function chooser(
  strategy: Exclude<Strategy, Beams>,
  seed: Seed,
): (next: Float32Array, row: number, step: number, allowed?: Allowed) => number {
  const cut = cutOf(strategy);
  if (cut.temperature === 0) return (next, _row, _step, allowed) => best(next, allowed);
  const uniform = uniforms(seed);
  return (next, row, step, allowed) => draw(next, uniform(row, step), cut, allowed);
}

/** The most probable token that is allowed; the smallest id among equals. */
export function best(next: Float32Array, allowed?: Allowed): number {
  let found = -1;
  for (let id = 0; id < next.length; id++) {
    if ((found < 0 || next[id]! > next[found]!) && (allowed === undefined || allowed(id))) found = id;
  }
  return found;
}

/**
 * Draws by probability^(1/temperature) among the `most` likeliest (0: all), the fewest of these that make up `share` of theirs
 * (Holtzman et al. 2020), and of these what has `least` of the likeliest one's (Nguyen et al. 2024, "min-p"), in this order.
 */
function draw(next: Float32Array, uniform: number, { temperature, most, share, least }: Cut, allowed?: Allowed): number {
  let candidates: number[] = [];
  for (let id = 0; id < next.length; id++) if (allowed === undefined || allowed(id)) candidates.push(id);
  const top = candidates.reduce((high, id) => Math.max(high, next[id]!), Number.NEGATIVE_INFINITY);
  if (most > 0 || share < 1) candidates.sort((a, b) => next[b]! - next[a]! || a - b);
  if (most > 0) candidates.length = Math.min(candidates.length, most);
  let odds = candidates.map((id) => Math.exp((next[id]! - top) / temperature));
  if (share < 1) {
    const total = odds.reduce((sum, each) => sum + each, 0);
    let kept = 0;
    for (let held = 0; kept < odds.length && (kept === 0 || held < share * total); kept++) held += odds[kept]!;
    candidates.length = kept;
    odds.length = kept;
  }
  if (least > 0) {
    candidates = candidates.filter((_, i) => odds[i]! >= least);
    odds = odds.filter((each) => each >= least);
  }
  const total = odds.reduce((sum, each) => sum + each, 0);
  let left = uniform * total;
  for (let i = 0; i < candidates.length; i++) {
    left -= odds[i]!;
    if (left < 0) return candidates[i]!;
  }
  return candidates.at(-1) ?? -1;
}
