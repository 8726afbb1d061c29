// position(t): where a token stands in its text; while decoding, the tokens before it count.
import { places } from "./places.ts";

export const position = places({
  name: "position",
  doc: "Where each place stands in its text, from 0; with packing each text begins at 0.",
  elem: "int",
  node: (scope, axis) => scope.world.trace!.position(axis),
});
