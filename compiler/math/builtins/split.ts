// split(x over d -> h = 8, k): one axis becomes several, in its place, the first varying slowest.
import * as k from "../../../kernels/index.ts";
import { missingArgument } from "../../diagnostics/missing_argument.ts";
import { raggedSplit } from "../../diagnostics/ragged_split.ts";
import { keyOf, sameAxis } from "../axis.ts";
import { nodeOf, spread } from "../nodes.ts";
import { tensorOf } from "../operators.ts";
import { fault, nameOf } from "../scope.ts";
import { toKernel } from "../trace.ts";
import { moved, splitAxes } from "./axes.ts";
import { type Builtin, overOne, read, unknownValue } from "./builtin.ts";

const signature = "split(x: [.., d] over d -> h = 8, k) -> [.., h, k]";

export const split: Builtin = {
  name: "split",
  doc: "Cuts an axis into several, in its place; the first named varies slowest. One size may be left to be inferred.",
  signature,
  wrong: {
    code: "size_not_divisible",
    text: "layer f(x: [b]) -> [b, h, k] {\n  weight w: [d = 512]\n  split(outer(x * w) over d -> h = 7, k)\n}",
  },
  right: "layer f(x: [b]) -> [b, h, k] {\n  weight w: [d = 512]\n  split(outer(x * w) over d -> h = 8, k)\n}",
  apply(scope, e) {
    const arg = read(scope, e, "split", signature, 1)?.positional[0];
    const x = arg && tensorOf(scope, arg);
    const over = x && overOne(scope, e, x, "split", signature);
    if (!x || !over) return unknownValue;
    if (!e.to) return fault(scope, missingArgument, e.span, { names: ["-> axes"], callee: "split", signature });
    if (over.text) return fault(scope, raggedSplit, e.span, { axis: nameOf(scope, over), of: over.text.name });
    const into = splitAxes(scope, e.to, over, e.span);
    if (!into) return unknownValue;
    const axes = x.axes.flatMap((a) => (sameAxis(a, over) ? into : [a]));
    return moved(scope, x, axes, e.span, () => k.split(spread(nodeOf(x), [over]), keyOf(over), into.map(toKernel)));
  },
};
