/**
 * What a machine was measured to do, as JSON, and how it is read between the sizes that were measured. Knows nothing of how it
 * was measured, and holds no number of its own.
 */
import type { Product } from "./cost.ts";

/** Points of a curve, by rising size: `[size, value]`. Between them the logarithms lie on a line; beyond them the nearest counts. */
export type Curve = readonly (readonly [size: number, value: number])[];

/** Rates of matrix products of one kind, measured over a full grid of shapes. */
export interface ProductGrid {
  /** Bits of a stored weight. */
  readonly bits: number;
  readonly integer?: boolean;
  /** Whether one operand was known when the program was loaded. */
  readonly constant?: boolean;
  /** Whether many products of the shape ran as one batch. */
  readonly batched?: boolean;
  /** An operator with a rate of its own, such as `MatMulNBits.32`. */
  readonly operator?: string;
  readonly rows: readonly number[];
  readonly columns: readonly number[];
  readonly inner: readonly number[];
  /** Operations a second, columns within rows, inner within columns. */
  readonly rates: readonly number[];
}

/** What one engine of one machine does. Times are in seconds, rates in bytes or operations a second. */
export interface Calibration {
  readonly schema: 1;
  readonly device: "cpu" | "webgpu";
  /** The engine and the machine, for a person. */
  readonly about: string;
  /** Under which it is found again: engine, machine and threads. */
  readonly key: string;
  /** When it was made, as `2026-11-23`. */
  readonly made: string;
  readonly call: {
    /** Of a run with one input and one output that computes next to nothing. */
    readonly run: number;
    /** More for each further input and output. */
    readonly input: number;
    readonly output: number;
    /** Of one node or one dispatch among many that computes next to nothing. */
    readonly kernel: number;
    /** Of a node that only sees a tensor otherwise. */
    readonly view: number;
    /** Of an inner loop of an operator whose operands are spread. */
    readonly loop: number;
  };
  /** Bytes a second that reading a set of so many bytes again and again moves. */
  readonly read: Curve;
  /** Bytes a second (read and written together) that copying moves, by the bytes moved. */
  readonly copy: Curve;
  readonly products: readonly ProductGrid[];
  /** Seconds a value of an operator by how it visits memory, by how many values it visits. */
  readonly operators: Readonly<Record<string, Curve>>;
  /** Arithmetic operations a second outside of products, where operators have no times of their own. */
  readonly arithmetic?: number;
}

/** A curve's value at a size. */
export function along(curve: Curve, size: number): number {
  const [first, last] = [curve[0]!, curve.at(-1)!];
  if (size <= first[0]) return first[1];
  if (size >= last[0]) return last[1];
  const after = curve.findIndex(([s]) => s >= size);
  const [[s0, v0], [s1, v1]] = [curve[after - 1]!, curve[after]!];
  const part = Math.log(size / s0) / Math.log(s1 / s0);
  return v0 * (v1 / v0) ** part;
}

/** Where a size lies among the measured ones: the place below it and how far it is towards the next, both within the grid. */
function between(sizes: readonly number[], size: number): readonly [at: number, part: number] {
  if (sizes.length === 1 || size <= sizes[0]!) return [0, 0];
  const after = sizes.findIndex((s) => s >= size);
  if (after < 0) return [sizes.length - 2, 1];
  return [after - 1, Math.log(size / sizes[after - 1]!) / Math.log(sizes[after]! / sizes[after - 1]!)];
}

/** A grid's rate at a shape: logarithms on a line along each of the three sizes. */
export function rateAt(grid: ProductGrid, rows: number, columns: number, inner: number): number {
  const places = [between(grid.rows, rows), between(grid.columns, columns), between(grid.inner, inner)] as const;
  let logarithm = 0;
  for (let corner = 0; corner < 8; corner++) {
    let weight = 1;
    const at = places.map(([below, part], i) => {
      const up = (corner >> i) & 1;
      weight *= up ? part : 1 - part;
      return below + up;
    });
    if (weight === 0) continue;
    const rate = grid.rates[(at[0]! * grid.columns.length + at[1]!) * grid.inner.length + at[2]!]!;
    logarithm += weight * Math.log(rate);
  }
  return Math.exp(logarithm);
}

/** A product's shape in numbers. */
export type Shaped = { readonly [K in "batch" | "rows" | "columns" | "inner" | "bits"]: number } & Pick<
  Product,
  "integer" | "constant"
>;

/** An operator without how it is packed. */
const family = (operator: string): string => operator.replace(/\..*/, "");

/**
 * The grid that fits a product best: that of its operator, then of its bits; batched where it is a batch. What a machine was not
 * measured at is taken as f32.
 */
export function gridOf(calibration: Calibration, operator: string, product: Shaped): ProductGrid | undefined {
  const misfit = (g: ProductGrid): number =>
    (g.operator === operator ? 0 : g.operator === undefined ? 24 : family(g.operator) === family(operator) ? 1 : 64) +
    (g.bits === product.bits ? 0 : g.bits === 32 ? 8 : 32) +
    (Boolean(g.integer) === Boolean(product.integer) ? 0 : 4) +
    (Boolean(g.constant) === Boolean(product.constant) ? 0 : 2) +
    (Boolean(g.batched) === product.batch > 1 ? 0 : 1);
  return [...calibration.products].sort((a, b) => misfit(a) - misfit(b))[0];
}

/** What is wrong with a file that should hold a calibration, or undefined. */
export function faultOf(found: unknown): string | undefined {
  const c = found as Partial<Calibration> | null;
  if (typeof c !== "object" || c === null) return "it holds no object";
  if (c.schema !== 1) return `its schema is ${c.schema}, and this version reads 1`;
  for (const field of ["device", "about", "key", "made", "call", "read", "copy", "products", "operators"] as const)
    if (c[field] === undefined) return `it has no ${field}`;
  const curves = [c.read!, c.copy!, ...Object.values(c.operators!)];
  const sound = (points: unknown): boolean =>
    Array.isArray(points) &&
    points.length > 0 &&
    points.every((p) => Array.isArray(p) && p.length === 2 && p.every((n) => Number.isFinite(n) && n > 0));
  if (!curves.every(sound)) return "a curve of it has no positive numbers";
  const whole = (g: ProductGrid): boolean =>
    g.rates?.length === g.rows?.length * g.columns?.length * g.inner?.length && g.rates.every((r) => r > 0);
  if (!c.products!.every(whole)) return "a table of products has not a rate for each shape";
  return undefined;
}
