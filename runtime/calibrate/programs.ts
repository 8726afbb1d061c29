/** Matrix products as programs of the compiler, so that what is measured is what it makes of them. */
import { type Axis, axis, contract, input, type Node, output, type Program, program } from "../../kernels/index.ts";
import { dequantize } from "../../kernels/ops/dequantize.ts";
import type { Device, Tensors } from "../device/device.ts";
import { arrayOf, countOf } from "../device/device.ts";

/** A shape of a product; a batch of 1 is none. */
export interface Shape {
  readonly batch: number;
  readonly rows: number;
  readonly columns: number;
  readonly inner: number;
}

/** How matrices lie: with their inner axis first, with their columns first, or with their columns first and packed, `group` to a scale. */
export type Layout = "plain" | "turned" | { readonly dtype: "i4" | "i8"; readonly group: number };

/** The matrix of a product from one axis to another. */
function matrix(name: string, all: readonly Axis[], from: Axis, to: Axis, layout: Layout): Node {
  if (layout === "plain") return input(name, "weight", "f32", [...all, from, to]);
  if (layout === "turned") return input(name, "weight", "f32", [...all, to, from]);
  const groups = axis(from.name, (from.size as number) / layout.group);
  return dequantize(
    input(name, "weight", layout.dtype, [to, from]),
    input(`${name}.scale`, "weight", "f32", [to, groups]),
    from.name,
  );
}

/**
 * Rows through `pairs` pairs of matrices, [inner, columns] and back [columns, inner]: two products of the shape, one transposed, again and
 * again, as layers of a network are. With a batch each has matrices of its own.
 */
export function productsProgram({ batch, rows, columns, inner }: Shape, pairs: number, layout: Layout = "plain"): Program {
  const all = batch > 1 ? [axis("batch", batch)] : [];
  let x: Node = input("x", "data", "f32", [...all, axis("rows", rows), axis("a0", inner)]);
  for (let i = 0; i < 2 * pairs; i++) {
    const [from, to] = [axis(`a${i}`, i % 2 === 0 ? inner : columns), axis(`a${i + 1}`, i % 2 === 0 ? columns : inner)];
    x = contract(x, matrix(`w${i}`, all, from, to, layout), [from.name]);
  }
  return program("products", [output("y", "value", x)]);
}

/** A vector through one square matrix after the other: what a step of decoding reads. */
export function chainProgram(side: number, matrices: number): Program {
  let x: Node = input("x", "data", "f32", [axis("i0", side)]);
  for (let i = 0; i < matrices; i++) {
    const w = input(`w${i}`, "weight", "f32", [axis(`i${i}`, side), axis(`i${i + 1}`, side)]);
    x = contract(x, w, [`i${i}`]);
  }
  return program("chain", [output("y", "value", x)]);
}

/** Values for every input: small numbers, so that no product overflows; whole ones are places from 0. */
export function feedsOf(device: Device, program: Pick<Program, "inputs">, shape: (n: Node) => readonly number[]): Tensors {
  return Object.fromEntries(program.inputs.map((n) => [n.attrs.name as string, filled(device, n.dtype, shape(n))]));
}

/** A tensor of small numbers. */
export function filled(device: Device, dtype: Node["dtype"], shape: readonly number[]) {
  // Two of four bits share a byte.
  const data = new (arrayOf(dtype))(dtype === "i4" ? countOf(shape) / 2 : countOf(shape));
  const small = dtype === "f32" ? 1 / 64 : 1;
  for (let i = 0; i < data.length; i++) data[i] = dtype === "f32" ? ((i % 17) - 8) * small : i % 2;
  return device.upload(dtype, shape, data);
}

/** The sizes of constant shapes. */
export const constantShape = (n: Node): number[] => n.axes.map((a) => a.size as number);
