// `normal` and `uniform` stand only where a weight begins; `math/init.ts` reads them there.
import { wrongType } from "../../diagnostics/wrong_type.ts";
import { fault } from "../scope.ts";
import type { Builtin } from "./builtin.ts";

const initialiser = (name: string, signature: string, doc: string, right: string): Builtin => ({
  name,
  doc,
  signature,
  wrong: { code: "wrong_type", text: `fn f(x: [t]) -> [t] = x + ${name}(0, 1)` },
  right,
  apply: (scope, e) =>
    fault(scope, wrongType, e.span, {
      what: `\`${name}\``,
      expected: "where a weight begins: weight w: [..] = ..",
      found: "in an expression",
    }),
});

export const normal = initialiser(
  "normal",
  "normal(mean: Float, std: Float)",
  "A weight drawn from a normal distribution; the draw depends on the seed and the weight's path only.",
  "layer f(x: [b, d]) -> [b] {\n  weight w: [d] = normal(0, 0.02)\n  dot(x, w over d)\n}",
);
export const uniform = initialiser(
  "uniform",
  "uniform(low: Float, high: Float)",
  "A weight drawn evenly between two numbers; the draw depends on the seed and the weight's path only.",
  "layer f(x: [b, d]) -> [b] {\n  weight w: [d] = uniform(0, 4)\n  dot(x, w over d)\n}",
);
