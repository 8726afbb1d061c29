/** softcap(x) = limit * tanh(x / limit): x near 0, never beyond the limit (Gemma Team 2024, "Gemma 2", section 2). */
import { div, mul, sub, tanh } from "../ir/elementwise.ts";
import { make, type Node } from "../ir/node.ts";
import { composed } from "./op.ts";

type Cap = { limit: number };

composed<Cap>("softcap", {
  pointwise: true,
  signature: ([x]) => ({ dtype: x!.dtype, axes: x!.axes }),
  lower: ([x], { limit }) => mul(tanh(div(x!, limit as number)), limit as number),
  gradient: (y, g) => {
    const part = div(y, y.attrs.limit as number);
    return [mul(g, sub(1, mul(part, part)))];
  },
  cases: (given) => [["softcap", softcap(mul(given("x", "b s d"), 9), 5)]],
});

/** x held softly between -limit and limit. */
export const softcap = (x: Node, limit: number): Node => make("softcap", [x], { limit });
