/** Nodes without inputs: what a program is given, constants, positions along an axis, sizes as numbers. */
import { bits } from "./dtype.ts";
import { type Attrs, type Axis, axis, type DType, declare, fail, make, type Node } from "./node.ts";
import { type Size, size } from "./size.ts";

/**
 * What an input is to whoever runs the program (contracts: manifest). A `size` is a whole number (i32, no axes) that tells the
 * symbol of its name, for sizes that no shape shows.
 */
export type InputRole = "weight" | "state" | "data" | "scalar" | "size";

/** The attributes of an `input` node. */
export interface InputAttrs extends Attrs {
  readonly name: string;
  readonly role: InputRole;
  readonly dtype: DType;
  readonly axes: readonly Axis[];
}

declare<InputAttrs>("input", (_, { name, dtype, axes }) => {
  const last = axes.at(-1)?.size;
  if (bits(dtype) === 4 && (last === undefined || (typeof last === "number" && last % 2 !== 0)))
    fail("input", `${name}: numbers of four bits lie two to a byte, so the last axis is even, not ${last ?? "missing"}`, []);
  return { dtype, axes };
});
declare<{ value: number | string; dtype: DType }>("const", (_, { dtype }) => ({ dtype, axes: [] }));
declare<{ values: readonly number[]; dtype: DType; axes: InputAttrs["axes"] }>("tensor", (_, { values, dtype, axes }) => {
  const count = axes.reduce((n, a) => (typeof a.size === "number" ? n * a.size : Number.NaN), 1);
  if (count !== values.length) fail("tensor", `${values.length} values for ${count} places`, []);
  return { dtype, axes };
});
declare<{ axis: Axis }>("iota", (_, attrs) => ({ dtype: "i32", axes: [attrs.axis] }));
declare<{ size: Size; dtype: DType }>("size", (_, { dtype }) => ({ dtype, axes: [] }));

const plain = (axes: readonly Axis[]): Axis[] => axes.map((a) => axis(a.name, a.size));

/** Something the program is given. One name, one input; memory is row-major in the order of `axes`. */
export const input = (name: string, role: InputRole, dtype: DType, axes: readonly Axis[]): Node =>
  make("input", [], { name, role, dtype, axes: plain(axes) } satisfies InputAttrs);

/** The number that tells a size symbol which no shape shows. */
export const sizeInput = (symbol: string): Node => input(symbol, "size", "i32", []);

/** A number without axes. Infinities and NaN are kept as text, since JSON has none. */
export const constant = (value: number, dtype: DType = "f32"): Node =>
  make("const", [], { value: Number.isFinite(value) ? value : String(value), dtype });

/** A constant tensor, row-major over axes of constant size; for small tables only. */
export const tensor = (values: readonly number[], axes: readonly Axis[], dtype: DType = "f32"): Node =>
  make("tensor", [], { values: [...values], dtype, axes: plain(axes) });

/** 0, 1, 2, ... along an axis, i32. */
export const iota = (along: Axis): Node => make("iota", [], { axis: axis(along.name, along.size) });

/** A size as a number without axes. */
export const sizeOf = (s: Size, dtype: DType = "f32"): Node => {
  const known = size(s);
  return typeof known === "number" ? constant(known, dtype) : make("size", [], { size: known, dtype });
};

/** The value of a `const` node, or undefined for any other node. */
export const constantValue = (node: Node): number | undefined =>
  node.op === "const" ? Number(node.attrs.value as number | string) : undefined;
