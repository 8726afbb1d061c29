// size(t): how many places an axis has, an Int that counts as a size.

import { wholeOf } from "../size.ts";
import { known, tensor } from "../value.ts";
import { axisArg, type Builtin, unknownValue } from "./builtin.ts";

const signature = "size(t: axis) -> Int";

export const size: Builtin = {
  name: "size",
  doc: "How many places an axis has. Of a ragged axis it is the room, not how many are present: that is count.",
  signature,
  wrong: { code: "absent_axis", text: "fn f(x: [b, d]) -> Float = 1 / sqrt(size(k))" },
  right: "fn f(x: [b, d]) -> Float = 1 / sqrt(size(d))",
  apply(scope, e) {
    const axis = axisArg(scope, e, "size", signature);
    if (!axis) return unknownValue;
    const value = wholeOf(axis.size);
    return value === undefined ? tensor("int", [], { size: axis.size }) : known(value);
  },
};
