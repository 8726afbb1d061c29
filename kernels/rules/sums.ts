/** Sums and contractions: what does not depend on the axis summed comes out, and products summed become contractions. */
import { mul } from "../ir/elementwise.ts";
import { type Axis, axisOf, hasAxis, type Node, namesOf } from "../ir/node.ts";
import { contract, extraAxes, sum } from "../ir/reduce.ts";
import { pick } from "../ir/shape.ts";
import { type Rule, rule, table } from "./rule.ts";

const overOf = (node: Node): readonly string[] => node.attrs.over as readonly string[];

/** Values a node holds, symbols guessed at 64: only to compare work. */
export const weight = (node: Node): number => node.axes.reduce((n, a) => n * (typeof a.size === "number" ? a.size : 64), 1);

const lacks = (x: Node, names: readonly string[]): boolean => names.every((n) => !hasAxis(x, n));

const product = (a: Node, b: Node): Node => mul(a, b);

/** The factors of a product. */
export const factors = (node: Node): Node[] => (node.op === "mul" ? node.inputs.flatMap(factors) : [node]);

/** Each way to take one factor out of a product of several. */
function apart(node: Node): { c: Node; rest: Node }[] {
  const all = factors(node);
  if (all.length < 2) return [];
  return all.map((c, i) => ({ c, rest: all.filter((_, k) => k !== i).reduce(product) }));
}

/** Weights in few bits: a device multiplies by them as they lie. */
const isNarrow = (y: Node): boolean => y.op === "dequantize" || (y.op === "rename" && isNarrow(y.inputs[0]!));

const sumRules: Rule[] = [
  rule("sum(sum(x)) -> sum(x)", (n) => {
    const [x] = n.inputs;
    return x!.op === "sum" ? sum(x!.inputs[0]!, [...overOf(n), ...overOf(x!)]) : undefined;
  }),
  rule("sum(x) over one place -> x", (n) => {
    const [x] = n.inputs;
    const name = overOf(n).find((o) => axisOf(x!, o)!.size === 1);
    return name === undefined
      ? undefined
      : sum(
          pick(x!, name, 0),
          overOf(n).filter((o) => o !== name),
        );
  }),
  rule("sum(x * c) -> sum(x) * c where c lacks the axes", (n) => {
    const [x] = n.inputs;
    const all = factors(x!);
    const inside = all.filter((f) => !lacks(f, overOf(n)));
    const outside = all.filter((f) => lacks(f, overOf(n)));
    const covered = overOf(n).every((name) => inside.some((f) => hasAxis(f, name)));
    return covered && outside.length > 0 ? mul(sum(inside.reduce(product), overOf(n)), outside.reduce(product)) : undefined;
  }),
  rule("sum(-x) -> -sum(x)", (n) => {
    const [x] = n.inputs;
    return x!.op === "neg" ? mul(sum(x!.inputs[0]!, overOf(n)), -1) : undefined;
  }),
  rule("sum(a * b) -> contract(a, b) where either keeps axes of its own", (n) => {
    const [x] = n.inputs;
    if (x!.op !== "mul" || x!.dtype !== "f32") return undefined;
    const [a, b] = x!.inputs as [Node, Node];
    const shared = overOf(n).every((name) => hasAxis(a, name) && hasAxis(b, name));
    return shared && extraAxes(a, b).length + extraAxes(b, a).length > 0 ? contract(a, b, overOf(n)) : undefined;
  }),
  rule("sum(scatterAdd(v) over its new axis) -> sum(v)", (n) => {
    const [x] = n.inputs;
    if (x!.op !== "scatterAdd") return undefined;
    const into = (x!.attrs.into as Axis).name;
    if (!overOf(n).includes(into)) return undefined;
    const rest = overOf(n).filter((name) => name !== into);
    return sum(x!.inputs[0]!, [...rest, ...(x!.attrs.from as readonly string[])]);
  }),
  // Dao et al. 2022 (FlashAttention), section 3.1: the inner product of P and dP is that of dO and O.
  rule("sum(softmax(x) * contract(a, v)) -> sum(a * contract(softmax(x), v))", (n) => {
    const [x] = n.inputs;
    if (x!.op !== "mul" || overOf(n).length !== 1) return undefined;
    const over = overOf(n)[0]!;
    for (const [p, g] of [x!.inputs, [...x!.inputs].reverse()] as [Node, Node][]) {
      if (p.op !== "softmax" || g.op !== "contract" || overOf(p).join() !== over) continue;
      for (const [a, v] of [g.inputs, [...g.inputs].reverse()] as [Node, Node][]) {
        if (hasAxis(a, over) || !hasAxis(v, over)) continue;
        const out = contract(p, v, [over]);
        const own = namesOf(out.axes).filter((name) => !hasAxis(n, name));
        if (out.axes.length === a.axes.length && out.axes.every((s) => hasAxis(a, s.name))) return sum(mul(a, out), own);
      }
    }
    return undefined;
  }),
];

const contractRules: Rule[] = [
  rule("contract over nothing -> product", (n) => (overOf(n).length === 0 ? mul(n.inputs[0]!, n.inputs[1]!) : undefined)),
  rule("contract(x * c, y) -> contract(x, y) * c where c lacks the axes", (n) => {
    for (const i of [0, 1] as const) {
      const x = n.inputs[i]!;
      const other = n.inputs[1 - i]!;
      for (const { c, rest } of apart(x)) {
        // Every axis must stay where it was, and the product after must not be dearer than the one before.
        if (
          !lacks(c, overOf(n)) ||
          extraAxes(x, rest).some((s) => !hasAxis(other, s.name)) ||
          (c.axes.length > 0 && weight(n) > weight(x))
        )
          continue;
        return mul(i === 0 ? contract(rest, other, overOf(n)) : contract(other, rest, overOf(n)), c);
      }
    }
    return undefined;
  }),
  rule("contract(x * c, y) -> contract(x, y * c) where y is smaller and has the axes", (n) => {
    for (const i of [0, 1] as const) {
      const [x, y] = [n.inputs[i]!, n.inputs[1 - i]!];
      for (const { c, rest } of apart(x)) {
        if (weight(y) >= weight(x) || isNarrow(y) || extraAxes(c, y).length > 0 || extraAxes(x, rest).length > 0) continue;
        return i === 0 ? contract(rest, mul(y, c), overOf(n)) : contract(mul(y, c), rest, overOf(n));
      }
    }
    return undefined;
  }),
  rule("contract(-x, y) -> -contract(x, y)", (n) => {
    const [a, b] = n.inputs as [Node, Node];
    if (a.op === "neg") return mul(contract(a.inputs[0]!, b, overOf(n)), -1);
    return b.op === "neg" ? mul(contract(a, b.inputs[0]!, overOf(n)), -1) : undefined;
  }),
];

/** Sums and contractions. */
export const sums = table("sums", { sum: sumRules, contract: contractRules });
