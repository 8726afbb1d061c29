// The mean over axes of what is present; of none it is 0.
import * as k from "../../../kernels/index.ts";
import { reduction } from "./reduction.ts";

export const mean = reduction({
  name: "mean",
  doc: "The mean over axes of what is present; 0 of none. Without `over`, over all: mean(x) weighs tokens alike, mean(mean(x over token)) texts alike.",
  linear: true,
  node: (x, over, present) => k.mean(x, over, present),
  fold: (xs) => (xs.length ? xs.reduce((a, b) => a + b, 0) / xs.length : 0),
});
