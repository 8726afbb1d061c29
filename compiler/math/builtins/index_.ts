// index(f): 0, 1, 2, .. along an axis, whatever is present.
import { iota, places } from "./places.ts";

export const index = places({ name: "index", doc: "0, 1, 2, .. along an axis.", elem: "int", node: (_, axis) => iota(axis) });
