// stack(a, b over p): side by side along a new axis, which comes last.
import * as k from "../../../kernels/index.ts";
import { missingArgument } from "../../diagnostics/missing_argument.ts";
import { align, distinct } from "../align.ts";
import { keyOf } from "../axis.ts";
import { join } from "../flow.ts";
import { nodeOf, numberNode, spread } from "../nodes.ts";
import { fault } from "../scope.ts";
import { constant } from "../size.ts";
import { tensor } from "../value.ts";
import { axisOfSize } from "./axes.ts";
import { type Builtin, read, tensors, unknownValue } from "./builtin.ts";

const signature = "stack(a: [..], b: [..] over p) -> [.., p]";

export const stack: Builtin = {
  name: "stack",
  doc: "Tensors with the same axes side by side along a new axis, which comes last.",
  signature,
  wrong: { code: "missing_argument", text: "fn f(a: [t], c: [t]) -> [t, p] = stack(a, c)" },
  right: "fn f(a: [t], c: [t]) -> [t, p] = stack(a, c over p)",
  apply(scope, e) {
    const args = read(scope, e, "stack", signature, 1, [], 64)?.positional;
    const parts = args && tensors(scope, args);
    if (!args || !parts) return unknownValue;
    const tree = e.over?.[0];
    if (e.over?.length !== 1 || tree?.kind !== "Axis")
      return fault(scope, missingArgument, e.span, { names: ["over one axis"], callee: "stack", signature });
    let axes: ReturnType<typeof align> = parts[0]!.axes;
    for (const [i, part] of parts.entries()) {
      axes = axes && align(scope, "stack", { axes, span: args[0]!.span }, { axes: part.axes, span: args[i]!.span }, e.span);
    }
    const along = axes && axisOfSize(scope, tree, constant(parts.length));
    if (!axes || !along || !distinct(scope, [...axes, along], e.span)) return unknownValue;
    const same = parts.every((p) => p.elem === parts[0]!.elem);
    const elem = same ? parts[0]!.elem : "float";
    const flow = join(parts, true, e.span);
    if (!scope.world.trace) return tensor(elem, [...axes, along], { flow });
    const nodes = parts.map((p) => spread(same ? nodeOf(p) : numberNode(p), axes));
    return tensor(elem, [...axes, along], { flow, node: k.stack(level(nodes), keyOf(along)) });
  },
};

/** Nodes may carry axes of presence that their tensors do not show; the parts of a stack must carry the same. */
function level(nodes: readonly k.Node[]): k.Node[] {
  const all = new Map(nodes.flatMap((n) => n.axes.map((a) => [a.name, a] as const)));
  return nodes.map((n) =>
    k.expand(
      n,
      [...all.values()].filter((a) => !k.hasAxis(n, a.name)),
    ),
  );
}
