/** A value of an ONNX graph as far as its cost goes: symbolic dimensions, its element type, and its content where that is a list of sizes. */
import { divide, type Size, times } from "../ir/size.ts";
import type { OnnxAttribute, OnnxNode } from "../render/onnx/proto.ts";
import type { Product } from "./cost.ts";
import { packed } from "./node.ts";

/** A tensor in the graph. */
export interface Value {
  readonly dims: readonly Size[];
  readonly type: string;
  /** What a list of sizes (or a single one) holds. */
  readonly known?: readonly Size[];
  /** Whether it lies in memory before the program begins and stays for the next run: a weight, or a view of one. */
  readonly weight?: boolean;
  /** Whether it is the same in every run, so that it is computed once. */
  readonly constant?: boolean;
}

/** What a rule says of one operator application; what it does not say follows from its inputs and outputs. */
export interface Told {
  readonly outputs: readonly Value[];
  /** How it visits memory, after the operator's name: `Transpose.inner`. `view` where nothing moves. */
  readonly kind?: string;
  /** Arithmetic operations; by default none. */
  readonly flops?: Size;
  /** Bytes moved where they are not all inputs and outputs. */
  readonly bytes?: Size;
  /** Values visited; by default the largest of inputs and outputs. */
  readonly items?: Size;
  readonly products?: readonly Product[];
  /** Inner loops, each over values that lie together, where operands are broadcast. */
  readonly loops?: Size;
}

/** How an operator's result follows from what it is given. */
export type Rule = (node: OnnxNode, inputs: readonly (Value | undefined)[]) => Told;

const bitsOfType: Readonly<Record<string, number>> = {
  float: 32,
  int32: 32,
  uint32: 32,
  int64: 64,
  float16: 16,
  bfloat16: 16,
  bool: 8,
  uint8: 8,
  int8: 8,
  float8e4m3fn: 8,
  float8e5m2: 8,
  int4: 4,
  uint4: 4,
};

/** Bits of one value of an ONNX element type. */
export const elementBits = (type: string): number => bitsOfType[type] ?? 32;

/** How many values a tensor has. */
export function countOf({ dims }: Pick<Value, "dims">): Size {
  const known = dims.reduce<number>((n, d) => (typeof d === "number" ? n * d : n), 1);
  const open = dims.filter((d) => typeof d !== "number");
  return open.length === 0 ? known : known === 1 && open.length === 1 ? open[0]! : times(known, ...open);
}

/** The bytes of a tensor. */
export const bytesOf = (v: Value): Size => packed(countOf(v), elementBits(v.type));

/** An integer attribute, or what it is when absent. */
export function int(node: OnnxNode, name: string, absent: number): number {
  const value: OnnxAttribute | undefined = node.attributes[name];
  return typeof value === "bigint" || typeof value === "number" ? Number(value) : absent;
}

/** A place counted from the front where it may be counted from the back. */
export const place = (at: number, rank: number): number => (at < 0 ? at + rank : at);

/** Dimensions under ONNX's broadcasting: aligned from the right, 1 takes on the other's size. */
export function broadcast(list: readonly (readonly Size[])[]): Size[] {
  const rank = Math.max(0, ...list.map((d) => d.length));
  return Array.from({ length: rank }, (_, i) => {
    const sizes = list.map((d) => d[d.length - rank + i] ?? 1).filter((s) => s !== 1);
    return sizes.find((s) => typeof s === "string") ?? sizes[0] ?? 1;
  });
}

/** How operands meet: `` all alike, `.scalar` with one value, `.row` with whole trailing dimensions, `.spread` otherwise. */
export function meeting(inputs: readonly Value[], out: readonly Size[]): string {
  let worst = "";
  for (const { dims } of inputs) {
    const own = dims.slice(dims.findIndex((d) => d !== 1));
    if (dims.every((d) => d === 1)) worst ||= out.every((d) => d === 1) ? "" : ".scalar";
    else if (own.length < out.length && own.every((d, i) => d === out[out.length - own.length + i])) {
      if (out.slice(0, out.length - own.length).some((d) => d !== 1) && worst !== ".spread") worst = ".row";
    } else if (own.some((d, i) => d !== out[out.length - own.length + i])) worst = ".spread";
  }
  return worst;
}

/**
 * Inner loops of a broadcast operation as onnxruntime runs it: the last dimensions over which every operand goes on alike, or stands
 * still, are one loop; the others are counted. A last dimension of 1 makes every value a loop of its own.
 */
export function loopsOf(inputs: readonly Value[], out: readonly Size[]): Size {
  const pattern = (i: number): string =>
    inputs.map(({ dims }) => ((dims[dims.length - out.length + i] ?? 1) === out[i] ? "goes" : "stays")).join();
  let first = out.length - 1;
  while (first > 0 && pattern(first - 1) === pattern(out.length - 1)) first--;
  return times(...out.slice(0, Math.max(0, first)));
}

/** Dimensions of a value seen anew, where one of them may be -1. */
export function reshaped(from: readonly Size[], to: readonly Size[]): Size[] {
  const rest = to.filter((s) => s !== -1);
  return to.map((s) => (s === -1 ? (divide(times(...from), times(...rest)) ?? times(...from)) : s));
}
