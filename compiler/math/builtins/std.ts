// The standard deviation over axes of what is present (the population's: divided by the count).
import * as k from "../../../kernels/index.ts";
import { reduction } from "./reduction.ts";

export const std = reduction({
  name: "std",
  doc: "The standard deviation over axes of what is present, the sum of squares divided by the count; 0 of none.",
  linear: false,
  node: (x, over, present) => {
    const centred = k.sub(x, k.mean(x, over, present));
    return k.sqrt(k.add(k.mean(k.mul(centred, centred), over, present), 1e-12));
  },
  fold: (xs) => {
    const m = xs.reduce((a, b) => a + b, 0) / Math.max(1, xs.length);
    return Math.sqrt(xs.reduce((a, b) => a + (b - m) ** 2, 0) / Math.max(1, xs.length));
  },
});
