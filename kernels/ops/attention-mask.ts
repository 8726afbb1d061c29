/**
 * What a presence expression says, read from its form: which of the masks of attention it is made of. A device that knows a
 * kind skips work or uses a fused operator; what fits no kind is `other`, so that nothing is ever lost. Computes nothing.
 */
import { add, cast, mul } from "../ir/elementwise.ts";
import { axisOf, hasAxis, make, type Node, namesOf, without } from "../ir/node.ts";
import type { Size } from "../ir/size.ts";
import { constant, constantValue } from "../ir/source.ts";
import { type ScoreAttrs, scoreInputs } from "./score-logsumexp.ts";

/** A presence as a conjunction: what is absent holds for every place. Bounds are i32 without the axes of rows and keys. */
export interface Mask {
  /** key <= row + offset: 0 when both texts begin at the same place, the size of the past in a decoding step. */
  readonly causal?: { readonly row: string; readonly offset: Node };
  /** row + offset - key < size: a sliding window, with the offset of the causal part. */
  readonly window?: { readonly row: string; readonly size: Node };
  /** Beside the causal past, keys before this place are seen by all. */
  readonly prefix?: Node;
  /** Keys before this place exist. */
  readonly length?: Node;
  /** Which keys exist (bool, without axes of rows). */
  readonly padding: readonly Node[];
  /** Which rows exist (bool, without the axis of keys). */
  readonly rows: readonly Node[];
  /** Rows and keys of one packed text have equal numbers: `rows` lacks the axis of keys, `keys` those of rows. */
  readonly segments: readonly { readonly rows: Node; readonly keys: Node }[];
  /** Parts of no known kind. */
  readonly other: readonly Node[];
}

/** A sum of a constant, positions (times a whole number) along the axis of keys and along one of rows, and whatever else. */
interface Affine {
  readonly key: number;
  readonly row: ReadonlyMap<string, number>;
  readonly rest: readonly { readonly node: Node; readonly times: number }[];
  readonly constant: number;
}

const none: Affine = { key: 0, row: new Map(), rest: [], constant: 0 };

function plus(a: Affine, b: Affine, times: number): Affine {
  const row = new Map(a.row);
  for (const [name, n] of b.row) row.set(name, (row.get(name) ?? 0) + n * times);
  const rest = new Map(a.rest.map((r) => [r.node, r.times]));
  for (const r of b.rest) rest.set(r.node, (rest.get(r.node) ?? 0) + r.times * times);
  const nonzero = [...row].filter(([, n]) => n !== 0);
  return {
    key: a.key + b.key * times,
    row: new Map(nonzero),
    rest: [...rest].filter(([, n]) => n !== 0).map(([node, n]) => ({ node, times: n })),
    constant: a.constant + b.constant * times,
  };
}

/** Renamings and casts between numbers keep a position what it is. */
function positionAxis(node: Node): string | undefined {
  if (node.op === "iota") return node.axes[0]!.name;
  if (["rename", "cached"].includes(node.op)) return positionAxis(node.inputs[0]!) && node.axes[0]!.name;
  return node.op === "cast" && node.dtype !== "bool" ? positionAxis(node.inputs[0]!) : undefined;
}

/** A whole number as a sum of positions and the rest. */
function affine(node: Node, along: string): Affine {
  const value = constantValue(node);
  if (value !== undefined) return { ...none, constant: value };
  const axis = positionAxis(node);
  if (axis) return axis === along ? { ...none, key: 1 } : { ...none, row: new Map([[axis, 1]]) };
  const [a, b] = node.inputs as [Node, Node];
  if (node.op === "add" || node.op === "sub") return plus(affine(a, along), affine(b, along), node.op === "add" ? 1 : -1);
  if (node.op === "neg") return plus(none, affine(a, along), -1);
  if (node.op === "cast" && a.dtype !== "bool" && node.dtype !== "bool") return affine(a, along);
  return { ...none, rest: [{ node, times: 1 }] };
}

/** Constant and rest as one i32 node, and so many more. */
const bound = (a: Affine, more = 0): Node =>
  a.rest.reduce<Node>(
    (sum, { node, times }) => {
      const whole = times === 1 ? cast(node, "i32") : mul(cast(node, "i32"), times);
      return constantValue(sum) === 0 ? whole : add(whole, sum);
    },
    constant(a.constant + more, "i32"),
  );

/** `x >= 0` over whole numbers, of a comparison; undefined of any other node. */
function atLeastZero(node: Node, along: string): Affine | undefined {
  const order = { le: [1, 0, 0], lt: [1, 0, -1], ge: [0, 1, 0], gt: [0, 1, -1] }[node.op];
  if (!order) return undefined;
  const [left, right] = [affine(node.inputs[order[0]!]!, along), affine(node.inputs[order[1]!]!, along)];
  const difference = plus(left, right, -1);
  return { ...difference, constant: difference.constant + order[2]! };
}

/** Parts of a conjunction; what is at most the smaller of two is at most each. */
function parts(node: Node): Node[] {
  if (node.op === "and") return node.inputs.flatMap(parts);
  const [a, b] = node.inputs as [Node, Node];
  if ((node.op === "le" || node.op === "lt") && b.op === "minimum")
    return b.inputs.flatMap((most) => parts(make(node.op, [a, most])));
  if ((node.op === "ge" || node.op === "gt") && a.op === "minimum")
    return a.inputs.flatMap((most) => parts(make(node.op, [most, b])));
  return [node];
}

/** A comparison and the axis of rows that it speaks of. */
interface Told {
  readonly row: string;
  readonly form: Affine;
}

