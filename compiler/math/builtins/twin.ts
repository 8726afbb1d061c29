// u = twin(t): a second name for the same positions, so that a text can be compared with itself.

import { wrongType } from "../../diagnostics/wrong_type.ts";
import { twinSet } from "../axis.ts";
import { fault } from "../scope.ts";
import { axisArg, type Builtin, unknownValue } from "./builtin.ts";

const signature = "twin(t: axis) -> axis";

export const twin: Builtin = {
  name: "twin",
  doc: "A second name for the positions of an axis; what is present stays present.",
  signature,
  wrong: { code: "absent_axis", text: "fn f(x: [t]) -> [t] {\n  u = twin(q)\n  x\n}" },
  right: "fn f(x: [t]) -> [t] {\n  u = twin(t)\n  sum(outer(x - rename(x over t -> u)) over u)\n}",
  apply(scope, e) {
    const axis = axisArg(scope, e, "twin", signature);
    if (!axis) return unknownValue;
    if (axis.rest) return fault(scope, wrongType, e.span, { what: "What `twin` takes", expected: "one axis", found: "`..`" });
    return { kind: "axis", axis: { ...axis, twins: twinSet(axis) } };
  },
};
