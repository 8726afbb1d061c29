// rename(x over t -> u): an axis gets another name; onto an axis in scope only where the two are twins or one axis by size.
//
// Renaming onto a causal twin is where decoding looks back: the node says so, and a step of decoding turns it into a cache.
import * as k from "../../../kernels/index.ts";
import { axisInUse } from "../../diagnostics/axis_in_use.ts";
import { axisTwice } from "../../diagnostics/axis_twice.ts";
import { type Axis, areTwins, find, keyOf, sameAxis, twinSet } from "../axis.ts";
import { nodeOf, spread, withAxes } from "../nodes.ts";
import { tensorOf } from "../operators.ts";
import { axesText, fault, nameOf, type Scope } from "../scope.ts";
import { equal, isConstant } from "../size.ts";
import { toOne } from "./axes.ts";
import { type Builtin, overOne, read, unknownValue } from "./builtin.ts";

const signature = "rename(x: [.., t] over t -> u) -> [.., u]";

export const rename: Builtin = {
  name: "rename",
  doc: "Gives an axis another name. Onto an axis in scope it is allowed between twins, and between plain axes of one size.",
  signature,
  wrong: { code: "axis_in_use", text: "layer f(x: [b, t]) -> [b, s] {\n  weight w: [s = 8]\n  w * rename(x over t -> s)\n}" },
  right: "fn f(x: [b, t]) -> [b, u] = rename(x over t -> u)",
  apply(scope, e) {
    const arg = read(scope, e, "rename", signature, 1)?.positional[0];
    const x = arg && tensorOf(scope, arg);
    const from = x && overOne(scope, e, x, "rename", signature);
    const to = from && toOne(scope, e, "rename", signature);
    if (!x || !from || !to) return unknownValue;
    const target = targetOf(scope, from, to.name.text);
    if (target === "taken") return fault(scope, axisInUse, to.span, { axis: nameOf(scope, from), other: to.name.text });
    if (find(x.axes, target) && !sameAxis(target, from))
      return fault(scope, axisTwice, e.span, { axis: to.name.text, axes: axesText(scope, x.axes) });
    const { trace } = scope.world;
    if (trace && areTwins(from, target) && trace.decoded(from)) {
      const axes = x.axes.map((a) => (sameAxis(a, from) ? target : a));
      return { ...x, axes, node: k.cached(spread(nodeOf(x), [from]), keyOf(from), keyOf(target)) };
    }
    return withAxes(trace ? { ...x, node: nodeOf(x) } : x, [from], [target]);
  },
};

/** The axis the name means for these positions, or that it is another's. */
function targetOf(scope: Scope, from: Axis, name: string): Axis | "taken" {
  const bound = scope.axes.get(name);
  if (!bound) {
    const made: Axis = { ...from, name, frame: scope.frame, ...(from.text ? { twins: twinSet(from) } : {}) };
    scope.axes.set(name, made);
    return made;
  }
  if (sameAxis(bound, from) || areTwins(bound, from)) return bound;
  if (bound.text || from.text) return bound.text?.id === from.text?.id ? bound : "taken";
  if (equal(bound.size, from.size)) return bound;
  // Between two parameters it is a condition on their calls, where their sizes are known.
  const parameters = bound.parameter && from.parameter;
  return parameters && !(isConstant(bound.size) && isConstant(from.size)) ? bound : "taken";
}
