// part(t): which of the texts laid one behind another a place belongs to.
import { places } from "./places.ts";

export const part = places({
  name: "part",
  doc: "Which of the texts laid one behind another each place belongs to, from 0: what is asked, then each document, then what is judged.",
  elem: "int",
  node: (scope, axis) => scope.world.trace!.part(axis),
});
