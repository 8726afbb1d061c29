/**
 * Weights become numbers of a few bits with their scales, by rounding to the nearest: symmetric or with zero points, for whole rows or
 * groups of them, as eight-bit floats or by a code book. Knows nothing of programs: a layout says how each weight is to lie.
 */
import { type DType, type Layout, nf4, rangeOf, type Scheme } from "../../kernels/index.ts";
import { NeuroError } from "../error.ts";
import { encoded, type HostArray } from "./dtypes.ts";
import type { Weights } from "./tensors.ts";

/** A tensor in any element type. */
export type NarrowTensor = { readonly dtype: DType; readonly shape: readonly number[]; readonly data: HostArray };

/** The weights as the layouts want them; the others as they are. Throws `weight_not_finite` for a weight that no bits can hold. */
export function narrowed(weights: Weights, layouts: readonly Layout[]): Map<string, NarrowTensor> {
  const wanted = new Map(layouts.map((layout) => [layout.path, layout]));
  const result = new Map<string, NarrowTensor>();
  for (const [path, { shape, data }] of weights) {
    const layout = wanted.get(path);
    if (!layout) result.set(path, { dtype: "f32", shape, data });
    else for (const [name, tensor] of converted(layout, data)) result.set(name, tensor);
  }
  return result;
}

function converted(layout: Layout, data: Float32Array): [string, NarrowTensor][] {
  const { path, scheme, axes, inside, long } = layout;
  if (!data.every(Number.isFinite)) {
    throw new NeuroError("weight_not_finite", `The weight ${path} holds a number that is not finite.`, {
      hint: "Take the weights from an earlier step.",
    });
  }
  const { dtype } = scheme;
  const shape = axes.map((a) => Number(a.size));
  if (dtype === "f16" || dtype === "bf16") return [[path, { dtype, shape, data: encoded(data, dtype) }]];
  const rows = lined(layout, data);
  const group = scheme.group ?? long;
  const codes = new Float32Array(rows.length);
  const [scales, zeros] = [new Float32Array(rows.length / group), new Float32Array(rows.length / group)];
  const code = coder(scheme);
  for (let g = 0; g < scales.length; g++) {
    const from = g * group;
    const { scale, zero } = ranged(rows.subarray(from, from + group), scheme);
    scales[g] = scale;
    zeros[g] = zero;
    for (let i = from; i < from + group; i++) codes[i] = code(rows[i]!, scale, zero);
  }
  const outside = axes.flatMap((a) => (inside.includes(a.name) ? [] : [Number(a.size)]));
  const grouped = scheme.group ? [...outside, long / group] : outside;
  return [
    [`${path}.q`, { dtype, shape: [...outside, long], data: stored(codes, dtype) }],
    [`${path}.scale`, { dtype: "f32", shape: grouped, data: scales }],
    ...(scheme.zero
      ? [[`${path}.zero`, { dtype: "u8", shape: grouped, data: encoded(zeros, "u8") }] as [string, NarrowTensor]]
      : []),
  ];
}

/** Codes as they lie in memory: whole numbers within the type's range need no rounding. */
function stored(codes: Float32Array, dtype: DType): HostArray {
  if (dtype === "i8") return new Int8Array(codes);
  if (dtype === "u8") return new Uint8Array(codes);
  if (dtype !== "i4" && dtype !== "u4") return encoded(codes, dtype);
  const bytes = new Uint8Array(Math.ceil(codes.length / 2));
  for (let i = 0; i < codes.length; i++) bytes[i >> 1]! |= (codes[i]! & 15) << (4 * (i & 1));
  return bytes;
}

/** The weight as rows of what products sum, zeros behind each up to whole groups. */
function lined({ axes, inside, long }: Layout, data: Float32Array): Float32Array {
  const rowPlaces = placesOf(axes, (name) => !inside.includes(name));
  const columnPlaces = placesOf(axes, (name) => inside.includes(name));
  const rows = new Float32Array(rowPlaces.length * long);
  for (let row = 0; row < rowPlaces.length; row++) {
    const from = rowPlaces[row]!;
    for (let column = 0; column < columnPlaces.length; column++) rows[row * long + column] = data[from + columnPlaces[column]!]!;
  }
  return rows;
}

/** Where the places of some axes, row-major among themselves, begin in a tensor over all. */
function placesOf(axes: Layout["axes"], of: (name: string) => boolean): Int32Array {
  let places = Int32Array.of(0);
  let step = axes.reduce((n, a) => n * Number(a.size), 1);
  for (const { name, size } of axes) {
    const count = Number(size);
    step /= count;
    if (!of(name)) continue;
    const [old, stride] = [places, step];
    places = Int32Array.from({ length: old.length * count }, (_, i) => old[Math.floor(i / count)]! + (i % count) * stride);
  }
  return places;
}

/** The scale and zero point of a group; the range of one with zero points holds 0. */
function ranged(part: Float32Array, scheme: Scheme): { scale: number; zero: number } {
  const most = scheme.code === "nf4" ? 1 : (scheme.most ?? rangeOf(scheme.dtype)[1]);
  let [low, high] = [0, 0];
  for (let i = 0; i < part.length; i++) {
    const x = part[i]!;
    if (x < low) low = x;
    if (x > high) high = x;
  }
  if (!scheme.zero) return { scale: Math.max(high, -low) / most || 1, zero: 0 };
  const scale = (high - low) / most || 1;
  return { scale, zero: even(-low / scale) };
}

/** What a number becomes under a scale and zero point. */
function coder({
  dtype,
  code,
  zero: signless,
  most = rangeOf(dtype)[1],
}: Scheme): (x: number, scale: number, zero: number) => number {
  if (code === "nf4") return (x, scale) => nearest(x / scale);
  if (dtype === "e4m3" || dtype === "e5m2") return (x, scale) => x / scale;
  const least = signless ? 0 : -most;
  return (x, scale, zero) => Math.min(most, Math.max(least, even(x / scale) + zero));
}

/** The place of the nearest number of NF4; the lower of two as near. */
function nearest(x: number): number {
  let found = 0;
  nf4.forEach((value, i) => {
    if (Math.abs(value - x) < Math.abs(nf4[found]! - x)) found = i;
  });
  return found;
}

/** To the nearest whole number, halves to the even one. */
function even(x: number): number {
  const low = Math.floor(x);
  const rest = x - low;
  return rest > 0.5 || (rest === 0.5 && low % 2 !== 0) ? low + 1 : low;
}
