import { defineDiagnostic } from "./define.ts";

export const axesDiffer = defineDiagnostic({
  code: "axes_differ",
  severity: "error",
  title: "Two axes that do not agree",
  label: (f: { axis: string; left: string; right: string; hint?: string; bound?: true }) =>
    f.bound ? `${f.axis} would be ${f.right}` : `${f.axis} is ${f.left} here and ${f.right} there`,
  text: (f: { axis: string; left: string; right: string; hint?: string; bound?: true }) =>
    f.bound
      ? `The axis ${f.axis} of this parameter is bound to ${f.left} already, and here it would be ${f.right}.`
      : `The axis ${f.axis} is ${f.left} on one side and ${f.right} on the other. Two operands meet along an axis only when its size is the same on both.`,
  hint: (f: { axis: string; left: string; right: string; hint?: string; bound?: true }) =>
    f.hint ?? `Make the two sizes equal, or give one axis another name: rename(x over ${f.axis} -> other).`,
  wrong: `use std.models { linear }
layer mixed(x: [b, d]) -> [b, o] = linear(x, 512) + linear(x, 256)
`,
  right: `use std.models { linear }
layer mixed(x: [b, d]) -> [b, o] = linear(x, 512) + linear(x, 512)
`,
  page: "An axis is its name and its size. Where two operands share a name they must share the size too; the labels show where each size was stated. Sizes are compared as polynomials over the symbols of a declaration; what cannot be decided there is compared again when a model gives them values.",
});