class Reading {
  causal: Told | undefined;
  window: Told | undefined;
  prefix: Affine | undefined;
  length: Affine | undefined;
  readonly padding: Node[] = [];
  readonly rows: Node[] = [];
  readonly segments: { rows: Node; keys: Node }[] = [];
  readonly other: Node[] = [];
  private readonly along: string;
  private readonly size: Size | undefined;
  private readonly rowNames: readonly string[];

  constructor(along: string, size: Size | undefined, rowNames: readonly string[]) {
    this.along = along;
    this.size = size;
    this.rowNames = rowNames;
  }

  /** Whether a node says something of each row. */
  private ofRows(node: Node): boolean {
    return node.axes.some((a) => this.rowNames.includes(a.name));
  }

  part(node: Node): void {
    const form = atLeastZero(node, this.along);
    if (form && this.always(form)) return;
    if (form && this.comparison(form)) return;
    if (node.op === "or" && this.prefixed(node)) return;
    if (node.op === "eq" && this.segmented(node)) return;
    if (!hasAxis(node, this.along)) this.rows.push(node);
    else if (!this.ofRows(node)) this.padding.push(node);
    else this.other.push(node);
  }

  /** Whether a form says no more than that a key is one of its axis. */
  private always({ key, row, rest, constant: extra }: Affine): boolean {
    if (key !== -1 || row.size > 0 || rest.length > 1) return false;
    const [only] = rest;
    if (!only) return typeof this.size === "number" && extra >= this.size - 1;
    return only.times === 1 && only.node.op === "size" && only.node.attrs.size === this.size && extra >= -1;
  }

  /** Whether the rest of a form speaks of neither rows nor keys. */
  private free(form: Affine): boolean {
    return form.rest.every(({ node }) => !hasAxis(node, this.along) && !this.ofRows(node));
  }

  private comparison(form: Affine): boolean {
    const [row, ...more] = form.row;
    if (!this.free(form) || more.length > 0) return false;
    if (form.key === -1 && row?.[1] === 1 && !this.causal) this.causal = { row: row[0], form };
    else if (form.key === 1 && row?.[1] === -1 && !this.window) this.window = { row: row[0], form };
    else if (form.key === -1 && !row && !this.length) this.length = form;
    else return false;
    return true;
  }

  /** (key <= row + offset) or (key < prefix). */
  private prefixed(node: Node): boolean {
    const forms = node.inputs.map((i) => atLeastZero(this.before(i), this.along));
    const past = forms.find((f) => f && f.key === -1 && f.row.size === 1 && [...f.row.values()][0] === 1);
    const start = forms.find((f) => f && f.key === -1 && f.row.size === 0);
    if (!past || !start || this.causal || !this.free(past) || !this.free(start)) return false;
    this.causal = { row: [...past.row.keys()][0]!, form: past };
    this.prefix = start;
    return true;
  }

  /** A comparison without what always holds beside it: a position is at least 0. */
  private before(node: Node): Node {
    const told = parts(node).filter((p) => {
      const form = atLeastZero(p, this.along);
      const positive = form && form.key >= 0 && [...form.row.values()].every((n) => n >= 0);
      return !(positive && form.rest.length === 0 && form.constant >= 0);
    });
    return told.length === 1 ? told[0]! : node;
  }

  private segmented(node: Node): boolean {
    const [a, b] = node.inputs as [Node, Node];
    const [rows, keys] = hasAxis(b, this.along) ? [a, b] : [b, a];
    if (hasAxis(rows, this.along) || !hasAxis(keys, this.along) || !this.ofRows(rows) || this.ofRows(keys)) return false;
    this.segments.push({ rows, keys });
    return true;
  }
}

/**
 * Classifies a presence: `along` is the axis of keys, `rows` the axes that only queries have (each of `present` but
 * `along` by default; name them where presence has batch axes too).
 */
export function maskOf(present: Node, along: string, rows = namesOf(without(present.axes, [along]))): Mask {
  const reading = new Reading(along, axisOf(present, along)?.size, rows);
  for (const part of parts(present)) reading.part(part);
  const { causal, window, prefix, length, padding, rows: seen, segments, other } = reading;
  return {
    ...(causal ? { causal: { row: causal.row, offset: bound(causal.form) } } : {}),
    ...(window ? { window: { row: window.row, size: bound(plus(window.form, causal?.form ?? none, 1), 1) } } : {}),
    ...(prefix ? { prefix: bound(prefix, 1) } : {}),
    ...(length ? { length: bound(length, 1) } : {}),
    padding,
    rows: seen,
    segments,
    other,
  };
}

/** The mask of an `attention` or `scoreLogSumExp` node; undefined where everything is present. */
export function maskOfNode(node: Node): Mask | undefined {
  const { q, k, present } = scoreInputs(node.inputs, node.attrs, node.op === "attention" ? 3 : 2);
  const { along, over } = node.attrs as ScoreAttrs;
  const rows = namesOf(q.axes).filter((n) => !hasAxis(k, n) && !over.includes(n));
  return present && maskOf(present, along, rows);
}

/** Whether a mask leaves every row at least one key: it is causal without a bound from below, and nothing else. */
export const reachesAll = (mask: Mask): boolean =>
  mask.causal !== undefined &&
  (constantValue(mask.causal.offset) ?? -1) >= 0 &&
  (!mask.window || (constantValue(mask.window.size) ?? 0) >= 1) &&
  !mask.length &&
  mask.padding.length + mask.rows.length + mask.segments.length + mask.other.length === 0;
