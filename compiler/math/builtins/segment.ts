// segment(t): which of several packed texts a place belongs to.
import * as k from "../../../kernels/index.ts";
import { places } from "./places.ts";

export const segment = places({
  name: "segment",
  doc: "Which of several packed texts each place belongs to; two places of one text are equal.",
  elem: "int",
  node: (scope, axis) => scope.world.trace!.segment(axis) ?? k.constant(0, "i32"),
});
