/** x / sqrt(mean(x^2 over axes) + eps) (Zhang and Sennrich 2019), without a scale: multiply by one. */
import { add, mul, rsqrt, sub } from "../ir/elementwise.ts";
import { type Attrs, declare, fail, hasAxis, make, type Node } from "../ir/node.ts";
import { mean } from "./mean.ts";
import type { Op } from "./op.ts";

/** The attributes of a normalisation. */
export interface NormAttrs extends Attrs {
  readonly over: readonly string[];
  readonly epsilon: number;
}

/** The signature of a normalisation over axes. */
export const normSignature =
  (op: string) =>
  (inputs: readonly Node[], { over }: NormAttrs) => {
    for (const name of over) if (!hasAxis(inputs[0]!, name)) fail(op, `no axis ${name}`, inputs);
    return { dtype: inputs[0]!.dtype, axes: inputs[0]!.axes };
  };

declare<NormAttrs>("rmsNorm", normSignature("rmsNorm"));

/** x divided by its root mean square over axes. */
export const rmsNorm = (x: Node, over: readonly string[], epsilon = 1e-6): Node =>
  make("rmsNorm", [x], { over: [...over].sort(), epsilon });

const inverse = (x: Node, { over, epsilon }: NormAttrs): Node => rsqrt(add(mean(mul(x, x), over), epsilon));

/** The record of rmsNorm. */
export const rmsNormOp: Op = {
  name: "rmsNorm",
  lower: ([x], attrs) => mul(x!, inverse(x!, attrs as NormAttrs)),
  gradient: (y, g) => {
    const attrs = y.attrs as NormAttrs;
    return [mul(inverse(y.inputs[0]!, attrs), sub(g, mul(y, mean(mul(g, y), attrs.over))))];
  },
};
