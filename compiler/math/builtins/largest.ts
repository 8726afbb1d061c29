// All but the largest of a tensor become 0 (TIES, Yadav et al. 2023: trimming by magnitude).
// Exactly the given share of them is kept, rounded down as mergekit does, and whatever ties with the last of those.
import * as k from "../../../kernels/index.ts";
import { missingArgument } from "../../diagnostics/missing_argument.ts";
import { without } from "../axis.ts";
import { join } from "../flow.ts";
import { numberNode, spread } from "../nodes.ts";
import { fault } from "../scope.ts";
import { tensor } from "../value.ts";
import { type Builtin, keys, numberArg, overAxes, presence, read, unknownValue } from "./builtin.ts";

const signature = "largest(x: [.., a], share: Float over a) -> [.., a]";

export const largest: Builtin = {
  name: "largest",
  doc: "x where it is among the given share of largest absolute values over the axes, 0 elsewhere; equal values stay together.",
  signature,
  wrong: { code: "missing_argument", text: "fn f(x: [m, ..]) -> [m, ..] = largest(x over ..)" },
  right: "fn f(x: [b, t]) -> [b, t] = largest(x, share: 20% over t)",
  apply(scope, e) {
    const args = read(scope, e, "largest", signature, 1, ["share"]);
    const arg = args?.positional[0];
    const x = arg && numberArg(scope, arg, "largest");
    if (!x) return unknownValue;
    const shareArg = args.labelled.get("share");
    if (!shareArg || !e.over)
      return fault(scope, missingArgument, e.span, { names: [shareArg ? "over axes" : "share"], callee: "largest", signature });
    const share = numberArg(scope, shareArg, "largest");
    const all = overAxes(scope, e.over, x, e.span);
    if (!share || !all) return unknownValue;
    // `over ..` is one tensor of a list: the axis that the list adds is not part of it.
    const over = e.over.some((a) => a.kind === "Ellipsis")
      ? without(
          all,
          all.filter((a) => a.listed),
        )
      : all;
    const flow = join([x], false, e.span);
    if (!scope.world.trace) return tensor("float", x.axes, { flow });
    const value = spread(numberNode(x), over);
    return tensor("float", x.axes, {
      flow,
      node: trimmed(value, keys(over), numberNode(share), presence(scope, over, undefined, x.axes)),
    });
  },
};

function trimmed(x: k.Node, over: string[], share: k.Node, present: k.Node | undefined): k.Node {
  const size = present ? k.select(present, k.abs(x), 0) : k.abs(x);
  const ones = present ? k.cast(present, "f32") : k.select(k.ge(size, 0), 1, 0);
  const wanted = k.floor(k.mul(k.sum(ones, over), share));
  return k.select(k.ge(size, k.nthLargest(size, wanted, over)), x, 0);
}
