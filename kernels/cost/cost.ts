/**
 * What a computation costs, before anything runs and without knowing a machine: bytes moved between memory and it, operations
 * done, and the shape of its product. All are sizes, so that one count serves every length. docs/cost.md has the counting rules.
 */
import { type Binding, plus, type Size, symbolsOf, times } from "../ir/size.ts";

/** The shape of a matrix product: how fast one runs depends on it. */
export interface Product {
  readonly batch: Size;
  readonly rows: Size;
  readonly columns: Size;
  readonly inner: Size;
  /** Bits of one weight as it lies in memory: 32, 16, 8, 4. */
  readonly bits: number;
  /** Whether both operands are whole numbers of 8 bits when they are multiplied. */
  readonly integer?: boolean;
  /** Whether one operand never changes, so that an engine may lay it out as its product wants it. */
  readonly constant?: boolean;
}

/** Bytes read and written, each tensor once, and arithmetic operations. */
export interface Cost {
  readonly bytes: Size;
  readonly flops: Size;
  /** The products within. */
  readonly products?: readonly Product[];
}

/** One kernel of a program on a target, and what it costs. */
export interface CostLine extends Cost {
  /** What it does: an operator of ONNX, or what a fused kernel is called. */
  readonly what: string;
  /** The name under which a device's profile lists it. */
  readonly name: string;
  /** The spec lines it comes from. */
  readonly origin: readonly string[];
  /** Of the bytes, those of the program's weights and constants, which no earlier kernel has brought near. */
  readonly weights: Size;
  /** How many values it visits. */
  readonly items: Size;
  /** Under which the calibration has measured its like: an operator with how it visits memory, or `view` where nothing moves. */
  readonly kind: string;
  /** Inner loops that it takes beside one pass over its values, where operands are spread. */
  readonly loops?: Size;
}

/** Nothing. */
export const free: Cost = { bytes: 0, flops: 0 };

/** The sum of many sizes; equal ones are counted first, because most of a program's are. */
export function sumOf(sizes: readonly Size[]): Size {
  let known = 0;
  const counts = new Map<string, number>();
  for (const s of sizes)
    if (typeof s === "number") known += s;
    else counts.set(s, (counts.get(s) ?? 0) + 1);
  return [...counts].reduce<Size>((sum, [s, count]) => plus(sum, times(count, s)), known);
}

/** The sum of costs. */
export const total = (costs: readonly Cost[]): Cost => ({
  bytes: sumOf(costs.map((c) => c.bytes)),
  flops: sumOf(costs.map((c) => c.flops)),
});

/** The symbols that costs mention, sorted. */
export const symbolsOfCosts = (costs: readonly Cost[]): string[] =>
  [...new Set(costs.flatMap((c) => [...symbolsOf(c.bytes), ...symbolsOf(c.flops)]))].sort();

/** Sizes for all of `symbols`: those given, and 64 for the others. */
export const bound = (symbols: readonly string[], given: Binding): Binding => ({
  ...Object.fromEntries(symbols.map((s) => [s, 64])),
  ...given,
});
