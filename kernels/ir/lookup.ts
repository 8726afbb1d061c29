/** Operations that use numbers as places: gather, scatter-add, running sums, the k largest, and counter-based random numbers. */
import { isStorage } from "./dtype.ts";
import { type Axis, axis, axisOf, declare, fail, hasAxis, make, type Node, namesOf, without } from "./node.ts";

const agree = (op: string, inputs: readonly Node[], a: readonly Axis[], b: readonly Axis[]): void => {
  for (const x of a) if (b.some((y) => y.name === x.name && y.size !== x.size)) fail(op, `sizes of ${x.name} differ`, inputs);
};

declare<{ axis: string }>("gather", (inputs, { axis: name }) => {
  const [x, index] = inputs;
  if (!hasAxis(x!, name)) fail("gather", `no axis ${name}`, inputs);
  if (index!.dtype !== "i32") fail("gather", "the index is i32", inputs);
  const kept = without(x!.axes, [name]);
  agree("gather", inputs, kept, index!.axes);
  const fresh = without(index!.axes, namesOf(kept));
  return { dtype: x!.dtype, axes: x!.axes.flatMap((a) => (a.name === name ? fresh : [a])) };
});

declare<{ from: readonly string[]; into: Axis }>("scatterAdd", (inputs, { from, into }) => {
  const [values, index] = inputs;
  if (index!.dtype !== "i32" || values!.dtype === "bool" || isStorage(values!.dtype))
    fail("scatterAdd", "takes numbers and an i32 index", inputs);
  for (const name of from) if (!hasAxis(index!, name)) fail("scatterAdd", `the index has no ${name}`, inputs);
  for (const a of index!.axes) if (!hasAxis(values!, a.name)) fail("scatterAdd", `the values have no ${a.name}`, inputs);
  agree("scatterAdd", inputs, values!.axes, index!.axes);
  return { dtype: values!.dtype, axes: [...without(values!.axes, from), into] };
});

declare<{ axis: string; reverse: boolean; exclusive: boolean }>("cumsum", (inputs, attrs) => {
  const [x] = inputs;
  if (!hasAxis(x!, attrs.axis)) fail("cumsum", `no axis ${attrs.axis}`, inputs);
  if (x!.dtype === "bool" || isStorage(x!.dtype)) fail("cumsum", "takes numbers; cast first", inputs);
  return { dtype: x!.dtype, axes: x!.axes };
});

for (const op of ["topValues", "topIndices"])
  declare<{ axis: string; into: Axis }>(op, (inputs, { axis: name, into }) => {
    const [x] = inputs;
    if (!axisOf(x!, name) || (x!.dtype !== "f32" && x!.dtype !== "f16")) fail(op, `takes floats with ${name}`, inputs);
    return { dtype: op === "topValues" ? x!.dtype : "i32", axes: x!.axes.map((a) => (a.name === name ? into : a)) };
  });

declare<{ axes: readonly Axis[]; place: number; word: number }>("philox", (inputs, { axes }) => {
  const row = inputs[2];
  if (inputs.length !== 3 || inputs.some((i) => i.dtype !== "u32")) fail("philox", "takes seed, step and row as u32", inputs);
  for (const a of row!.axes)
    if (!axes.some((b) => b.name === a.name && b.size === a.size)) fail("philox", `no ${a.name}`, inputs);
  return { dtype: "u32", axes };
});

/**
 * x at the places that `index` (i32) names along an axis. Axes that both have are aligned; the index's other axes come
 * in place of the removed one. Places must exist: 0 <= index < size.
 */
export const gather = (x: Node, index: Node, name: string): Node => make("gather", [x, index], { axis: name });

/**
 * Zeros with a new axis `into`, where each value is added at the place its index names. `from` are the axes of the index
 * that are summed away; its other axes are aligned with the values'. The result: the values' axes without `from`, then `into`.
 */
export const scatterAdd = (values: Node, index: Node, from: readonly string[], into: Axis): Node =>
  make("scatterAdd", [values, index], { from: [...from].sort(), into: axis(into.name, into.size) });

/** Running sums along an axis; `exclusive` leaves the own place out, `reverse` runs from the end. */
export const cumsum = (x: Node, name: string, { reverse = false, exclusive = false } = {}): Node =>
  make("cumsum", [x], { axis: name, reverse, exclusive });

/** The largest values along an axis, in falling order, along a new axis in its place. */
export const topValues = (x: Node, name: string, into: Axis): Node =>
  make("topValues", [x], { axis: name, into: axis(into.name, into.size) });

/** The places (i32) of the largest values along an axis, in falling order; the first among equals first. */
export const topIndices = (x: Node, name: string, into: Axis): Node =>
  make("topIndices", [x], { axis: name, into: axis(into.name, into.size) });

/**
 * Random words (u32), Philox 4x32-10 (Salmon et al. 2011). Key: seed and step. Counter: the place within axes of constant
 * size, the place within axes of symbolic size, the row, and `place`, a number of this draw in the program. So the words
 * depend neither on the batch's layout nor on padding. `row` (u32) has those axes whose places it stands for.
 */
export const philox = (axes: readonly Axis[], seed: Node, step: Node, row: Node, place: number, word = 0): Node =>
  make("philox", [seed, step, row], { axes: axes.map((a) => axis(a.name, a.size)), place, word });
