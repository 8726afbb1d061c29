/** Formulas that are known operations: the root mean square norm as it is written in a layer. */
import { mul } from "../ir/elementwise.ts";
import { axisOf, type Node } from "../ir/node.ts";
import { times } from "../ir/size.ts";
import { constantValue } from "../ir/source.ts";
import { layerNorm } from "../ops/layernorm.ts";
import { rmsNorm } from "../ops/rmsnorm.ts";
import { rule, table } from "./rule.ts";
import { factors } from "./sums.ts";

/** x and eps of rsqrt(mean(x * x over axes) + eps). */
function inverseRoot(node: Node): { x: Node; over: readonly string[]; epsilon: number } | undefined {
  if (node.op !== "rsqrt" || node.inputs[0]!.op !== "add") return undefined;
  const [mean, eps] = node.inputs[0]!.inputs as [Node, Node];
  const epsilon = constantValue(eps);
  if (epsilon === undefined || mean.op !== "mul") return undefined;
  const [sum, share] = mean.inputs as [Node, Node];
  const square = sum.inputs[0];
  if (sum.op !== "sum" || square?.op !== "mul" || square.inputs[0] !== square.inputs[1]) return undefined;
  const [x, over] = [square.inputs[0]!, sum.attrs.over as readonly string[]];
  const size = times(...over.map((n) => axisOf(x, n)!.size));
  const value = constantValue(share);
  return typeof size === "number" && value !== undefined && Math.abs(value * size - 1) < 1e-9 ? { x, over, epsilon } : undefined;
}

/** x of x - mean(x over axes). */
function centred(node: Node, over: readonly string[]): Node | undefined {
  if (node.op !== "sub" || node.inputs[1]!.op !== "mul") return undefined;
  const [x, mean] = node.inputs as [Node, Node];
  const [sum, share] = mean.inputs as [Node, Node];
  const size = times(...over.map((n) => axisOf(x, n)!.size));
  const same = sum.op === "sum" && sum.inputs[0] === x && (sum.attrs.over as readonly string[]).join() === over.join();
  const value = constantValue(share);
  return same && typeof size === "number" && value !== undefined && Math.abs(value * size - 1) < 1e-9 ? x : undefined;
}

/** Norms. */
export const norms = table("norms", {
  rmsNorm: [
    rule("rmsNorm(x - mean(x)) -> layerNorm(x)", ({ inputs: [y], attrs }) => {
      const x = centred(y!, attrs.over as readonly string[]);
      return x && layerNorm(x, attrs.over as readonly string[], attrs.epsilon as number);
    }),
  ],
  mul: [
    rule("x * y * rsqrt(mean(x * x) + eps) -> rmsNorm(x) * y", (node) => {
      for (const [a, b] of [node.inputs, [...node.inputs].reverse()] as [Node, Node][]) {
        const found = inverseRoot(b);
        if (!found) continue;
        const all = factors(a);
        const at = all.indexOf(found.x);
        if (at < 0) continue;
        return all.filter((_, i) => i !== at).reduce((x, y) => mul(x, y), rmsNorm(found.x, found.over, found.epsilon));
      }
      return undefined;
    }),
  ],
});
