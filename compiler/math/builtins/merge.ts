// merge(x over h, k -> d): several axes become one, in the place of the first named, which varies slowest.
import * as k from "../../../kernels/index.ts";
import { missingArgument } from "../../diagnostics/missing_argument.ts";
import { raggedSplit } from "../../diagnostics/ragged_split.ts";
import { find, keyOf, sameAxis } from "../axis.ts";
import { nodeOf, spread } from "../nodes.ts";
import { tensorOf } from "../operators.ts";
import { fault, nameOf } from "../scope.ts";
import { constant, multiply, type Size } from "../size.ts";
import { axisOfSize, moved, toOne } from "./axes.ts";
import { type Builtin, keys, overAxes, read, unknownValue } from "./builtin.ts";

const signature = "merge(x: [.., h, k] over h, k -> d) -> [.., d]";

export const merge: Builtin = {
  name: "merge",
  doc: "Joins axes to one, in the place of the first named; the first named varies slowest. The inverse of split.",
  signature,
  wrong: { code: "absent_axis", text: "fn f(x: [b, h, k]) -> [b, d] = merge(x over h, j -> d)" },
  right: "fn f(x: [b, h, k]) -> [b, d] = merge(x over h, k -> d)",
  apply(scope, e) {
    const arg = read(scope, e, "merge", signature, 1)?.positional[0];
    const x = arg && tensorOf(scope, arg);
    if (!x) return unknownValue;
    if (!e.over?.length) return fault(scope, missingArgument, e.span, { names: ["over axes"], callee: "merge", signature });
    const over = overAxes(scope, e.over, x, e.span);
    const to = over && toOne(scope, e, "merge", signature);
    if (!over || !to) return unknownValue;
    const ragged = over.find((a) => a.text);
    if (ragged) return fault(scope, raggedSplit, e.span, { axis: nameOf(scope, ragged), of: ragged.text!.name });
    const size = over.reduce<Size>((p, a) => multiply(p, a.size), constant(1));
    const into = axisOfSize(scope, to, size);
    if (!into) return unknownValue;
    const axes = x.axes.flatMap((a) => (sameAxis(a, over[0]!) ? [into] : find(over, a) ? [] : [a]));
    return moved(scope, x, axes, e.span, () => k.merge(spread(nodeOf(x), over), keys(over), keyOf(into)));
  },
};
