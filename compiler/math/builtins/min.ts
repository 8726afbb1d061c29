// The smallest: of one tensor over axes, of several place by place.
import { extreme } from "./extremes.ts";

export const min = extreme(
  "min",
  "The smallest over axes of what is present (0 of none), or of several tensors place by place.",
  1e30,
);
