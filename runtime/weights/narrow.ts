/**
 * Weights become numbers of a few bits with their scales, by rounding to the nearest: symmetric or with zero points, for whole rows or
 * groups of them, as eight-bit floats or by a code book. Knows nothing of programs: a layout says how each weight is to lie.
 */
import { type DType, type Layout, nf4, rangeOf } from "../../kernels/index.ts";
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
  const codes = new Float64Array(rows.length);
  const [scales, zeros] = [new Float32Array(rows.length / group), new Float32Array(rows.length / group)];
  for (let g = 0; g < scales.length; g++) {
    const part = rows.subarray(g * group, (g + 1) * group);
    const { scale, zero } = ranged(part, layout);
    scales[g] = scale;
    zeros[g] = zero;
    part.forEach((x, i) => void (codes[g * group + i] = coded(x, scale, zero, layout)));
  }
  const outside = axes.flatMap((a) => (inside.includes(a.name) ? [] : [Number(a.size)]));
  const grouped = scheme.group ? [...outside, long / group] : outside;
  return [
    [`${path}.q`, { dtype, shape: [...outside, long], data: encoded(codes, dtype) }],
    [`${path}.scale`, { dtype: "f32", shape: grouped, data: scales }],
    ...(scheme.zero
      ? [[`${path}.zero`, { dtype: "u8", shape: grouped, data: encoded(zeros, "u8") }] as [string, NarrowTensor]]
      : []),
  ];
}

/** The weight as rows of what products sum, zeros behind each up to whole groups. */
function lined({ axes, inside, long }: Layout, data: Float32Array): Float32Array {
  const of = (which: boolean) => axes.reduce((n, a) => (inside.includes(a.name) === which ? n * Number(a.size) : n), 1);
  const rows = new Float32Array(of(false) * long);
  const place = axes.map(() => 0);
  for (let i = 0; i < data.length; i++) {
    let [row, column] = [0, 0];
    axes.forEach(({ name, size }, k) => {
      if (inside.includes(name)) column = column * Number(size) + place[k]!;
      else row = row * Number(size) + place[k]!;
    });
    rows[row * long + column] = data[i]!;
    for (let k = axes.length - 1; k >= 0 && ++place[k]! === Number(axes[k]!.size); k--) place[k] = 0;
  }
  return rows;
}

/** The scale and zero point of a group; the range of one with zero points holds 0. */
function ranged(part: Float32Array, { scheme }: Layout): { scale: number; zero: number } {
  const most = scheme.code === "nf4" ? 1 : (scheme.most ?? rangeOf(scheme.dtype)[1]);
  if (scheme.zero) {
    const [low, high] = [part.reduce((a, b) => Math.min(a, b), 0), part.reduce((a, b) => Math.max(a, b), 0)];
    const scale = (high - low) / most || 1;
    return { scale, zero: even(-low / scale) };
  }
  const top = part.reduce((a, b) => Math.max(a, Math.abs(b)), 0);
  return { scale: top / most || 1, zero: 0 };
}

function coded(x: number, scale: number, zero: number, { scheme }: Layout): number {
  const { dtype, code, most = rangeOf(dtype)[1] } = scheme;
  if (code === "nf4") return nearest(x / scale);
  if (dtype === "e4m3" || dtype === "e5m2") return x / scale;
  return Math.min(most, Math.max(scheme.zero ? 0 : -most, even(x / scale) + zero));
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
