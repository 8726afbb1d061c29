/**
 * attention(q, k, v) = contract(softmax(contract(q, k) * scale + bias, along, where present), v, along) (Vaswani et al.
 * 2017). Axes that q and k share are batch; an axis that only q has, such as that of grouped queries, is one more axis of
 * rows. A row where nothing is present is all 0. A device that has it never holds the scores.
 */
import { and, cast, le, mul, not, sub } from "../ir/elementwise.ts";
import { type Axis, fail, hasAxis, make, type Node, namesOf, without } from "../ir/node.ts";
import { contract, sum } from "../ir/reduce.ts";
import { iota } from "../ir/source.ts";
import { composed } from "./op.ts";
import {
  distribution,
  type ScoreAttrs,
  type Scoring,
  scoreAxes,
  scored,
  scoreGradients,
  scoreInputs,
  scoresOf,
} from "./score-logsumexp.ts";
import { softmax } from "./softmax.ts";

/**
 * Values weighed by how well their keys fit the queries: `over` are the axes that the product of q and k sums, `along` the
 * axis whose places compete (k and v have it, q has not), `bias` is added to the scores, `present` (bool) says which exist.
 * The result: the axes of the scores without `along`, then the values' own.
 */
export function attention(q: Node, k: Node, v: Node, scoring: Scoring): Node {
  const { attrs, rest } = scored(scoring);
  return make("attention", [q, k, v, ...rest], attrs);
}

/** The axes of values that scores do not have. */
const ownOf = (v: Node, scores: Node): Axis[] => v.axes.filter((a) => !hasAxis(scores, a.name));

composed<ScoreAttrs>("attention", {
  signature: (inputs, attrs) => {
    const look = scoreAxes("attention", inputs, attrs, 3);
    const v = inputs[2]!;
    if (v.dtype !== inputs[0]!.dtype || !hasAxis(v, attrs.along)) fail("attention", `the values need ${attrs.along}`, inputs);
    for (const a of v.axes)
      if (look.some((b) => b.name === a.name && b.size !== a.size)) fail("attention", `sizes of ${a.name} differ`, inputs);
    const rows = without(look, [attrs.along]);
    return { dtype: v.dtype, axes: [...rows, ...without(v.axes, [attrs.along, ...namesOf(rows)])] };
  },
  lower: (inputs, attrs) => {
    const given = scoreInputs(inputs, attrs, 3);
    const { along } = attrs as ScoreAttrs;
    return contract(cast(softmax(scoresOf(given, attrs), [along], given.present), given.v!.dtype), given.v!, [along]);
  },
  // Dao et al. 2022, appendix B.4: of q, k, v, bias, the result and the logarithm of the sums, nothing else is kept.
  gradient: (y, g) => {
    const given = scoreInputs(y.inputs, y.attrs, 3);
    const v = given.v!;
    const p = distribution(given, y.attrs);
    const own = namesOf(ownOf(v, p));
    const rows = namesOf(p.axes.filter((a) => !hasAxis(v, a.name)));
    const slope = sub(cast(contract(g, v, own), "f32"), sum(cast(mul(g, y), "f32"), own));
    const [dq, dk, ...rest] = scoreGradients(given, y.attrs, mul(p, slope));
    return [dq, dk, contract(cast(p, v.dtype), g, rows), ...rest];
  },
  cases: (given) => {
    const [query, key, values] = [given("query", "b t h k"), given("key", "b s h k"), given("values", "b s h d")];
    const [p, few, axisOf] = [given("p", "b s", "bool"), given("few", "b s k"), (n: string) => given(n, n).axes[0]!];
    const scoring = { over: ["k"], along: "s" };
    const causal = le(iota(axisOf("s")), iota(axisOf("t")));
    return [
      ["attention", attention(query, key, values, { ...scoring, scale: 0.5 })],
      ["attention whose values are its keys", attention(query, key, key, scoring)],
      [
        "attention with a bias among the present",
        attention(query, key, values, { ...scoring, bias: given("bias", "h t s"), present: p }),
      ],
      ["attention to the past", attention(query, key, values, { ...scoring, present: causal })],
      ["attention where nothing is present", attention(query, key, values, { ...scoring, present: and(p, not(p)) })],
      ["attention of huge scores", attention(query, key, values, { ...scoring, bias: mul(cast(iota(axisOf("s")), "f32"), 1e4) })],
      ["attention of grouped queries", attention(query, few, few, scoring)],
      ["attention over two axes", attention(query, key, given("line", "s d"), { ...scoring, over: ["h", "k"] })],
    ];
  },
});
