/** (x - mean) / sqrt(variance + eps) over axes (Ba et al. 2016), without scale and shift. */
import { add, mul, rsqrt, sub } from "../ir/elementwise.ts";
import { declare, make, type Node } from "../ir/node.ts";
import { mean } from "./mean.ts";
import type { Op } from "./op.ts";
import { type NormAttrs, normSignature } from "./rmsnorm.ts";

declare<NormAttrs>("layerNorm", normSignature("layerNorm"));

/** x with mean 0 and variance 1 over axes. */
export const layerNorm = (x: Node, over: readonly string[], epsilon = 1e-5): Node =>
  make("layerNorm", [x], { over: [...over].sort(), epsilon });

function parts(x: Node, { over, epsilon }: NormAttrs): { centred: Node; inverse: Node } {
  const centred = sub(x, mean(x, over));
  return { centred, inverse: rsqrt(add(mean(mul(centred, centred), over), epsilon)) };
}

/** The record of layerNorm. */
export const layerNormOp: Op = {
  name: "layerNorm",
  lower: ([x], attrs) => {
    const { centred, inverse } = parts(x!, attrs as NormAttrs);
    return mul(centred, inverse);
  },
  gradient: (y, g) => {
    const { over } = y.attrs as NormAttrs;
    const { inverse } = parts(y.inputs[0]!, y.attrs as NormAttrs);
    return [mul(inverse, sub(sub(g, mean(g, over)), mul(y, mean(mul(g, y), over))))];
  },
};
