/**
 * Randomness is a function of (seed, place, counters), never of order, batch layout or device: Philox4x32-10
 * (Salmon et al. 2011, "Parallel random numbers: as easy as 1, 2, 3", section 3.3). Nothing here keeps a hidden state.
 */
import { createHash } from "node:crypto";
import { canonicalJson } from "./files.ts";

/** What a spec may give as `seed:`: a number, or a list of numbers and words such as `[i, m]`. */
export type Seed = number | string | readonly Seed[];

const rounds = 10;
const multiplier0 = 0xd2511f53;
const multiplier1 = 0xcd9e8d57;
const weyl0 = 0x9e3779b9;
const weyl1 = 0xbb67ae85;

/** The high 32 bits of the product of two unsigned 32-bit numbers, as a signed word. */
function high(a: number, b: number): number {
  const a0 = a & 0xffff;
  const a1 = a >>> 16;
  const b0 = b & 0xffff;
  const b1 = b >>> 16;
  const low = a0 * b0;
  const middle = a1 * b0 + (low >>> 16);
  const cross = a0 * b1 + (middle % 0x10000);
  return (a1 * b1 + Math.floor(middle / 0x10000) + Math.floor(cross / 0x10000)) | 0;
}

/** One block of Philox4x32-10: four counter words and two key words give four random words (unsigned), written into `out`. */
export function philox(
  counter: readonly [number, number, number, number],
  key: readonly [number, number],
  out: Uint32Array = new Uint32Array(4),
): Uint32Array {
  let [c0, c1, c2, c3] = counter;
  let [k0, k1] = key;
  for (let round = 0; round < rounds; round++) {
    const h0 = high(multiplier0, c0);
    const l0 = Math.imul(multiplier0, c0);
    const h1 = high(multiplier1, c2);
    const l1 = Math.imul(multiplier1, c2);
    c0 = h1 ^ c1 ^ k0;
    c1 = l1;
    c2 = h0 ^ c3 ^ k1;
    c3 = l0;
    k0 = (k0 + weyl0) | 0;
    k1 = (k1 + weyl1) | 0;
  }
  out[0] = c0;
  out[1] = c1;
  out[2] = c2;
  out[3] = c3;
  return out;
}

/** The key of a place in a program under a seed: 64 bits of SHA-256, so that any two places are independent. */
export function keyOf(seed: Seed, place: string): readonly [number, number] {
  const digest = createHash("sha256")
    .update(canonicalJson([seed, place]))
    .digest();
  return [digest.readUInt32LE(0), digest.readUInt32LE(4)];
}

/** A sequence of draws that belongs to one (key, a, b, c). Two streams with the same four give the same numbers. */
export class Stream {
  #key: readonly [number, number];
  #counter: [number, number, number, number];
  #block = new Uint32Array(4);
  #used = 4;

  constructor(key: readonly [number, number], a = 0, b = 0, c = 0) {
    this.#key = key;
    this.#counter = [0, a, b, c];
  }

  /** The next 32 random bits, as an unsigned number. */
  bits(): number {
    if (this.#used === 4) {
      philox(this.#counter, this.#key, this.#block);
      this.#counter[0]++;
      this.#used = 0;
    }
    return this.#block[this.#used++]!;
  }

  /** A number in [0, 1) with 53 random bits. */
  uniform(): number {
    const top = this.bits() >>> 5;
    return (top * 0x4000000 + (this.bits() >>> 6)) / 0x20000000000000;
  }

  /** A standard normal number (Box and Muller 1958; the second of each pair is not kept, so that draws do not depend on history). */
  normal(): number {
    const radius = Math.sqrt(-2 * Math.log(1 - this.uniform()));
    return radius * Math.cos(2 * Math.PI * this.uniform());
  }

  /** A whole number in 0 .. n - 1, each equally likely (rejection above the last whole multiple of n); n up to 2^32. */
  below(n: number): number {
    const limit = 0x100000000 - (0x100000000 % n);
    for (;;) {
      const drawn = this.bits();
      if (drawn < limit) return drawn % n;
    }
  }
}

/** The stream of a place under a seed; `a`, `b`, `c` number epochs, rows, steps or whatever repeats there. */
export function stream(seed: Seed, place: string, a = 0, b = 0, c = 0): Stream {
  return new Stream(keyOf(seed, place), a, b, c);
}
