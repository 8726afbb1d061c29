/**
 * Attention over a cache that the same step extends, as onnxruntime's GroupQueryAttention: it writes the new keys and values into
 * the caches where they lie and reads only the places filled so far. Knows which attentions have that form.
 */
import { type Axis, axisOf, hasAxis, type Node, without } from "../../ir/node.ts";
import { inputOf } from "../../ir/program.ts";
import { minus, plus, type Size, times } from "../../ir/size.ts";
import { constantValue } from "../../ir/source.ts";
import { type Mask, maskOfNode } from "../../ops/attention-mask.ts";
import { type ScoreAttrs, scoreInputs } from "../../ops/score-logsumexp.ts";
import type { Emitter, Placed } from "./emitter.ts";
import { type Given, type Operands, operands } from "./grouped-operands.ts";
import { elementTypes } from "./proto.ts";
import type { Finder, Special, Surroundings } from "./special.ts";

/** The first places of a cache into which this step has put new ones: slice(put(old, fresh, at), 0, size). */
interface Cached {
  readonly put: Node;
  readonly old: Node;
  readonly fresh: Node;
  readonly at: Node;
  /** How many places there are to look at. */
  readonly size: Size;
}

function cached(node: Node, along: string, { readers }: Surroundings): Cached | undefined {
  const [put] = node.inputs;
  if (node.op !== "slice" || node.attrs.axis !== along || node.attrs.start !== 0 || put?.op !== "put") return undefined;
  const [old, fresh, at] = put.inputs as [Node, Node, Node];
  if (put.attrs.axis !== along || old.op !== "input" || readers(old).length > 1 || old.axes.length !== 4) return undefined;
  return { put, old, fresh, at, size: node.attrs.size as Size };
}

/** Whether a place is the number that a size is: the input that tells it, or that size itself. */
const tells = (node: Node, size: Size): boolean =>
  node.op === "input"
    ? inputOf(node).role === "size" && inputOf(node).name === size
    : (constantValue(node) ?? node.attrs.size) === size;

/** Whether a mask says no more than that a token sees the places filled before it and itself, in a window at most. */
function plain(mask: Mask | undefined, keys: Cached, fresh: Size): boolean {
  if (!mask) return fresh === 1;
  const { causal, window, prefix, length, padding, rows, segments, other } = mask;
  const same = (n: Node, more: Size) => n === keys.at || tells(n, plus(minus(keys.size, fresh), more));
  const bounded = !length || same(length, fresh) || (length.op === "add" && length.inputs.some((i) => i === keys.at));
  const wide = window === undefined || (causal !== undefined && constantValue(window.size) !== undefined);
  if (prefix || !bounded || !wide || [padding, rows, segments, other].some((list) => list.length > 0)) return false;
  return causal ? same(causal.offset, 0) : fresh === 1;
}

/** The heads of queries that share a key, and the axis of new tokens, among the axes that only queries have. */
function rowsOf(q: Node, k: Node, over: readonly string[], fresh: Size, mask: Mask | undefined) {
  const own = q.axes.filter((a) => !hasAxis(k, a.name) && !over.includes(a.name));
  const text = own.find((a) => a.name === mask?.causal?.row) ?? own.find((a) => a.size === fresh);
  return { text, share: own.filter((a) => a !== text) };
}

/** GroupQueryAttention takes rows of one length, several new tokens only of one row, and heads of a multiple of eight channels. */
const supported = (row: Axis, inner: Axis, fresh: Size, at: Node): boolean =>
  (fresh === 1 || row.size === 1) && without(at.axes, [row.name]).length === 0 && Number(inner.size) % 8 === 0;

