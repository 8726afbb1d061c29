/**
 * Many documents through a forest at once, with the numbers of {@link predictOne} to the last bit. Values become places among the borders that the
 * trees ask for, a byte each, and a block of documents goes through one tree after another while it is in the cache.
 */
import { NeuroError } from "../error.ts";
import type { Forest, Tree } from "./model.ts";
import { type AddTree, levelBytes, mostLevels, treeAdder } from "./simd.ts";

/** A forest made ready: predictions for documents given by columns, each a value per document. */
export type Scorer = {
  /** How many columns it reads. */
  readonly columns: number;
  /** A prediction for each document; `count` where there are no columns. Throws `trees_columns` when columns are missing or differ in length. */
  score(columns: readonly Float32Array[], count?: number): Float64Array;
};

/** How many documents go through the trees together: their bytes and sums stay in the first cache. */
const block = 1024;
/** A byte tells so many borders apart; a feature with more takes several lanes. */
const laneBorders = 255;

/** Neighbouring borders of a feature that trees ask for, padded with infinities to a power of two less one, so that every search takes as many steps. */
type Lane = { readonly column: number; readonly missing: number; readonly borders: Float32Array };
/** A tree in terms of lanes: which, and the least byte that is above. */
type Asked = { readonly lanes: readonly number[]; readonly needs: readonly number[]; readonly leaves: Float64Array };

/** Prepares a forest for any number of batches. */
export function scorerOf(forest: Forest): Scorer {
  const { lanes, trees } = asking(forest);
  const columns = lanes.reduce((most, { column }) => Math.max(most, column + 1), 0);
  const { scale, bias } = forest;
  const engine = engineOf(lanes.length, trees);
  const score = (given: readonly Float32Array[], count = given[0]?.length ?? 0): Float64Array => {
    if (given.length < columns || given.some(({ length }) => length !== count)) throw shapes(given, columns);
    const out = new Float64Array(count);
    for (let from = 0; from < count; from += block) {
      const to = Math.min(count, from + block);
      for (const [at, lane] of lanes.entries()) place(lane, given[lane.column]!.subarray(from, to), engine.bytes[at]!);
      const sums = engine.sums(to - from);
      for (let i = from; i < to; i++) out[i] = scale * sums[i - from]! + bias;
    }
    return out;
  };
  return { columns, score };
}

function shapes(given: readonly Float32Array[], columns: number): NeuroError {
  const lengths = [...new Set(given.map(({ length }) => length))].join(" and ");
  return new NeuroError("trees_columns", `A forest of ${columns} columns was given ${given.length}, of ${lengths} values.`, {
    hint: "Give every column that it was trained on, one value per document; NaN is a missing value.",
  });
}

/** The borders that trees ask for, cut into lanes, and the trees in terms of them. */
function asking({ features, trees }: Forest): { lanes: Lane[]; trees: Asked[] } {
  const used = features.map(() => new Set<number>());
  for (const { splits } of trees) for (const { feature, border } of splits) used[feature]!.add(border);
  const lanes: Lane[] = [];
  const places = features.map(({ column, borders, missing }, at) => {
    const kept = [...used[at]!].sort((a, b) => a - b);
    const first = lanes.length;
    for (let from = 0; from < kept.length; from += laneBorders) {
      const some = kept.slice(from, from + laneBorders).map((border) => borders[border]!);
      const padded = new Float32Array(2 ** Math.ceil(Math.log2(some.length + 1)) - 1).fill(Number.POSITIVE_INFINITY);
      padded.set(some);
      lanes.push({ column, missing: missing === "above" ? some.length : 0, borders: padded });
    }
    return new Map(kept.map((border, i) => [border, { lane: first + Math.floor(i / laneBorders), need: (i % laneBorders) + 1 }]));
  });
  const asked = ({ splits, leaves }: Tree): Asked => {
    const found = splits.map(({ feature, border }) => places[feature]!.get(border)!);
    return { lanes: found.map(({ lane }) => lane), needs: found.map(({ need }) => need), leaves };
  };
  return { lanes, trees: trees.map(asked) };
}

/** How many borders of a lane lie below each value. */
function place({ missing, borders }: Lane, values: Float32Array, bytes: Uint8Array): void {
  const half = (borders.length + 1) >> 1;
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    let below = 0;
    for (let step = half; step > 0; step >>= 1) below += step * +(value > borders[below + step - 1]!);
    bytes[i] = below;
  }
  for (let i = 0; i < values.length; i++) if (Number.isNaN(values[i])) bytes[i] = missing;
}

/** The bytes of a block's documents, by lane, and the sums over all trees for the first `count` of them. */
type Engine = { readonly bytes: readonly Uint8Array[]; sums(count: number): Float64Array };

/** Lays lanes, sums, records and leaves out in one memory, and binds the trees to it. */
function engineOf(lanes: number, trees: readonly Asked[]): Engine {
  const shallow = trees.filter((tree) => tree.lanes.length <= mostLevels);
  const records = lanes * block + 8 * block;
  const leaves = records + shallow.reduce((sum, tree) => sum + levelBytes * tree.lanes.length, 0);
  const { memory, add } = treeAdder(leaves + 8 * shallow.reduce((sum, tree) => sum + tree.leaves.length, 0));
  const bytes = Array.from({ length: lanes }, (_, at) => new Uint8Array(memory, at * block, block));
  const sums = new Float64Array(memory, lanes * block, block);
  const runs = bound(trees, memory, { records, leaves }, add, lanes * block, bytes, sums);
  return {
    bytes,
    sums(count) {
      sums.fill(0);
      for (const run of runs) run((count + 15) & ~15);
      return sums;
    },
  };
}

/** A function for each tree that adds its leaves to the sums: by lanes of sixteen, or one by one where a leaf's place is no byte. */
function bound(
  trees: readonly Asked[],
  memory: ArrayBuffer,
  free: { records: number; leaves: number },
  add: AddTree,
  sumsAt: number,
  bytes: readonly Uint8Array[],
  sums: Float64Array,
): ((count: number) => void)[] {
  const view = new DataView(memory);
  let { records, leaves: values } = free;
  return trees.map(({ lanes, needs, leaves }) => {
    const levels = lanes.length;
    if (levels > mostLevels) return (count) => addDeep(lanes, needs, leaves, bytes, sums, count);
    const [record, own] = [records, values];
    for (const [level, lane] of lanes.entries()) {
      view.setUint32(record + level * levelBytes, lane * block, true);
      view.setUint8(record + level * levelBytes + 4, needs[level]!);
      view.setUint8(record + level * levelBytes + 5, 1 << level);
    }
    for (const [at, leaf] of leaves.entries()) view.setFloat64(own + 8 * at, leaf, true);
    records += levelBytes * levels;
    values += 8 * leaves.length;
    return (count) => add(record, levels, own, sumsAt, count);
  });
}

function addDeep(
  lanes: readonly number[],
  needs: readonly number[],
  leaves: Float64Array,
  bytes: readonly Uint8Array[],
  sums: Float64Array,
  count: number,
): void {
  for (let at = 0; at < count; at++) {
    let leaf = 0;
    for (let level = 0; level < lanes.length; level++) leaf |= +(bytes[lanes[level]!]![at]! >= needs[level]!) << level;
    sums[at]! += leaves[leaf]!;
  }
}
