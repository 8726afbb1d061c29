/**
 * Where temporaries lie in one block of memory: those alive at the same time apart, the others on top of each other. Sizes
 * may be symbolic; places are found when they are bound. Knows lives only, not what they hold.
 */
import { type Binding, evaluate, type Size } from "./ir/size.ts";

/** A temporary: its bytes, alive from step `first` to step `last`, both included. */
export interface Life {
  readonly bytes: Size;
  readonly first: number;
  readonly last: number;
}

/** Where each life lies. */
export interface Arena {
  /** Where each begins, in bytes, in the order in which lives were given. */
  readonly offsets: readonly number[];
  /** The bytes in which all find room. */
  readonly bytes: number;
  /** The largest sum of bytes alive at once: no arena is smaller. */
  readonly peak: number;
}

interface Held {
  readonly index: number;
  readonly size: number;
  readonly first: number;
  readonly last: number;
}

/** The largest sum of bytes alive at once. */
function peakOf(lives: readonly Held[]): number {
  const change = new Map<number, number>();
  const add = (step: number, bytes: number) => change.set(step, (change.get(step) ?? 0) + bytes);
  for (const { first, last, size } of lives) {
    add(first, size);
    add(last + 1, -size);
  }
  let [alive, peak] = [0, 0];
  for (const step of [...change.keys()].sort((a, b) => a - b)) {
    alive += change.get(step)!;
    peak = Math.max(peak, alive);
  }
  return peak;
}

/** Places lives one by one in the given order, each in the tightest gap among those it meets (or the lowest). */
function placed(order: readonly Held[], tight: boolean): { offsets: number[]; bytes: number } {
  const offsets = new Array<number>(order.length).fill(0);
  const done: Held[] = [];
  let bytes = 0;
  for (const life of order) {
    let [at, best, room] = [0, -1, Number.POSITIVE_INFINITY];
    for (const other of done) {
      if (other.first > life.last || other.last < life.first) continue;
      const begin = offsets[other.index]!;
      const gap = begin - at;
      if (gap >= life.size && gap < room) {
        [best, room] = [at, gap];
        if (!tight) break;
      }
      at = Math.max(at, begin + other.size);
    }
    const place = best >= 0 ? best : at;
    offsets[life.index] = place;
    bytes = Math.max(bytes, place + life.size);
    let [low, high] = [0, done.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (offsets[done[middle]!.index]! <= place) low = middle + 1;
      else high = middle;
    }
    done.splice(low, 0, life);
  }
  return { offsets, bytes };
}

type Order = (a: Held, b: Held) => number;

/** Orders of placing, the first that reaches the peak is taken: the largest first, the longest first, the earliest first. */
const orders: readonly Order[] = [
  (a, b) => b.size - a.size || a.first - b.first || a.index - b.index,
  (a, b) => b.size * (b.last - b.first + 1) - a.size * (a.last - a.first + 1) || b.size - a.size || a.index - b.index,
  (a, b) => b.last - b.first - (a.last - a.first) || b.size - a.size || a.index - b.index,
  (a, b) => a.first - b.first || b.size - a.size || a.index - b.index,
  (a, b) => b.last - a.last || b.size - a.size || a.index - b.index,
];

/**
 * Finds places for lives under a binding, each a multiple of `align` bytes from the beginning. Greedy by size (Pisarchyk and
 * Lee 2020, "Efficient memory management for deep neural net inference"); where that leaves holes, other orders are tried.
 */
export function arena(lives: readonly Life[], binding: Binding, align = 1): Arena {
  const held = lives.map((l, index): Held => {
    const size = Math.ceil(evaluate(l.bytes, binding) / align) * align;
    return { index, size, first: l.first, last: l.last };
  });
  const peak = peakOf(held);
  let best: { offsets: number[]; bytes: number } | undefined;
  for (const order of orders)
    for (const tight of [false, true]) {
      if (best && best.bytes <= peak * 1.02) break;
      const found = placed([...held].sort(order), tight);
      if (!best || found.bytes < best.bytes) best = found;
    }
  return { ...best!, peak };
}
