/** What a node of the attention family computes, as templates see it: places, scores and bounds. Writes no code. */

import { scoring } from "../../fuse/alone.ts";
import { type Axis, at, axisOf, hasAxis, type Node } from "../../ir/node.ts";
import { type Mask, maskOfNode } from "../../ops/attention-mask.ts";
import { type ScoreAttrs, scoreInputs, scoresOf } from "../../ops/score-logsumexp.ts";

/** Scores of rows against keys, for each place of `batch`, and what is made of them. */
export interface Scores {
  readonly node: Node;
  readonly q: Node;
  readonly k: Node;
  readonly v: Node | undefined;
  readonly present: Node | undefined;
  /** The product of queries and keys, and the scores that are made of it. */
  readonly product: Node;
  readonly scores: Node;
  readonly batch: readonly Axis[];
  readonly rows: readonly Axis[];
  readonly keys: Axis;
  readonly over: readonly Axis[];
  /** Axes that only the values have. */
  readonly columns: readonly Axis[];
  readonly mask: Mask | undefined;
}

const unique = (axes: readonly Axis[]): Axis[] => axes.filter((a, i) => axes.findIndex((b) => b.name === a.name) === i);

const innermost = (node: Node): Node => (node.op === "contract" ? node : innermost(node.inputs[0]!));

const known = new WeakMap<Node, Scores>();

/** The scores of a node of the family. The axis of rows that a causal mask bounds comes last among the rows. */
export function scoresAt(node: Node): Scores {
  const found = known.get(node);
  if (found) return found;
  const attrs = node.attrs as ScoreAttrs;
  const given = scoreInputs(node.inputs, attrs, node.op === "attention" ? 3 : 2);
  const { q, k, v, bias, present } = given;
  const keys = axisOf(k, attrs.along)!;
  const over = attrs.over.map((n) => axisOf(q, n)!);
  const others = (x: Node | undefined): Axis[] =>
    (x?.axes ?? []).filter((a) => a.name !== keys.name && !attrs.over.includes(a.name));
  const all = unique([...others(q), ...others(k), ...others(bias), ...others(present)]);
  const mask = maskOfNode(node);
  const rows = all.filter((a) => !hasAxis(k, a.name) && !(v && hasAxis(v, a.name)));
  const scores = at(node.origin, () => scoresOf(given, attrs));
  const result: Scores = {
    node,
    q,
    k,
    v,
    present,
    product: innermost(scores),
    scores,
    batch: all.filter((a) => !rows.includes(a)),
    rows: [...rows.filter((a) => a.name !== mask?.causal?.row), ...rows.filter((a) => a.name === mask?.causal?.row)],
    keys,
    over,
    columns: (v?.axes ?? []).filter((a) => a.name !== keys.name && !all.some((b) => b.name === a.name)),
    mask,
  };
  known.set(node, result);
  return result;
}

/** Whether an operation of the attention family is computed as it stands: all are whose scores and values are f32. */
export const keepsScores = (node: Node): boolean => scoring.has(node.op) && node.inputs[0]!.dtype === "f32";
