// `next` and `previous`: the value one place on, or one back; 0 where there is none.
//
// What is absent counts as 0. Knows nothing of decoding, where `previous` becomes a state of one token.
import type { Call } from "../../../grammar/index.ts";
import * as k from "../../../kernels/index.ts";
import { type Axis, keyOf } from "../axis.ts";
import { join } from "../flow.ts";
import { nodeOf, numberNode, spread } from "../nodes.ts";
import { tensorOf } from "../operators.ts";
import type { Scope } from "../scope.ts";
import { kernelSize } from "../trace.ts";
import { isProb, type Tensor, tensor, type Value } from "../value.ts";
import { type Builtin, overOne, presence, read, unknownValue } from "./builtin.ts";

/** The record of a shift by one. */
export function shift(name: "next" | "previous", doc: string): Builtin {
  const signature = `${name}(x: [.., t] over t) -> [.., t]`;
  return {
    name,
    doc,
    signature,
    wrong: { code: "absent_axis", text: `fn f(x: [b, t]) -> [b, t] = ${name}(x over s)` },
    right: `fn f(x: [b, t]) -> [b, t] = ${name}(x over t)`,
    apply(scope: Scope, e: Call): Value {
      const arg = read(scope, e, name, signature, 1)?.positional[0];
      const x = arg && tensorOf(scope, arg);
      const over = x && overOne(scope, e, x, name, signature);
      if (!x || !over) return unknownValue;
      const elem = isProb(x) ? "float" : x.elem;
      const flow = join([x], true, e.span);
      if (!scope.world.trace) return tensor(elem, x.axes, { flow });
      return tensor(elem, x.axes, { flow, node: shifted(scope, x, over, name) });
    },
  };
}

function shifted(scope: Scope, x: Tensor, over: Axis, name: "next" | "previous"): k.Node {
  const value = spread(isProb(x) ? numberNode(x) : x.elem === "bool" ? k.cast(nodeOf(x), "i32") : nodeOf(x), [over]);
  const key = keyOf(over);
  const present = presence(scope, [over], undefined, undefined);
  const held = present ? k.select(present, value, 0) : value;
  const room = kernelSize(over.size);
  const rest = k.minus(room, 1);
  // Cut, then pad: along a text that is decoded this is a state of one token.
  const shift = (node: k.Node): k.Node =>
    name === "next" ? k.pad(k.slice(node, key, 1, rest), key, 0, 1, 0) : k.pad(k.slice(node, key, 0, rest), key, 1, 0, 0);
  // Of several texts in one row, the first place of each has none before it, and the last none after it.
  const starts = scope.world.trace!.starts(over);
  const position = starts && scope.world.trace!.position(over);
  const inner = position && k.gt(name === "next" ? shift(position) : position, 0);
  const moved = inner ? k.select(inner, shift(held), 0) : shift(held);
  return x.elem === "bool" ? k.ne(moved, 0) : moved;
}