export const grouped: Finder = (node, around) => {
  const { over, along } = node.attrs as ScoreAttrs;
  const { q, k, v, bias } = scoreInputs(node.inputs, node.attrs, 3);
  const [keys, values] = [k, v!].map((x) => cached(x, along, around));
  if (!keys || !values || bias || over.length !== 1 || q.dtype !== "f32") return undefined;
  const [row, head, place, inner] = keys.old.axes as [Axis, Axis, Axis, Axis];
  const order = (x: Node) => x.axes.map((a) => a.name);
  const fresh = axisOf(keys.fresh, along)!.size;
  const alike = place.name === along && inner.name === over[0] && values.at === keys.at && values.size === keys.size;
  const laid =
    order(values.old).slice(0, 3).join() === [row.name, head.name, along].join() && values.old.axes[3]!.size === inner.size;
  const mask = maskOfNode(node);
  if (!alike || !laid || !supported(row, inner, fresh, keys.at) || !plain(mask, keys, fresh)) return undefined;
  const { text, share } = rowsOf(q, k, over, fresh, mask);
  if (!hasAxis(q, row.name) || !hasAxis(q, head.name) || share.length > 1 || (!text && fresh !== 1)) return undefined;
  const [twin, own] = [axisOf(keys.fresh, along)!, values.old.axes[3]!];
  const given: Given = { q, k: keys.fresh, v: values.fresh, row, text, twin, head, share, inner, own, places: keys.size };
  const form: Form = { node, given, keys, values, mask, operands: operands(given, around) };
  const reads = [...form.operands.reads, keys.old, values.old, keys.at];
  const attention: Special = { reads, write: (e) => written(e, form) };
  const kept = (put: Node): Special => ({ reads: [node], write: (e) => e.at(put) });
  return new Map([
    [node, attention],
    [keys.put, kept(keys.put)],
    [values.put, kept(values.put)],
  ]);
};

interface Form {
  readonly node: Node;
  readonly given: Given;
  readonly operands: Operands;
  readonly keys: Cached;
  readonly values: Cached;
  readonly mask: Mask | undefined;
}

/** The number of the last place that each row sees (int32 [rows]), and of places altogether (int32). */
function lengths(e: Emitter, { keys, given: { row } }: Form, fresh: Size): { last: string; total: string } {
  const int32 = { to: BigInt(elementTypes.int32) };
  const total = e.op("Cast", [e.reshape(e.size(keys.size), [1], [])], int32);
  const shape = e.shape([row.size], { exact: true });
  if (!hasAxis(keys.at, row.name)) {
    const last = e.op("Cast", [e.size(minus(keys.size, 1))], int32);
    return { last: e.op("Expand", [last, shape]), total };
  }
  const more = e.op("Cast", [e.size(minus(fresh, 1))], int32);
  return { last: fresh === 1 ? e.at(keys.at).name : e.op("Add", [e.at(keys.at).name, more]), total };
}

function written(e: Emitter, form: Form): Placed {
  const { node, keys, values, mask, given } = form;
  const { row, text, head, share, own, twin } = given;
  const { last, total } = lengths(e, form, twin.size);
  const { qkv, angles, interleaved } = form.operands.write(e);
  const heads = times(head.size, ...share.map((a) => a.size));
  const window = mask?.window && constantValue(mask.window.size);
  const attributes = {
    num_heads: whole(heads),
    kv_num_heads: whole(head.size),
    scale: (node.attrs as ScoreAttrs).scale,
    local_window_size: BigInt(window ?? -1),
    ...(angles.length > 0 ? { do_rotary: 1n, rotary_interleaved: BigInt(interleaved) } : {}),
  };
  const inputs = [...qkv, e.at(keys.old).name, e.at(values.old).name, last, total, ...angles];
  const [name, presentKeys, presentValues] = e.ops("GroupQueryAttention", inputs, 3, attributes, "com.microsoft") as [
    string,
    string,
    string,
  ];
  e.placed.set(keys.put, { name: presentKeys, order: keys.put.axes });
  e.placed.set(values.put, { name: presentValues, order: values.put.axes });
  const order = [row, ...(text ? [text] : []), head, ...share, own].map((a) => axisOf(node, a.name)!);
  const sizes = order.map((a) => a.size);
  return { name: e.reshape(name, [row.size, twin.size, times(heads, own.size)], sizes), order };
}

const whole = (size: Size): bigint => {
  if (typeof size !== "number") throw new Error(`onnx: ${size} heads`);
  return BigInt(size);
};
