/**
 * Running products along an axis: y[i] = x[0] ... x[i]. Written with running sums, which every engine has: the logarithm of the
 * size, the parity of the signs, and whether a 0 has come.
 */
import { abs, cast, div, eq, exp, gt, log, lt, mod, mul, select, sub } from "../ir/elementwise.ts";
import { cumsum } from "../ir/lookup.ts";
import { type Axis, axisOf, fail, make, type Node, without } from "../ir/node.ts";
import { composed } from "./op.ts";

type Along = { axis: string };

composed<Along>("cumprod", {
  signature: (inputs, { axis: name }) => {
    const [x] = inputs;
    if ((x!.dtype !== "f32" && x!.dtype !== "f16") || !axisOf(x!, name)) fail("cumprod", `takes floats with ${name}`, inputs);
    return { dtype: x!.dtype, axes: x!.axes };
  },
  reference: ([x], node, frame) => {
    const along = axisOf(node, node.attrs.axis as string) as Axis;
    const length = frame.size(along.size);
    const out = new Float64Array(x!.length);
    frame.places([...without(node.axes, [along.name]), along], node.axes).forEach((at, i, places) => {
      out[at] = (i % length === 0 ? 1 : out[places[i - 1]!]!) * x![at]!;
    });
    return out;
  },
  lower: ([given], attrs) => {
    const name = attrs.axis as string;
    const x = cast(given!, "f32");
    const zeros = cumsum(cast(eq(x, 0), "i32"), name);
    const size = exp(cumsum(log(select(eq(x, 0), 1, abs(x))), name));
    const odd = eq(mod(cumsum(cast(lt(x, 0), "i32"), name), 2), 1);
    return cast(select(gt(zeros, 0), 0, mul(select(odd, -1, 1), size)), given!.dtype);
  },
  // Of x[j] it is the sum of g[i] y[i] / x[j] over i >= j. Where x[j] is the first 0 the others' product stands for y[i] / x[j]; after
  // it nothing flows.
  gradient: ({ inputs: [x], attrs }, g) => {
    const name = attrs.axis as string;
    const nothing = eq(x!, 0);
    const zeros = cumsum(cast(nothing, "i32"), name);
    const others = cumprod(select(eq(zeros, 1), select(nothing, 1, x!), x!), name);
    const later = (y: Node): Node => cumsum(mul(g, y), name, { reverse: true });
    const rest = div(later(cumprod(x!, name)), select(nothing, 1, x!));
    return [select(nothing, select(eq(zeros, 1), later(others), 0), rest)];
  },
  cases: (given) => {
    const x = given("x", "b s d");
    return [
      ["cumprod", cumprod(x, "s")],
      ["cumprod with zeros", cumprod(select(gt(x, 1), 0, sub(x, 0.1)), "d")],
    ];
  },
});

/** Running products along an axis. */
export const cumprod = (x: Node, name: string): Node => make("cumprod", [x], { axis: name });
