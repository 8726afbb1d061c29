/**
 * Gradient boosting of symmetric trees (Friedman 2001; Prokhorenkova et al. 2018): each tree's questions follow the slopes of the loss, its leaves are one
 * Newton step there, shrunk by the rate. The same table, options and seed give the same bytes, whatever the machine is doing.
 */
import { NeuroError } from "../error.ts";
import { keyOf, type Seed, Stream, stream } from "../random.ts";
import { type Bordering, binned, featureOf, mostBorders } from "./borders.ts";
import { grown, type Scoring } from "./grow.ts";
import type { Loss, Slopes } from "./losses.ts";
import type { Feature, Forest, Missing, Tree } from "./model.ts";
import { type Boosted, Order } from "./ordered.ts";
import { scorerOf } from "./score.ts";
import type { Table } from "./table.ts";

/** How trees are trained. */
export type Boosting = {
  readonly trees: number;
  /** Levels of a tree, 0 to 16. */
  readonly depth: number;
  /** What share of each step is taken. */
  readonly rate: number;
  /** Added to the curvature of each leaf, so that leaves of few rows say little. */
  readonly l2: number;
  readonly score: Scoring;
  /** At most so many borders for each feature, 1 to 254. */
  readonly borders: number;
  readonly bordering: Bordering;
  /** Where missing values stand. */
  readonly missing: Missing;
  /** Slopes by models that have not seen a group (see ordered.ts): for few rows. */
  readonly ordered: boolean;
  /** The share of groups, drawn anew for each tree, that its questions are chosen by; leaves are filled by all. */
  readonly bagging: number;
  /** How much chance there is in the choice of questions, fading as the model grows (CatBoost's random strength). */
  readonly noise: number;
  readonly seed: Seed;
  /** Ends when so many trees in a row have not bettered the loss on held-out groups, and keeps those up to the best. */
  readonly patience: number;
};

/** What is usual: CatBoost's depth, regularisation, borders and score; nothing is drawn. */
export const usual: Boosting = {
  trees: 500,
  depth: 6,
  rate: 0.1,
  l2: 3,
  score: "cosine",
  borders: mostBorders,
  bordering: "greedy_log_sum",
  missing: "below",
  ordered: false,
  bagging: 1,
  noise: 0,
  seed: 0,
  patience: 50,
};

/** The loss after a tree, on what was learned from and on what was held out. */
export type Progressed = { readonly tree: number; readonly learned: number; readonly held: number | undefined };

/** Beside the options: groups held out, borders that are given, and who is told of each tree and may end it. */
export type Around = {
  readonly held?: Table;
  readonly features?: readonly Feature[];
  readonly onTree?: (progress: Progressed) => void;
  readonly signal?: AbortSignal;
};

/** How many orders of the groups an ordered model keeps; each tree follows one of them. */
const orders = 3;

/** Trains a model. Throws `trees_options` for options out of range, and what `signal` was aborted with. */
export async function boost(
  table: Table,
  loss: Loss,
  given: Partial<Boosting> = {},
  around: Around = {},
): Promise<{ forest: Forest; history: readonly Progressed[] }> {
  const options = checked({ ...usual, ...given });
  const features = around.features ?? table.columns.map((values, column) => feature(table, column, values, options));
  const bins = features.map((one) => binned(one, table.columns[one.column]!));
  const bias = loss.fromMean ? mean(table) : 0;
  const run = new Run(table, loss, options, { features, bins, bias });
  const trees: Tree[] = [];
  const history: Progressed[] = [];
  const held = around.held && new Held(around.held, loss, features, bias);
  for (let tree = 0; tree < options.trees; tree++) {
    if (tree % 4 === 0) await new Promise(setImmediate);
    around.signal?.throwIfAborted();
    trees.push(run.next(tree));
    const progress = { tree: tree + 1, learned: loss.measure(table, run.scores), held: held?.after(trees.at(-1)!) };
    history.push(progress);
    around.onTree?.(progress);
    if (held !== undefined && tree - held.best >= options.patience) break;
  }
  const kept = held === undefined ? trees : trees.slice(0, held.best + 1);
  return { forest: { features, trees: kept, scale: 1, bias }, history };
}

