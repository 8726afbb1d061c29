/** (x - mean) / sqrt(variance + eps) over axes (Ba et al. 2016), without scale and shift. */
import { add, cast, mul, rsqrt, sub } from "../ir/elementwise.ts";
import { make, type Node } from "../ir/node.ts";
import { mean } from "./mean.ts";
import { composed } from "./op.ts";
import { type NormAttrs, normSignature } from "./rmsnorm.ts";

function parts(x: Node, { over, epsilon }: NormAttrs): { centred: Node; inverse: Node } {
  const centred = sub(x, mean(x, over));
  return { centred, inverse: rsqrt(add(mean(mul(centred, centred), over), epsilon)) };
}

composed<NormAttrs>("layerNorm", {
  signature: normSignature("layerNorm"),
  // Squares of halves would overflow, so that they are taken in f32.
  lower: ([x], attrs) => {
    const { centred, inverse } = parts(cast(x!, "f32"), attrs as NormAttrs);
    return cast(mul(centred, inverse), x!.dtype);
  },
  gradient: (y, given) => {
    const { over } = y.attrs as NormAttrs;
    const [x, out, g] = [y.inputs[0]!, y, given].map((n) => cast(n, "f32")) as [Node, Node, Node];
    const { inverse } = parts(x, y.attrs as NormAttrs);
    return [cast(mul(inverse, sub(sub(g, mean(g, over)), mul(out, mean(mul(g, out), over)))), y.dtype)];
  },
  cases: (given) => [["layerNorm", layerNorm(given("x", "b s d"), ["d"])]],
});

/** x with mean 0 and variance 1 over axes. */
export const layerNorm = (x: Node, over: readonly string[], epsilon = 1e-5): Node =>
  make("layerNorm", [x], { over: [...over].sort(), epsilon });
