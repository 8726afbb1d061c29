// Functions of one number, place by place: what they share besides their node.
import type { Call } from "../../../grammar/index.ts";
import type { Node } from "../../../kernels/index.ts";
import { join } from "../flow.ts";
import { numberNode } from "../nodes.ts";
import type { Scope } from "../scope.ts";
import { known, tensor } from "../value.ts";
import { type Builtin, numberArg, read, unknownValue } from "./builtin.ts";

interface Facts {
  readonly name: string;
  readonly doc: string;
  readonly fold: (x: number) => number;
  readonly node: (x: Node) => Node;
}

/** The record of an elementwise function; a Prob given to it becomes a number first, and numbers known while compiling are folded. */
export function unary({ name, doc, fold, node }: Facts): Builtin {
  const signature = `${name}(x: [..]) -> [..]`;
  return {
    name,
    doc,
    signature,
    wrong: { code: "missing_argument", text: `fn f(x: [t]) -> [t] = ${name}()` },
    right: `fn f(x: [t]) -> [t] = ${name}(x)`,
    apply(scope: Scope, e: Call) {
      const x = read(scope, e, name, signature, 1)?.positional[0];
      const t = x && numberArg(scope, x, name);
      if (!t) return unknownValue;
      if (t.number !== undefined) return known(fold(t.number), "float");
      const flow = join([t], false, e.span);
      return tensor("float", t.axes, { flow, ...(scope.world.trace ? { node: node(numberNode(t)) } : {}) });
    },
  };
}
