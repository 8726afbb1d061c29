/**
 * Attention and the cross entropy of a large vocabulary, as they are written with products and softmaxes. They are recognised
 * before gradients are made, so that neither pass needs the scores.
 */
import { add, div, mul, neg, sameAxes } from "../ir/elementwise.ts";
import { gather } from "../ir/lookup.ts";
import { axisOf, hasAxis, type Node } from "../ir/node.ts";
import { contract } from "../ir/reduce.ts";
import { constantValue } from "../ir/source.ts";
import { attention } from "../ops/attention.ts";
import { type Scoring, scoreLogSumExp } from "../ops/score-logsumexp.ts";
import { overOf } from "../ops/softmax.ts";
import type { Formulas, Readers, Recognition } from "./recognise.ts";

/** Scores as they are written: a product, scaled, with biases. */
interface Scores {
  readonly q: Node;
  readonly k: Node;
  readonly over: readonly string[];
  readonly scale: number;
  readonly bias: Node | undefined;
}

const overOfContract = (node: Node): readonly string[] => node.attrs.over as readonly string[];

/** The product of a row and a key: exactly one operand has the axis. */
function product(node: Node, along: string): Scores | undefined {
  const [a, b] = node.inputs as [Node, Node];
  if (hasAxis(a, along) === hasAxis(b, along)) return undefined;
  const [q, k] = hasAxis(a, along) ? [b, a] : [a, b];
  return { q, k, over: overOfContract(node), scale: 1, bias: undefined };
}

/** Whether a tensor beside the scores has an axis of the name of one that their product sums. */
const clashes = (x: Node | undefined, { over }: Scores): boolean => x?.axes.some((a) => over.includes(a.name)) ?? false;

/** Scores times a factor: a number is a scale; what has nothing to do with the keys goes to the queries. */
function times(scores: Scores, factor: Node, along: string): Scores | undefined {
  const value = constantValue(factor);
  const bias = scores.bias && mul(scores.bias, factor);
  if (value !== undefined) return { ...scores, scale: scores.scale * value, bias };
  return hasAxis(factor, along) || clashes(factor, scores) ? undefined : { ...scores, q: mul(scores.q, factor), bias };
}

const plus = (scores: Scores, bias: Node): Scores => ({ ...scores, bias: scores.bias ? add(scores.bias, bias) : bias });

/** A node read as scores along an axis. `free` says of what lies between it and the product that nobody else needs it. */
function scoresOf(node: Node, along: string, free: (node: Node) => boolean): Scores | undefined {
  if (!free(node)) return undefined;
  const [a, b] = node.inputs as [Node, Node];
  const inner = (x: Node): Scores | undefined => (hasAxis(x, along) ? scoresOf(x, along, free) : undefined);
  switch (node.op) {
    case "contract":
      return product(node, along);
    case "mul": {
      const [left, right] = [inner(a), inner(b)];
      return left ? times(left, b, along) : right && times(right, a, along);
    }
    case "div": {
      const top = inner(a);
      return top && times(top, div(1, b), along);
    }
    case "neg": {
      const below = inner(a);
      return below && { ...below, scale: -below.scale, bias: below.bias && neg(below.bias) };
    }
    case "add": {
      const [left, right] = [inner(a), inner(b)];
      return left ? plus(left, b) : right && plus(right, a);
    }
    case "sub": {
      const left = inner(a);
      return left && plus(left, neg(b));
    }
    default:
      return undefined;
  }
}

const scoring = ({ over, scale, bias }: Scores, along: string, present?: Node): Scoring => ({
  over,
  along,
  scale,
  bias,
  present,
});

/** contract(softmax(scores), v), whichever stands first. */
const asAttention: Recognition = {
  name: "contract(softmax(contract(q, k) * scale + bias), v) -> attention(q, k, v)",
  apply: (node, readers) => {
    const [along, ...more] = overOfContract(node);
    if (along === undefined || more.length > 0) return undefined;
    for (const [look, v] of [node.inputs, [...node.inputs].reverse()] as [Node, Node][]) {
      if (look.op !== "softmax" || overOf(look.attrs).join() !== along || readers(look).length > 1 || look === v) continue;
      const [x, present] = look.inputs as [Node, Node?];
      const found = hasAxis(x, along) ? scoresOf(x, along, (n) => readers(n).length === 1) : undefined;
      if (!found || clashes(found.bias, found) || clashes(present, found)) continue;
      const result = attention(found.q, found.k, v, scoring(found, along, present));
      if (sameAxes(result, node)) return result;
    }
    return undefined;
  },
};

/**
 * From how many bytes of one row of scores on they are better made twice than kept. At 64 KiB (16,384 words) the 2,048 rows of
 * a batch of 16 x 128 are 128 MiB, which is the largest binding WebGPU promises (maxStorageBufferBindingSize) and several
 * times any cache; making them again costs a third more of three products, keeping them costs their bytes several times over.
 */
const largeRow = 64 * 1024;

/** Whether a node is only looked up along an axis and, by way of what is like it, summed as a logarithm. */
function onlySummed(node: Node, along: string, readers: Readers): boolean {
  const sums = readers(node).filter(
    (r) => typeof r === "string" || r.op !== "gather" || r.inputs[0] !== node || r.attrs.axis !== along,
  );
  const fits = (r: Node | string): boolean =>
    typeof r !== "string" &&
    (r.op === "logSumExp"
      ? overOf(r.attrs).join() === along && r.inputs[0] === node
      : steps.has(r.op) && onlySummed(r, along, readers));
  return sums.length > 0 && sums.every(fits);
}

/** What may lie between a product and the sum of its scores. */
const steps = new Set(["mul", "div", "neg", "add", "sub"]);

/** The logits of a large vocabulary whose only use is a logarithm of their sum and looking some up. */
function lookedUp(x: Node, along: string, readers: Readers): Scores | undefined {
  const size = axisOf(x, along)?.size;
  if (typeof size !== "number" || size * 4 < largeRow) return undefined;
  const found = scoresOf(x, along, (n) => onlySummed(n, along, readers));
  return found && !clashes(found.bias, found) ? found : undefined;
}

const asScoreSum: Recognition = {
  name: "logSumExp(contract(y, table)) -> scoreLogSumExp(y, table) over a large vocabulary",
  apply: (node, readers) => {
    const [x, present] = node.inputs as [Node, Node?];
    const [along, ...more] = overOf(node.attrs);
    if (along === undefined || more.length > 0) return undefined;
    const found = lookedUp(x, along, readers);
    if (found && clashes(present, found)) return undefined;
    const result = found && scoreLogSumExp(found.q, found.k, scoring(found, along, present));
    return result && sameAxes(result, node) ? result : undefined;
  },
};

const asRowProduct: Recognition = {
  name: "gather(contract(y, table), label) -> contract(y, gather(table, label)) over a large vocabulary",
  apply: (node, readers) => {
    const [x, index] = node.inputs as [Node, Node];
    const along = node.attrs.axis as string;
    const found = lookedUp(x, along, readers);
    if (!found || index.axes.some((a) => found.over.includes(a.name))) return undefined;
    const rows = contract(found.q, gather(found.k, index, along), found.over);
    const scaled = found.scale === 1 ? rows : mul(rows, found.scale);
    const { bias } = found;
    const result = bias ? add(scaled, hasAxis(bias, along) ? gather(bias, index, along) : bias) : scaled;
    return sameAxes(result, node) ? result : undefined;
  },
};

/** Attention and cross entropy. */
export const attentions: Formulas = {
  name: "attention and cross entropy",
  rules: { contract: [asAttention], logSumExp: [asScoreSum], gather: [asRowProduct] },
};
