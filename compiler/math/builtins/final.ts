// final(t): whether a place is the last that exists.
import * as k from "../../../kernels/index.ts";
import { followed, places } from "./places.ts";

export const final = places({
  name: "final",
  doc: "Whether each place is the last of its text.",
  elem: "bool",
  node: (scope, axis) => {
    const present = scope.world.trace!.present(axis);
    const last = k.not(followed(scope, axis));
    return present ? k.and(present, last) : last;
  },
});
