/** x / sqrt(mean(x^2 over axes) + eps) (Zhang and Sennrich 2019), without a scale: multiply by one. */
import { add, cast, mul, rsqrt, sub } from "../ir/elementwise.ts";
import { type Attrs, fail, hasAxis, make, type Node } from "../ir/node.ts";
import { mean } from "./mean.ts";
import { composed } from "./op.ts";

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

const inverse = (x: Node, { over, epsilon }: NormAttrs): Node => rsqrt(add(mean(mul(x, x), over), epsilon));

composed<NormAttrs>("rmsNorm", {
  signature: normSignature("rmsNorm"),
  // Squares of halves would overflow, so that they are taken in f32.
  lower: ([x], attrs) => {
    const wide = cast(x!, "f32");
    return cast(mul(wide, inverse(wide, attrs as NormAttrs)), x!.dtype);
  },
  gradient: (y, given) => {
    const attrs = y.attrs as NormAttrs;
    const [x, out, g] = [y.inputs[0]!, y, given].map((n) => cast(n, "f32")) as [Node, Node, Node];
    return [cast(mul(inverse(x, attrs), sub(g, mul(out, mean(mul(g, out), attrs.over)))), y.dtype)];
  },
  cases: (given) => [
    ["rmsNorm", rmsNorm(given("x", "b s d"), ["d"])],
    ["rmsNorm over two axes", rmsNorm(given("x", "b s d"), ["d", "s"])],
  ],
});

/** x divided by its root mean square over axes. */
export const rmsNorm = (x: Node, over: readonly string[], epsilon = 1e-6): Node =>
  make("rmsNorm", [x], { over: [...over].sort(), epsilon });