function feature({ names }: Table, column: number, values: Float32Array, options: Boosting): Feature {
  return featureOf(names[column]!, column, values, { most: options.borders, by: options.bordering, missing: options.missing });
}

function mean({ target, weights }: Table): number {
  const weight = weights.reduce((sum, one) => sum + one, 0);
  return weight > 0 ? target.reduce((sum, value, row) => sum + value * weights[row]!, 0) / weight : 0;
}

/** The state of training: scores so far, and for ordered boosting those of each order's models. */
class Run {
  readonly scores: Float64Array;
  readonly #table: Table;
  readonly #loss: Loss;
  readonly #options: Boosting;
  readonly #features: readonly Feature[];
  readonly #bins: readonly Uint8Array[];
  readonly #orders: readonly Order[];
  readonly #groups: number;
  /** The keys of what is drawn, by place. */
  readonly #keys: { readonly [place in "slopes" | "bagging" | "noise" | "orders"]: readonly [number, number] };

  constructor(
    table: Table,
    loss: Loss,
    options: Boosting,
    { features, bins, bias }: { features: readonly Feature[]; bins: readonly Uint8Array[]; bias: number },
  ) {
    this.#table = table;
    this.#loss = loss;
    this.#options = options;
    this.#features = features;
    this.#bins = bins;
    this.#groups = table.groups.length - 1;
    const key = (place: string) => keyOf(options.seed, place);
    this.#keys = { slopes: key("slopes"), bagging: key("bagging"), noise: key("noise"), orders: key("order of a tree") };
    const rows = table.target.length;
    this.scores = new Float64Array(rows).fill(bias);
    this.#orders = Array.from(
      { length: options.ordered ? orders : 0 },
      (_, at) => new Order(shuffled(this.#groups, options.seed, at), rows, bias),
    );
  }

  /** The next tree, its leaves added to the scores. */
  next(tree: number): Tree {
    const { l2, rate, depth, score } = this.#options;
    const { groups, weights } = this.#table;
    const boosted: Boosted = {
      slopesOf: (group, scores, into) =>
        this.#loss.add(
          this.#table,
          scores,
          groups[group]!,
          groups[group + 1]!,
          into,
          () => new Stream(this.#keys.slopes, tree, group),
        ),
      rowsOf: (group) => [groups[group]!, groups[group + 1]!],
      leafValue: (slope, curve) => (curve + l2 > 0 ? (rate * slope) / (curve + l2) : 0),
    };
    const plain = this.#empty();
    for (let group = 0; group < this.#groups; group++) boosted.slopesOf(group, this.scores, plain);
    const asked = this.#bagged(this.#unseen(tree, boosted) ?? plain, tree);
    const borders = this.#features.map((one) => one.borders.length);
    const noise = this.#noise(asked, tree);
    const { splits, leaf } = grown({ bins: this.#bins, borders, depth, l2, score, noise }, asked);
    const sums = { slope: new Float64Array(2 ** splits.length), curve: new Float64Array(2 ** splits.length) };
    const counted = new Float64Array(2 ** splits.length);
    for (let row = 0; row < leaf.length; row++) {
      sums.slope[leaf[row]!]! += plain.slope[row]!;
      sums.curve[leaf[row]!]! += plain.curve[row]!;
      counted[leaf[row]!]! += weights[row]!;
    }
    const leaves = sums.slope.map((slope, at) => boosted.leafValue(slope, sums.curve[at]!));
    for (const order of this.#orders) order.learn(boosted, leaf, leaves.length);
    for (let row = 0; row < leaf.length; row++) this.scores[row]! += leaves[leaf[row]!]!;
    return { splits, leaves, weights: counted };
  }

  #empty(): Slopes {
    return { slope: new Float64Array(this.scores.length), curve: new Float64Array(this.scores.length) };
  }

  /** Slopes by models that have not seen the groups, where boosting is ordered. */
  #unseen(tree: number, boosted: Boosted): Slopes | undefined {
    const order = this.#orders[new Stream(this.#keys.orders, tree).below(orders)];
    if (order === undefined) return undefined;
    const slopes = this.#empty();
    order.addSlopes(boosted, slopes);
    return slopes;
  }

  /** The slopes of the groups that this tree's questions are chosen by; the others count nothing. */
  #bagged(slopes: Slopes, tree: number): Slopes {
    const { bagging } = this.#options;
    if (bagging >= 1) return slopes;
    const { slope, curve } = this.#empty();
    const { groups } = this.#table;
    for (let group = 0; group < this.#groups; group++) {
      if (new Stream(this.#keys.bagging, tree, group).uniform() >= bagging) continue;
      for (let row = groups[group]!; row < groups[group + 1]!; row++) {
        slope[row] = slopes.slope[row]!;
        curve[row] = slopes.curve[row]!;
      }
    }
    return { slope, curve };
  }

  /** Normal noise in units of the slopes' size (squared for `l2`), that fades as exp(trees * rate) comes near the number of rows. */
  #noise({ slope }: Slopes, tree: number): (level: number, feature: number, border: number) => number {
    const { noise, rate, score } = this.#options;
    if (noise === 0) return () => 0;
    const left = slope.length * Math.exp(-tree * rate);
    const square = slope.reduce((sum, one) => sum + one * one, 0) / slope.length;
    const size = noise * (score === "l2" ? square : Math.sqrt(square)) * (left / (1 + left));
    return (level, feature, border) => size * new Stream(this.#keys.noise, tree, level, feature * 256 + border).normal();
  }
}

/** Held-out groups: their scores, and which tree was best for them so far. */
class Held {
  best = 0;
  readonly #table: Table;
  readonly #loss: Loss;
  readonly #features: readonly Feature[];
  readonly #scores: Float64Array;
  #least = Number.POSITIVE_INFINITY;

  constructor(table: Table, loss: Loss, features: readonly Feature[], bias: number) {
    this.#table = table;
    this.#loss = loss;
    this.#features = features;
    this.#scores = new Float64Array(table.target.length).fill(bias);
  }

  #trees = 0;

  /** The loss after one more tree. */
  after(tree: Tree): number {
    const more = scorerOf({ features: this.#features, trees: [tree], scale: 1, bias: 0 }).score(
      this.#table.columns,
      this.#scores.length,
    );
    for (const [row, value] of more.entries()) this.#scores[row]! += value;
    const measured = this.#loss.measure(this.#table, this.#scores);
    const signed = this.#loss.better === "lower" ? measured : -measured;
    if (signed < this.#least) {
      this.#least = signed;
      this.best = this.#trees;
    }
    this.#trees += 1;
    return measured;
  }
}

/** The groups in an order drawn by the seed (Fisher and Yates). */
function shuffled(count: number, seed: Seed, which: number): number[] {
  const draw = stream(seed, "order", which);
  const order = Array.from({ length: count }, (_, at) => at);
  for (let at = count - 1; at > 0; at--) {
    const other = draw.below(at + 1);
    [order[at], order[other]] = [order[other]!, order[at]!];
  }
  return order;
}

const ranges: { readonly [name in keyof Boosting]?: readonly [number, number, "whole" | "any"] } = {
  trees: [1, 100_000, "whole"],
  depth: [0, 16, "whole"],
  rate: [1e-6, 1, "any"],
  l2: [0, 1e9, "any"],
  borders: [1, mostBorders, "whole"],
  bagging: [0.01, 1, "any"],
  noise: [0, 1000, "any"],
  patience: [1, 100_000, "whole"],
};

function checked(options: Boosting): Boosting {
  for (const [name, [least, most, kind]] of Object.entries(ranges)) {
    const value = options[name as keyof Boosting] as number;
    if (value >= least && value <= most && (kind === "any" || Number.isInteger(value))) continue;
    throw new NeuroError("trees_options", `Trees cannot be trained with ${name} ${value}.`, {
      hint: `Give a ${kind === "whole" ? "whole " : ""}number from ${least} to ${most}.`,
    });
  }
  return options;
}
