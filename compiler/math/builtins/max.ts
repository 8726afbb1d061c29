// The largest: of one tensor over axes, of several place by place.
import { extreme } from "./extremes.ts";

export const max = extreme(
  "max",
  "The largest over axes of what is present (0 of none), or of several tensors place by place.",
  -1e30,
);
