// `min` and `max`: of several tensors place by place, of one over axes.
import * as k from "../../../kernels/index.ts";
import { align } from "../align.ts";
import type { Axis } from "../axis.ts";
import { join } from "../flow.ts";
import { nodeOf, numberNode } from "../nodes.ts";
import { asNumber } from "../operators.ts";
import { known, type Tensor, tensor } from "../value.ts";
import { type Builtin, read, tensors, unknownValue } from "./builtin.ts";
import { reduction } from "./reduction.ts";

/** The record of `min` or `max`; `none` is what an absent place counts as. */
export function extreme(name: "min" | "max", doc: string, none: number): Builtin {
  const over = name === "max" ? k.reduceMax : k.reduceMin;
  const pair = name === "max" ? k.maximum : k.minimum;
  const fold = (xs: readonly number[]) => (name === "max" ? Math.max(...xs) : Math.min(...xs));
  const one = reduction({
    name,
    doc,
    linear: false,
    node: (x, axes, present) => {
      const held = over(present ? k.select(present, x, none) : x, axes);
      return present ? k.select((name === "max" ? k.gt : k.lt)(held, none), held, 0) : held;
    },
    fold,
  });
  const signature = `${name}(x: [.., a] over a where mask) -> [..], or ${name}(a: [..], b: [..]) -> [..]`;
  return {
    ...one,
    signature,
    apply(scope, e) {
      if (e.args.length < 2) return one.apply(scope, e);
      const args = read(scope, e, name, signature, 2, [], 64)?.positional;
      const ts = args && tensors(scope, args);
      const numbers = ts?.map((t, i) => asNumber(scope, t, args![i]!.span, name));
      if (!args || !numbers || numbers.some((t) => !t)) return unknownValue;
      const all = numbers as Tensor[];
      if (all.every((t) => t.number !== undefined)) return known(fold(all.map((t) => t.number!)));
      let axes: readonly Axis[] | undefined = all[0]!.axes;
      for (const [i, t] of all.entries()) {
        axes = axes && align(scope, name, { axes, span: args[0]!.span }, { axes: t.axes, span: args[i]!.span }, e.span);
      }
      if (!axes) return unknownValue;
      const whole = all.every((t) => t.elem !== "float");
      const node = scope.world.trace ? { node: all.map(whole ? nodeOf : numberNode).reduce((a, b) => pair(a, b)) } : {};
      return tensor(whole ? "int" : "float", axes, { flow: join(all, false, e.span), ...node });
    },
  };
}
