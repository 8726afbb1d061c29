/** Philox 4x32-10 (Salmon et al. 2011, "Parallel random numbers: as easy as 1, 2, 3"): ten rounds over four counters. */
import { type Axis, hasAxis, type Node } from "../ir/node.ts";
import { enter } from "./op.ts";

const [multiplier0, multiplier1] = [0xd2511f53, 0xcd9e8d57];
const [weyl0, weyl1] = [0x9e3779b9, 0xbb67ae85];

/** The high 32 bits of a product of two words. */
function high(a: number, b: number): number {
  const [ah, al, bh, bl] = [a >>> 16, a & 0xffff, b >>> 16, b & 0xffff];
  const middle = ah * bl + ((al * bl) >>> 16);
  const low = al * bh + (middle & 0xffff);
  return (ah * bh + Math.floor(middle / 0x10000) + Math.floor(low / 0x10000)) >>> 0;
}

/** Four random words for a counter of four words and a key of two. */
export function philoxWords(counter: readonly number[], key: readonly number[]): number[] {
  let [c0, c1, c2, c3] = counter as [number, number, number, number];
  let [k0, k1] = key as [number, number];
  for (let round = 0; round < 10; round++) {
    [c0, c1, c2, c3] = [
      (high(multiplier1, c2) ^ c1 ^ k0) >>> 0,
      Math.imul(multiplier1, c2) >>> 0,
      (high(multiplier0, c0) ^ c3 ^ k1) >>> 0,
      Math.imul(multiplier0, c0) >>> 0,
    ];
    k0 = (k0 + weyl0) >>> 0;
    k1 = (k1 + weyl1) >>> 0;
  }
  return [c0, c1, c2, c3];
}

/** The axes that count in the first counter (constant sizes) and in the second (symbolic); the row's own count in neither. */
export function philoxCounters(node: Node): { fixed: Axis[]; open: Axis[] } {
  const own = node.axes.filter((a) => !hasAxis(node.inputs[2]!, a.name));
  return { fixed: own.filter((a) => typeof a.size === "number"), open: own.filter((a) => typeof a.size !== "number") };
}

enter({
  name: "philox",
  reference: ([seed, step, row], node, frame) => {
    const { fixed, open } = philoxCounters(node);
    const first = frame.places(node.axes, fixed);
    const places = open.map((a) => frame.places(node.axes, [a]));
    const rows = frame.places(node.axes, node.inputs[2]!.axes);
    return Float64Array.from(first, (c0, i) => {
      // Symbolic places count in base 65536, so that padding moves none of them.
      const c1 = places.reduce((n, p) => (Math.imul(n, 65536) + p[i]!) >>> 0, 0);
      const counter = [c0, c1, row![rows[i]!]! >>> 0, node.attrs.place as number];
      return philoxWords(counter, [seed![0]! >>> 0, step![0]! >>> 0])[node.attrs.word as number]!;
    });
  },
});
