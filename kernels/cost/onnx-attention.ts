/** Attention operators of onnxruntime: scores and mixed values as products, caches read as far as they are filled. */
import { type Size, times } from "../ir/size.ts";
import type { OnnxNode } from "../render/onnx/proto.ts";
import { bytesOfAll } from "./onnx-products.ts";
import { elementBits, int, type Rule, type Told, type Value } from "./onnx-value.ts";

/** Queries of `heads` heads over `keys` places. */
interface Attended {
  readonly batch: Size;
  readonly queries: Size;
  readonly keys: Size;
  readonly heads: Size;
  readonly width: Size;
}

function told(node: OnnxNode, a: Attended, outputs: readonly Value[], bytes: Size): Told {
  const batch = times(a.batch, a.heads);
  const bits = 32;
  const score = { batch, rows: a.queries, columns: a.keys, inner: a.width, bits };
  const mix = { batch, rows: a.queries, columns: a.width, inner: a.keys, bits };
  const pairs = times(batch, a.queries, a.keys);
  // 2 a score and 2 a mixed value at every place of a head, and 5 for the softmax of a pair.
  const flops = times(pairs, `4*(${a.width})+5`);
  return { outputs, kind: node.type, flops, bytes, items: pairs, products: [score, mix] };
}

/** q [b, s, heads * d]; caches [b, kv heads, most, d], of which the places so far are read. */
const grouped: Rule = (node, inputs) => {
  const [q, k, , pastK, pastV, , length] = inputs;
  const heads = int(node, "num_heads", 1);
  const kv = int(node, "kv_num_heads", heads);
  const [batch, queries, all] = q!.dims as [Size, Size, Size];
  const packedQkv = k === undefined;
  const width = pastK?.dims.at(-1) ?? times(`(${all})/${packedQkv ? heads + 2 * kv : heads}`);
  const keys = length?.known?.[0] ?? pastK?.dims[2] ?? queries;
  const out: Value = { dims: [batch, queries, times(heads, width)], type: q!.type };
  const cache = times(2, batch, kv, keys, width, elementBits(pastK?.type ?? q!.type) / 8);
  const present = (past: Value | undefined): Value => past ?? { dims: [batch, kv, keys, width], type: q!.type };
  const bytes = times(`${bytesOfAll([...inputs.slice(0, 3), ...inputs.slice(7), out])}+${cache}`);
  return told(node, { batch, queries, keys, heads, width }, [out, present(pastK), present(pastV)], bytes);
};

/** Three or four dimensions: [b, s, heads * d] or [b, heads, s, d]. */
const plain: Rule = (node, inputs) => {
  const [q, k, v] = inputs as [Value, Value, Value];
  const heads = q.dims.length === 4 ? q.dims[1]! : int(node, "q_num_heads", int(node, "num_heads", 1));
  const batch = q.dims[0]!;
  const queries = q.dims.at(-2)!;
  const width = q.dims.length === 4 ? q.dims[3]! : times(`(${q.dims[2]})/${heads}`);
  const keys = k.dims.length >= 4 ? k.dims[2]! : k.dims[1]!;
  const out: Value = { dims: q.dims, type: q.type };
  const outputs = node.outputs.map((_, i) => (i === 0 ? out : i === 1 ? k : v));
  return told(node, { batch, queries, keys, heads, width }, outputs, bytesOfAll([...inputs, out]));
};

/** The attentions by operator. */
export const attentionOps: Readonly<Record<string, Rule>> = {
  GroupQueryAttention: grouped,
  Attention: plain,
  MultiHeadAttention: plain,
};
