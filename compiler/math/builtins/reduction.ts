// Reductions: over the axes named, or all; over the present only, and what `where` keeps; the mean of none is 0.
import type { Call } from "../../../grammar/index.ts";
import type { Node } from "../../../kernels/index.ts";
import { type Axis, twinSet, without } from "../axis.ts";
import { join, overBatch } from "../flow.ts";
import { numberNode, spread } from "../nodes.ts";
import type { Scope } from "../scope.ts";
import { type Flow, type Tensor, tensor, type Value } from "../value.ts";
import { type Builtin, keys, numberArg, overAxes, presence, read, unknownValue, whereMask } from "./builtin.ts";
import { numbers } from "./numbers.ts";

/** An operand with the axes to reduce and which of their places count. */
export interface Reduced {
  readonly over: readonly Axis[];
  readonly kept: readonly Axis[];
  readonly mask: Tensor | undefined;
  readonly flow: Flow;
}

/** `over` and `where` of a reduction read against its operand; undefined after a fault. */
export function reduced(scope: Scope, e: Call, t: Tensor, linear: boolean): Reduced | undefined {
  const over = e.over ? overAxes(scope, e.over, t, e.span) : t.axes.filter((a) => !a.each);
  const mask = over && whereMask(scope, e, t);
  if (!over || mask === false) return undefined;
  const flow = join([t], linear, e.span);
  return { over, kept: without(t.axes, over), mask, flow: acrossBatch(flow, over, linear, e) };
}

/** The flow of what reduces over the batch: a sum stays a sum over examples, all else, and all over a twin of it, compares them. */
export function acrossBatch(flow: Flow, over: readonly Axis[], linear: boolean, e: Call): Flow {
  if (flow.grads.length === 0 || !over.some((a) => twinSet(a) === "batch")) return flow;
  const examples = linear && over.every((a) => twinSet(a) !== "batch" || a.name === "batch");
  return examples ? overBatch(flow) : { ...flow, contrast: flow.contrast ?? e.span };
}

interface Facts {
  readonly name: string;
  readonly doc: string;
  readonly linear: boolean;
  /** x has all axes of `over`; `present` says which places count. */
  readonly node: (x: Node, over: string[], present: Node | undefined) => Node;
  /** Over a list of numbers known while compiling. */
  readonly fold: (xs: readonly number[]) => number;
}

/** The record of a reduction of numbers; a Prob given to it becomes a number first. */
export function reduction({ name, doc, linear, node, fold }: Facts): Builtin {
  const signature = `${name}(x: [.., a] over a where mask) -> [..]`;
  return {
    name,
    doc,
    signature,
    wrong: { code: "absent_axis", text: `fn f(x: [b, t]) -> [b] = ${name}(x over s)` },
    right: `fn f(x: [b, t]) -> [b] = ${name}(x over t)`,
    apply(scope: Scope, e: Call): Value {
      const arg = read(scope, e, name, signature, 1)?.positional[0];
      if (!arg) return unknownValue;
      const listed = numbers(scope, arg, fold);
      if (listed) return listed;
      const x = numberArg(scope, arg, name);
      const r = x && reduced(scope, e, x, linear);
      if (!x || !r) return unknownValue;
      if (!scope.world.trace) return tensor("float", r.kept, { flow: r.flow });
      const value = spread(numberNode(x), r.over);
      return tensor("float", r.kept, { flow: r.flow, node: node(value, keys(r.over), presence(scope, r.over, r.mask, x.axes)) });
    },
  };
}
