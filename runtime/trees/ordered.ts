/**
 * Ordered boosting (Prokhorenkova et al. 2018, section 4 and algorithm 2): the slope of a group comes from a model that has not seen it. For an order of
 * the groups, model j learns from the first 2^j of them and scores the next 2^j; all models share the trees' questions and have leaves of their own.
 */
import type { Slopes } from "./losses.ts";

/** How slopes are found, and how a tree's leaves are filled from them. */
export type Boosted = {
  /** Adds the slopes of a group at these scores. */
  readonly slopesOf: (group: number, scores: Float64Array, into: Slopes) => void;
  /** The rows of a group: where they begin and end. */
  readonly rowsOf: (group: number) => readonly [number, number];
  /** What each leaf adds, from the sums of slopes and of curvatures. */
  readonly leafValue: (slope: number, curve: number) => number;
};

/** The models of one order. */
export class Order {
  readonly #order: readonly number[];
  readonly #start: number;
  /** The scores of model j: those of the first 2^(j + 1) groups are kept. */
  readonly #scores: Float64Array[];

  /** `order` lists all groups; scores begin at `start`. */
  constructor(order: readonly number[], rows: number, start: number) {
    this.#order = order;
    this.#start = start;
    const models = order.length > 1 ? Math.floor(Math.log2(order.length - 1)) + 1 : 0;
    this.#scores = Array.from({ length: models }, () => new Float64Array(rows).fill(start));
  }

  /** Adds the slope of every group, by the largest model that has not learned from it. */
  addSlopes({ slopesOf }: Boosted, into: Slopes): void {
    const untaught = new Float64Array(into.slope.length).fill(this.#start);
    for (const [place, group] of this.#order.entries())
      slopesOf(group, place === 0 ? untaught : this.#scores[Math.floor(Math.log2(place))]!, into);
  }

  /** Fills a new tree's leaves for each model from the groups that it learns from, and adds them to the scores that it keeps. */
  learn({ slopesOf, rowsOf, leafValue }: Boosted, leaf: Uint16Array, leaves: number): void {
    const rows = leaf.length;
    for (const [model, scores] of this.#scores.entries()) {
      const own = { slope: new Float64Array(rows), curve: new Float64Array(rows) };
      const sums = { slope: new Float64Array(leaves), curve: new Float64Array(leaves) };
      for (const group of this.#order.slice(0, 2 ** model)) {
        slopesOf(group, scores, own);
        const [from, to] = rowsOf(group);
        for (let i = from; i < to; i++) {
          sums.slope[leaf[i]!]! += own.slope[i]!;
          sums.curve[leaf[i]!]! += own.curve[i]!;
        }
      }
      const values = sums.slope.map((slope, at) => leafValue(slope, sums.curve[at]!));
      for (const group of this.#order.slice(0, 2 ** (model + 1))) {
        const [from, to] = rowsOf(group);
        for (let i = from; i < to; i++) scores[i]! += values[leaf[i]!]!;
      }
    }
  }
}
