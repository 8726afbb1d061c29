// `index`, `position`, `segment` and `final`: what is known of the places of an axis.
//
// In an objective the tokens of a text differ row by row, so there these have the text's axes too; in a layer they have the
// axis alone, and what differs by row stays in the graph.
import type { Call } from "../../../grammar/index.ts";
import * as k from "../../../kernels/index.ts";
import { type Axis, keyOf } from "../axis.ts";
import type { Scope } from "../scope.ts";
import { toKernel } from "../trace.ts";
import { type Elem, tensor, type Value } from "../value.ts";
import { axisArg, type Builtin, unknownValue } from "./builtin.ts";

interface Facts {
  readonly name: string;
  readonly doc: string;
  readonly elem: Elem;
  readonly node: (scope: Scope, axis: Axis) => k.Node;
}

/** The record of a function of an axis that gives one value per place. */
export function places({ name, doc, elem, node }: Facts): Builtin {
  const signature = `${name}(t: axis) -> [t] of ${elem === "bool" ? "Bool" : "Int"}`;
  return {
    name,
    doc,
    signature,
    wrong: { code: "absent_axis", text: `fn f(x: [b, t]) -> [t] of ${elem === "bool" ? "Bool" : "Int"} = ${name}(s)` },
    right: `fn f(x: [b, t]) -> [t] of ${elem === "bool" ? "Bool" : "Int"} = ${name}(t)`,
    apply(scope: Scope, e: Call): Value {
      const axis = axisArg(scope, e, name, signature);
      if (!axis) return unknownValue;
      const axes = [...(scope.goal && name !== "index" ? (axis.outer ?? []) : []), axis];
      return tensor(elem, axes, scope.world.trace ? { node: node(scope, axis) } : {});
    },
  };
}

/** The positions 0, 1, 2, .. along an axis. */
export const iota = (axis: Axis): k.Node => k.iota(toKernel(axis));

/** Whether the position after each exists (bool): the present ones moved back by one. */
export function followed(scope: Scope, axis: Axis): k.Node {
  const present = scope.world.trace!.present(axis);
  const room = toKernel(axis);
  if (!present) return k.lt(k.iota(room), k.cast(k.sub(k.sizeOf(room.size, "i32"), 1), "i32"));
  const ones = k.cast(present, "f32");
  const moved = k.slice(k.pad(ones, keyOf(axis), 0, 1, 0), keyOf(axis), 1, room.size);
  return k.gt(moved, 0);
}
