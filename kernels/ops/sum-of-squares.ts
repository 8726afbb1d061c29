/**
 * The sum of the squares of all values of several tensors, as the norm of all gradients of a model is made of. One operation, so that
 * a device need not read each tensor by a kernel of its own.
 */
import { add, mul } from "../ir/elementwise.ts";
import { type Attrs, type Axis, fail, make, type Node, namesOf } from "../ir/node.ts";
import { sum } from "../ir/reduce.ts";
import { concat, expand, merge, pad, rename, split } from "../ir/shape.ts";
import { type Size, times } from "../ir/size.ts";
import { composed } from "./op.ts";

/** How many squares one partial sum has. */
export const partOf = 8192;

const floats = (op: string, inputs: readonly Node[]): void => {
  if (inputs.length === 0 || inputs.some((x) => x.dtype !== "f32")) fail(op, "takes tensors of f32", inputs);
};
const countOf = (x: Node): Size => times(...x.axes.map((a) => a.size));

composed<Attrs>("sumOfSquares", {
  signature: (inputs) => {
    floats("sumOfSquares", inputs);
    return { dtype: "f32", axes: [] };
  },
  lower: (inputs) => inputs.map((x) => sum(mul(x, x), namesOf(x.axes))).reduce((a, b) => add(a, b)),
  cases: (given) => [
    ["sum of the squares of one tensor", sumOfSquares([given("x", "b s")])],
    ["sum of the squares of several", sumOfSquares([given("x", "b s"), given("y", "d"), given("z", "h d"), given("rate", "")])],
    ["sum of the squares of a tensor of known size and a number", sumOfSquares([given("y", "d v"), given("rate", "")])],
    ["sum of the squares of large ones", sumOfSquares([given("x", "n=9000"), given("y", "d v"), given("z", "h=2 n=5000")])],
  ],
});

interface Parts extends Attrs {
  readonly part: Axis;
}

/** How many partial sums a tensor of known size has. */
const partsOf = (x: Node): number => Math.ceil(Number(countOf(x)) / partOf);

composed<Parts>("partialSquares", {
  signature: (inputs, { part }) => {
    floats("partialSquares", inputs);
    const all = inputs.reduce((n, x) => n + partsOf(x), 0);
    if (part.size !== all) fail("partialSquares", `of these tensors there are ${all} parts, not ${part.size}`, inputs);
    return { dtype: "f32", axes: [part] };
  },
  lower: (inputs, attrs) => {
    const { name } = (attrs as Parts).part;
    const each = inputs.map((x) => {
      const parts = { name, size: partsOf(x) };
      const flat =
        x.axes.length === 0
          ? expand(x, [{ name, size: 1 }])
          : x.axes.length === 1
            ? rename(x, { [x.axes[0]!.name]: name })
            : merge(x, namesOf(x.axes), name);
      const filled = pad(flat, name, 0, parts.size * partOf - Number(countOf(x)), 0);
      const within = split(filled, name, [parts, { name: `${name}.within`, size: partOf }]);
      return sum(mul(within, within), [`${name}.within`]);
    });
    return each.length === 1 ? each[0]! : concat(each, name);
  },
  cases: (given) => [["partial sums of squares", partialSquares([given("x", "n=9000"), given("y", "d v"), given("rate", "")])]],
});

/** The sum (f32, no axes) of the squares of all values of tensors of f32. */
export const sumOfSquares = (inputs: readonly Node[]): Node => make("sumOfSquares", inputs, {});

/**
 * Sums of `partOf` squares each, along an axis `part`: first those of the first tensor in the order of its memory, then those of the
 * next. Undefined where a tensor's size is not known.
 */
export function partialSquares(inputs: readonly Node[]): Node {
  return make("partialSquares", inputs, { part: { name: "part", size: inputs.reduce((n, x) => n + partsOf(x), 0) } });
}

/** Whether partial sums can be made of tensors: their sizes must be numbers. */
export const partial = (inputs: readonly Node[]): boolean => inputs.every((x) => typeof countOf(x) === "number");
