// `next` and `previous`: the value one place on, or one back; 0 where there is none.
//
// Looking back along an axis that decoding goes along takes a cache, so there `previous` is a sum over a twin of one-hot rows.
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
  const trace = scope.world.trace!;
  const value = spread(isProb(x) ? numberNode(x) : x.elem === "bool" ? k.cast(nodeOf(x), "i32") : nodeOf(x), [over]);
  const key = keyOf(over);
  const present = presence(scope, [over], undefined);
  if (name === "previous" && trace.decoded(over)) return back(scope, value, over, x.elem === "bool");
  const held = present ? k.select(present, value, 0) : value;
  const room = kernelSize(over.size);
  const moved =
    name === "next" ? k.slice(k.pad(held, key, 0, 1, 0), key, 1, room) : k.slice(k.pad(held, key, 1, 0, 0), key, 0, room);
  return x.elem === "bool" ? k.ne(moved, 0) : moved;
}

/** x one position back, through a cache of everything before: the sum over a twin of what stands one position earlier. */
function back(scope: Scope, value: k.Node, over: Axis, truth: boolean): k.Node {
  const trace = scope.world.trace!;
  const twin: Axis = { ...over, name: `${over.name}.back` };
  const earlier = k.cached(value, keyOf(over), keyOf(twin));
  const before = k.eq(trace.position(twin), k.sub(trace.position(over), 1));
  const moved = k.sum(k.select(before, earlier, 0), [keyOf(twin)]);
  return truth ? k.ne(moved, 0) : moved;
}
