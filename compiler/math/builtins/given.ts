// given(t): whether a place of a text was given.
import { places } from "./places.ts";

export const given = places({
  name: "given",
  doc: "Whether each place holds what was given: in `p(y | x)` the places of x, the begin token among them.",
  elem: "bool",
  node: (scope, axis) => scope.world.trace!.given(axis),
});
