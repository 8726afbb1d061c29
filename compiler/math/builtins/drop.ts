// A share of values dropped at random and the others enlarged to match (DARE: Yu et al. 2024, arXiv 2311.03099, section 3.2).
//
// Unlike dropout it is drawn wherever it is written: by its seed, its place in the text, and, in a merge, the name of the tensor.
import * as k from "../../../kernels/index.ts";
import { missingArgument } from "../../diagnostics/missing_argument.ts";
import { outsideRange } from "../../diagnostics/outside_range.ts";
import { join } from "../flow.ts";
import { numberNode } from "../nodes.ts";
import { fault } from "../scope.ts";
import { tensor } from "../value.ts";
import { type Builtin, numberArg, read, unknownValue } from "./builtin.ts";

const signature = "drop(x: [..], share: Float in 0..1, seed: Int = 0) -> [..]";

export const drop: Builtin = {
  name: "drop",
  doc: "x with a share of its values made 0, drawn by the seed, and the others divided by what is left, so that the mean stays; a share of 1 leaves nothing.",
  signature,
  wrong: { code: "outside_range", text: "fn f(x: [..]) -> [..] = drop(x, share: 110%)" },
  right: "fn f(x: [..]) -> [..] = drop(x, share: 90%)",
  apply(scope, e) {
    const args = read(scope, e, "drop", signature, 1, ["share", "seed"]);
    const arg = args?.positional[0];
    const x = arg && numberArg(scope, arg, "drop");
    const given = args?.labelled.get("share");
    if (args && !given) return fault(scope, missingArgument, e.span, { names: ["share"], callee: "drop", signature });
    const share = given && numberArg(scope, given, "drop");
    const label = args?.labelled.get("seed");
    const seed = label ? numberArg(scope, label, "drop") : undefined;
    if (!x || !share || (label && !seed)) return unknownValue;
    if (share.number !== undefined && !(share.number >= 0 && share.number <= 1))
      return fault(scope, outsideRange, given!.span, { value: String(share.number), range: "0..1", what: "The share" });
    const flow = join([x], false, e.span);
    const { trace } = scope.world;
    if (!trace) return tensor("float", x.axes, { flow });
    const p = numberNode(share);
    const drawn = trace.drawn(x.axes, seed ? numberNode(seed) : k.constant(0));
    const kept = k.select(k.ge(drawn, p), k.div(1, k.maximum(k.sub(1, p), 1e-30)), 0);
    return tensor("float", x.axes, { flow, node: k.mul(numberNode(x), kept) });
  },
};
