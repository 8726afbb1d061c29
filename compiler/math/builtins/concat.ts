// concat(a, b over t): one after another along an axis.
import * as k from "../../../kernels/index.ts";
import { raggedSplit } from "../../diagnostics/ragged_split.ts";
import { agree } from "../align.ts";
import { find, keyOf, sameAxis, without } from "../axis.ts";
import { join } from "../flow.ts";
import { nodeOf, numberNode, spread } from "../nodes.ts";
import { fault, nameOf } from "../scope.ts";
import { absent } from "../select.ts";
import { add, type Size } from "../size.ts";
import { tensor } from "../value.ts";
import { type Builtin, overOne, read, tensors, unknownValue } from "./builtin.ts";

const signature = "concat(a: [.., t], b: [.., t] over t) -> [.., t]";

export const concat: Builtin = {
  name: "concat",
  doc: "Tensors one after another along an axis; their other axes are the same.",
  signature,
  wrong: { code: "absent_axis", text: "fn f(a: [b, t], c: [b, t]) -> [b, t] = concat(a, c over s)" },
  right: "layer f(x: [b]) -> [b, t] {\n  weight v: [t = 3]\n  concat(outer(x * v), outer(x * v) over t)\n}",
  apply(scope, e) {
    const args = read(scope, e, "concat", signature, 2, [], 64)?.positional;
    const parts = args && tensors(scope, args);
    const first = parts?.[0];
    const over = first && overOne(scope, e, first, "concat", signature);
    if (!args || !parts || !first || !over) return unknownValue;
    if (over.text) return fault(scope, raggedSplit, e.span, { axis: nameOf(scope, over), of: over.text.name });
    const others = without(first.axes, [over]);
    let total: Size | undefined;
    for (const [i, part] of parts.entries()) {
      const along = find(part.axes, over);
      if (!along) return absent(scope, nameOf(scope, over), part.axes, args[i]!.span);
      total = total ? add(total, along.size) : along.size;
      const rest = without(part.axes, [over]);
      if (!agree(scope, { axes: others, span: args[0]!.span }, { axes: rest, span: args[i]!.span }, args[i]!.span))
        return unknownValue;
      const lacking = others.find((a) => !find(rest, a));
      if (lacking) return absent(scope, nameOf(scope, lacking), part.axes, args[i]!.span);
    }
    const axes = first.axes.map((a) => (sameAxis(a, over) ? { ...a, size: total! } : a));
    const same = parts.every((p) => p.elem === first.elem);
    const flow = join(parts, true, e.span);
    if (!scope.world.trace) return tensor(same ? first.elem : "float", axes, { flow });
    const nodes = parts.map((p) => spread(same ? nodeOf(p) : numberNode(p), p.axes));
    return tensor(same ? first.elem : "float", axes, { flow, node: k.concat(nodes, keyOf(over)) });
  },
};
