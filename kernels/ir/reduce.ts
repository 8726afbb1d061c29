/** Reductions remove axes: sum, largest, smallest; and the contraction of two tensors over shared axes. */

import { type DType, isStorage } from "./dtype.ts";
import { broadcast } from "./elementwise.ts";
import { type Axis, declare, fail, hasAxis, make, type Node, without } from "./node.ts";

type Over = { over: readonly string[] };

for (const op of ["sum", "reduceMax", "reduceMin"])
  declare<Over>(op, (inputs, { over }) => {
    const [x] = inputs;
    for (const name of over) if (!hasAxis(x!, name)) fail(op, `no axis ${name}`, inputs);
    if (x!.dtype === "bool" || isStorage(x!.dtype)) fail(op, "takes numbers; cast first", inputs);
    return { dtype: x!.dtype, axes: without(x!.axes, over) };
  });

/** The dtype of sums of products: floats keep theirs, eight-bit whole numbers are summed in i32 (exactly, as all engines do). */
const productOf = (a: DType, b: DType): DType | undefined =>
  b === "i8" && (a === "i8" || a === "u8") ? "i32" : a === b && (a === "f32" || a === "f16") ? a : undefined;

declare<Over>("contract", (inputs, { over }) => {
  const [a, b] = inputs;
  const dtype = productOf(a!.dtype, b!.dtype) ?? fail("contract", "takes f32, f16, or i8 and u8 with i8", inputs);
  for (const name of over) if (!hasAxis(a!, name) || !hasAxis(b!, name)) fail("contract", `both need ${name}`, inputs);
  broadcast("contract", inputs);
  const left = without(a!.axes, over);
  const names = left.map((x) => x.name);
  return { dtype, axes: [...left, ...without(b!.axes, [...over, ...names])] };
});

const sorted = (names: readonly string[]): string[] => [...new Set(names)].sort();
const reduction = (op: string) => (x: Node, over: readonly string[]) =>
  over.length === 0 ? x : make(op, [x], { over: sorted(over) });

/** The sum over the named axes; 0 of none. */
export const sum = reduction("sum");
/** The largest over the named axes; minus infinity of none. */
export const reduceMax = reduction("reduceMax");
/** The smallest over the named axes; infinity of none. */
export const reduceMin = reduction("reduceMin");
/**
 * Multiplies and sums over the named axes, which both must have; other shared axes are aligned, the rest are kept:
 * the left's remaining axes, then the right's new ones. With nothing to sum over it is a product.
 */
export const contract = (a: Node, b: Node, over: readonly string[]): Node => make("contract", [a, b], { over: sorted(over) });

/** The axes of a tensor that another does not have. */
export const extraAxes = (x: Node, than: Node): Axis[] => x.axes.filter((a) => !hasAxis(than, a.name));
