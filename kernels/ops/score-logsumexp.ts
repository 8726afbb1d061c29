/**
 * scoreLogSumExp(q, k) = logSumExp of contract(q, k) * scale + bias along an axis, among what is present: the normaliser
 * of attention, and of a prediction over a large vocabulary (dot(y, table[label]) - scoreLogSumExp(y, table) is its
 * cross entropy). A device that has it never holds the scores. Knows the scores, which attention shares.
 */
import { add, and, broadcast, cast, exp, maximum, mul, not, select, sub } from "../ir/elementwise.ts";
import { type Attrs, type Axis, fail, hasAxis, make, type Node, namesOf, without } from "../ir/node.ts";
import { contract, extraAxes } from "../ir/reduce.ts";
import { logSumExp } from "./logsumexp.ts";
import { composed } from "./op.ts";

/** How scores are made: the axes that the product sums, the axis whose places compete, the factor; what inputs follow. */
export interface ScoreAttrs extends Attrs {
  readonly over: readonly string[];
  readonly along: string;
  readonly scale: number;
  readonly bias: boolean;
  readonly present: boolean;
}

/** How scores are made, as a builder takes it; `bias` is added to them, `present` (bool) says which exist. */
export interface Scoring {
  readonly over: readonly string[];
  readonly along: string;
  readonly scale?: number;
  readonly bias?: Node | undefined;
  readonly present?: Node | undefined;
}

/** The operands of a node of the score family; `v` only of attention. */
export interface ScoreInputs {
  readonly q: Node;
  readonly k: Node;
  readonly v?: Node;
  readonly bias?: Node;
  readonly present?: Node;
}

/** Inputs by what they are: `values` is how many stand before bias and presence (q, k and perhaps v). */
export function scoreInputs(inputs: readonly Node[], attrs: Attrs, values: 2 | 3): ScoreInputs {
  const { bias, present } = attrs as ScoreAttrs;
  const rest = inputs.slice(values);
  return {
    q: inputs[0]!,
    k: inputs[1]!,
    ...(values === 3 ? { v: inputs[2]! } : {}),
    ...(bias ? { bias: rest[0]! } : {}),
    ...(present ? { present: rest[bias ? 1 : 0]! } : {}),
  };
}

/** The axes of the scores of a node's inputs: rows, then `along` and whatever else the key has. Throws on misuse. */
export function scoreAxes(op: string, inputs: readonly Node[], attrs: ScoreAttrs, values: 2 | 3): readonly Axis[] {
  const { q, k, bias, present } = scoreInputs(inputs, attrs, values);
  const count = values + Number(attrs.bias) + Number(attrs.present);
  if (inputs.length !== count) fail(op, `takes ${count} operands`, inputs);
  if (present && present.dtype !== "bool") fail(op, "presence is bool", inputs);
  for (const x of [k, ...(bias ? [bias] : [])])
    if (x.dtype !== q.dtype || (x.dtype !== "f32" && x.dtype !== "f16")) fail(op, "takes floats, all the same", inputs);
  for (const name of attrs.over) if (!hasAxis(q, name) || !hasAxis(k, name)) fail(op, `both need ${name}`, inputs);
  for (const x of [bias, present])
    if (x && attrs.over.some((name) => hasAxis(x, name)))
      fail(op, "bias and presence have no axis that the product sums", inputs);
  if (hasAxis(q, attrs.along) || !hasAxis(k, attrs.along)) fail(op, `${attrs.along} is the key's own axis`, inputs);
  broadcast(op, [q, k]);
  const own = without(q.axes, attrs.over);
  const product = { axes: [...own, ...without(k.axes, [...attrs.over, ...namesOf(own)])] };
  return broadcast(op, [product, bias, present].filter((x) => x !== undefined) as Node[]);
}

