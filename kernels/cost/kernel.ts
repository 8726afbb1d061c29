/**
 * What a fused kernel costs: every tensor in memory is read once and every result written once, whatever is computed in between.
 * Where a kernel only looks rows up or takes a part, it reads those and not the whole tensor.
 */
import { bits, type DType } from "../ir/dtype.ts";
import type { Node } from "../ir/node.ts";
import { plus, type Size } from "../ir/size.ts";
import type { Cost, Product } from "./cost.ts";
import { countOf, flopsOf, packed, productOf } from "./node.ts";

/** A fused kernel: what is computed inside it, the tensors it reads from memory, and those it writes. */
export interface Counted {
  readonly nodes: Iterable<Node>;
  readonly reads: Iterable<Node>;
  readonly stores: Iterable<Pick<Node, "axes" | "dtype">>;
}

/** Bits of a value in a WebGPU buffer, where a truth value takes a word. */
export const wordBits = (dtype: DType): number => (dtype === "bool" ? 32 : bits(dtype));

/** Bytes that a kernel reads of a tensor: where its nodes only take parts of it those parts, otherwise all of it. */
function readBytes(tensor: Node, nodes: readonly Node[]): Size {
  const each = wordBits(tensor.dtype);
  const whole = packed(countOf(tensor.axes), each);
  let taken: Size = 0;
  for (const n of nodes)
    for (let place = n.inputs.indexOf(tensor); place >= 0; place = n.inputs.indexOf(tensor, place + 1)) {
      const part = (n.op === "gather" && place === 0) || n.op === "slice" || n.op === "pick";
      if (!part) return whole;
      taken = plus(taken, packed(countOf(n.axes), each));
    }
  return taken === 0 ? whole : taken;
}

/** Whether a contraction is a product of matrices or of a matrix and a vector, not a sum of a few values each. */
const isProduct = ({ rows, columns }: Product): boolean => rows !== 1 || columns !== 1;

/** Counts one fused kernel. A number that stands among a program's parameters costs nothing. */
export function costOf({ nodes, reads, stores }: Counted): Cost {
  const inside = [...nodes];
  let [bytes, flops]: [Size, Size] = [0, 0];
  for (const tensor of reads) if (tensor.axes.length > 0) bytes = plus(bytes, readBytes(tensor, inside));
  for (const store of stores) bytes = plus(bytes, packed(countOf(store.axes), wordBits(store.dtype)));
  for (const n of inside) flops = plus(flops, flopsOf(n));
  const products = inside
    .filter((n) => n.op === "contract")
    .map(productOf)
    .filter(isProduct);
  return { bytes, flops, ...(products.length > 0 ? { products } : {}) };
}
