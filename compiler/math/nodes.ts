// From a value of the walk to a node of the graph: numbers become constants, probabilities leave the logarithm, Ints widen.
import * as k from "../../kernels/index.ts";
import { type Axis, find, keyOf } from "./axis.ts";
import { kernelSize, toKernel } from "./trace.ts";
import type { Elem, Tensor } from "./value.ts";

/** The dtype in which values of an element type are kept. */
const dtypeOf = (elem: Elem): k.DType => (elem === "bool" ? "bool" : elem === "int" || elem === "token" ? "i32" : "f32");

/** The node as it is kept: a Prob and a Ratio as logarithms. Only while tracing. */
export function nodeOf(t: Tensor): k.Node {
  if (t.node) return t.node;
  if (t.number !== undefined) return t.elem === "bool" ? k.ne(k.constant(t.number), 0) : k.constant(t.number, dtypeOf(t.elem));
  if (t.size) return k.sizeOf(kernelSize(t.size), dtypeOf(t.elem));
  throw new Error("a value without a node met a trace");
}

/** The node as a number (f32): a probability leaves its logarithm, an Int is widened. */
export function numberNode(t: Tensor): k.Node {
  if (t.elem === "prob" || t.elem === "ratio") return t.forms?.plain?.() ?? k.exp(nodeOf(t));
  if (t.number !== undefined) return k.constant(t.number);
  return k.cast(nodeOf(t), "f32");
}

/** The node spread over axes that it lacks, so that a reduction over them counts every place. */
export function spread(node: k.Node, axes: readonly Axis[]): k.Node {
  const missing = axes.filter((a) => !a.rest && !k.hasAxis(node, keyOf(a)));
  return missing.length === 0 ? node : k.expand(node, missing.map(toKernel));
}

/** The node with axes renamed to other identities. */
function relabel(node: k.Node, from: readonly Axis[], to: readonly Axis[]): k.Node {
  const names: Record<string, string> = {};
  from.forEach((a, i) => {
    names[keyOf(a)] = keyOf(to[i]!);
  });
  return k.rename(node, names);
}

/** A tensor with some of its axes replaced by others of the same sizes; its node follows. */
export function withAxes(t: Tensor, from: readonly Axis[], to: readonly Axis[]): Tensor {
  const axes = t.axes.map((a) => {
    const at = from.findIndex((f) => f.name === a.name && f.frame === a.frame);
    return at < 0 ? a : to[at]!;
  });
  if (!t.node) return { ...t, axes };
  const changed = from.filter((f) => find(t.axes, f));
  const targets = changed.map((c) => to[from.indexOf(c)]!);
  const move = (n: k.Node) => relabel(n, changed, targets);
  const forms = t.forms && {
    ...(t.forms.plain ? { plain: () => move(t.forms!.plain!()) } : {}),
    ...(t.forms.rest ? { rest: () => move(t.forms!.rest!()) } : {}),
    ...(t.forms.pick ? { pick: pickThrough(t.forms.pick, changed, targets) } : {}),
  };
  return { ...t, axes, node: move(t.node), ...(forms ? { forms } : {}) };
}

/** Picking from a renamed tensor: the axis and the index go back to the old names, the result comes to the new ones. */
function pickThrough(pick: (axis: string, index: k.Node) => k.Node, from: readonly Axis[], to: readonly Axis[]) {
  return (axis: string, index: k.Node): k.Node => {
    const back: Record<string, string> = {};
    const forth: Record<string, string> = {};
    from.forEach((a, i) => {
      back[keyOf(to[i]!)] = keyOf(a);
      forth[keyOf(a)] = keyOf(to[i]!);
    });
    return k.rename(pick(back[axis] ?? axis, k.rename(index, back)), forth);
  };
}