/** The scores: contract(q, k) * scale + bias, in f32 whatever q is: what stands in an exponent must be exact. */
export function scoresOf({ q, k, bias }: ScoreInputs, attrs: Attrs): Node {
  const { over, scale } = attrs as ScoreAttrs;
  const product = cast(contract(q, k, over), "f32");
  const scaled = scale === 1 ? product : mul(product, scale);
  return bias ? add(scaled, cast(bias, "f32")) : scaled;
}

/** The attributes and the inputs after q, k (and v) of a node of the family. */
export function scored({ over, along, scale = 1, bias, present }: Scoring): { attrs: ScoreAttrs; rest: Node[] } {
  const attrs = { over: [...over].sort(), along, scale, bias: bias !== undefined, present: present !== undefined };
  return { attrs, rest: [bias, present].filter((x) => x !== undefined) };
}

/** The scoring that a node of the family has, as a builder takes it. */
export const scoringOf = (attrs: Attrs, { bias, present }: ScoreInputs): Scoring => {
  const { over, along, scale } = attrs as ScoreAttrs;
  return { over, along, scale, bias, present };
};

/**
 * log(sum(exp(contract(q, k over `over`) * scale + bias) along `along`)) among the present; LOG_ZERO of none; f32. Axes that
 * q and k share are aligned, as in a contraction; bias and presence are spread by name.
 */
export function scoreLogSumExp(q: Node, k: Node, scoring: Scoring): Node {
  const { attrs, rest } = scored(scoring);
  return make("scoreLogSumExp", [q, k, ...rest], attrs);
}

/**
 * exp(scores - their scoreLogSumExp), 0 where absent: the distribution, written so that a device which recomputes
 * scores needs to store nothing of their size (Dao et al. 2022, FlashAttention, algorithm 4).
 */
export function distribution(given: ScoreInputs, attrs: Attrs): Node {
  const p = exp(sub(scoresOf(given, attrs), scoreLogSumExp(given.q, given.k, scoringOf(attrs, given))));
  return given.present ? select(given.present, p, 0) : p;
}

/** The gradients of q, k and bias, given that of the scores (f32). */
export function scoreGradients({ q, k, bias }: ScoreInputs, attrs: Attrs, given: Node): (Node | undefined)[] {
  const { scale } = attrs as ScoreAttrs;
  const g = cast(given, q.dtype);
  const scaled = (x: Node) => (scale === 1 ? x : mul(x, scale));
  const left = scaled(
    contract(
      g,
      k,
      namesOf(extraAxes(g, q)).filter((n) => hasAxis(k, n)),
    ),
  );
  const right = scaled(
    contract(
      q,
      g,
      namesOf(extraAxes(g, k)).filter((n) => hasAxis(q, n)),
    ),
  );
  return [left, right, ...(bias ? [g] : [])];
}

composed<ScoreAttrs>("scoreLogSumExp", {
  signature: (inputs, attrs) => ({
    dtype: "f32",
    axes: without(scoreAxes("scoreLogSumExp", inputs, attrs, 2), [attrs.along]),
  }),
  lower: (inputs, attrs) => {
    const given = scoreInputs(inputs, attrs, 2);
    return logSumExp(scoresOf(given, attrs), [(attrs as ScoreAttrs).along], given.present);
  },
  gradient: ({ inputs, attrs }, g) => {
    const given = scoreInputs(inputs, attrs, 2);
    return scoreGradients(given, attrs, mul(distribution(given, attrs), g));
  },
  cases: (given) => {
    const [query, key, p] = [given("query", "b t h k"), given("key", "b s h k"), given("p", "b s", "bool")];
    const scoring = { over: ["k"], along: "s" };
    return [
      ["scoreLogSumExp over a vocabulary", scoreLogSumExp(given("x", "b s d"), given("w", "v d"), { over: ["d"], along: "v" })],
      [
        "scoreLogSumExp with a bias among the present",
        scoreLogSumExp(query, key, { ...scoring, bias: given("bias", "h t s"), present: p }),
      ],
      [
        "scoreLogSumExp where nothing is present",
        maximum(scoreLogSumExp(query, key, { ...scoring, present: and(p, not(p)) }), -100),
      ],
    ];
  },
});
