/**
 * The bytes of an ONNX model: the subset of onnx.proto that the renderer writes (IR version 9), fields in a fixed order, so
 * the same model gives the same bytes. Knows nothing of programs.
 */

import { codeOf } from "../../ir/codes.ts";

/** ONNX element types (TensorProto.DataType). */
export const elementTypes = {
  float: 1,
  uint8: 2,
  int8: 3,
  uint16: 4,
  int32: 6,
  int64: 7,
  bool: 9,
  float16: 10,
  uint32: 12,
  bfloat16: 16,
  float8e4m3fn: 17,
  float8e5m2: 19,
  uint4: 21,
  int4: 22,
} as const;
/** The element types the renderer uses. */
export type ElementType = keyof typeof elementTypes;

/** How many bytes an element takes. */
export const elementBytes: Readonly<Record<ElementType, number>> = {
  float: 4,
  uint8: 1,
  int8: 1,
  uint16: 2,
  int32: 4,
  int64: 8,
  bool: 1,
  float16: 2,
  uint32: 4,
  bfloat16: 2,
  float8e4m3fn: 1,
  float8e5m2: 1,
  uint4: 0.5,
  int4: 0.5,
};

/** An attribute: bigint and lists are integers, a number is a float. */
export type OnnxAttribute = number | bigint | string | readonly number[];

/** An operator applied to values by name. */
export interface OnnxNode {
  readonly type: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  /** A bigint or a list of whole numbers is an integer attribute, a number is a float, a string a string. */
  readonly attributes: Readonly<Record<string, OnnxAttribute>>;
  readonly domain: "" | "com.microsoft";
  readonly name: string;
}

/** A constant of the graph. */
export interface OnnxTensor {
  readonly name: string;
  readonly type: ElementType;
  readonly shape: readonly number[];
  readonly values: readonly number[];
}

/** A graph input or output; a dimension is a number or the name of a symbol. */
export interface OnnxPort {
  readonly name: string;
  readonly type: ElementType;
  readonly shape: readonly (number | string)[];
}

/** A constant whose values are handed to onnxruntime beside the file, under its name. */
export interface OnnxExternal {
  readonly name: string;
  readonly type: ElementType;
  readonly shape: readonly number[];
  /** How many bytes it has. */
  readonly bytes: number;
}

/** A graph with its border. */
export interface OnnxModel {
  readonly name: string;
  readonly doc: string;
  readonly nodes: readonly OnnxNode[];
  readonly initializers: readonly OnnxTensor[];
  readonly external: readonly OnnxExternal[];
  readonly inputs: readonly OnnxPort[];
  readonly outputs: readonly OnnxPort[];
}

const text = new TextEncoder();

/** A growing protobuf message. */
class Message {
  private bytesSoFar = new Uint8Array(64);
  private length = 0;

  /** Room for more bytes; returns where they begin. */
  private grow(more: number): number {
    const at = this.length;
    this.length += more;
    if (this.length > this.bytesSoFar.length) {
      const larger = new Uint8Array(2 * this.length);
      larger.set(this.bytesSoFar);
      this.bytesSoFar = larger;
    }
    return at;
  }

  private put(byte: number): void {
    const at = this.grow(1);
    this.bytesSoFar[at] = byte;
  }

  private varint(value: number | bigint): void {
    if (typeof value === "number" && value >= 0 && value < 2 ** 31) {
      let rest = value;
      for (; rest > 127; rest >>>= 7) this.put((rest & 127) | 128);
      this.put(rest);
      return;
    }
    let rest = BigInt.asUintN(64, BigInt(value));
    for (; rest > 127n; rest >>= 7n) this.put(Number(rest & 127n) | 128);
    this.put(Number(rest));
  }

  int(field: number, value: number | bigint): this {
    this.varint(field << 3);
    this.varint(value);
    return this;
  }

  float(field: number, value: number): this {
    this.varint((field << 3) | 5);
    const at = this.grow(4);
    this.bytesSoFar.set(new Uint8Array(Float32Array.of(value).buffer), at);
    return this;
  }

  bytes(field: number, value: Uint8Array | string | Message): this {
    const body = value instanceof Message ? value.finish() : typeof value === "string" ? text.encode(value) : value;
    this.varint((field << 3) | 2);
    this.varint(body.length);
    const at = this.grow(body.length);
    this.bytesSoFar.set(body, at);
    return this;
  }

  finish(): Uint8Array {
    return this.bytesSoFar.subarray(0, this.length);
  }
}

function attribute(name: string, value: OnnxAttribute): Message {
  const m = new Message().bytes(1, name);
  if (typeof value === "bigint") return m.int(3, value).int(20, 2);
  if (typeof value === "number") return m.float(2, value).int(20, 1);
  if (typeof value === "string") return m.bytes(4, value).int(20, 3);
  for (const v of value) m.int(8, v);
  return m.int(20, 7);
}

function node(n: OnnxNode): Message {
  const m = new Message();
  for (const i of n.inputs) m.bytes(1, i);
  for (const o of n.outputs) m.bytes(2, o);
  m.bytes(3, n.name).bytes(4, n.type);
  for (const [name, value] of Object.entries(n.attributes)) m.bytes(5, attribute(name, value));
  return n.domain === "" ? m : m.bytes(7, n.domain);
}

function packed(type: ElementType, values: readonly number[]): Uint8Array {
  switch (type) {
    case "float":
      return new Uint8Array(Float32Array.from(values).buffer);
    case "int32":
      return new Uint8Array(Int32Array.from(values).buffer);
    case "uint32":
      return new Uint8Array(Uint32Array.from(values).buffer);
    case "bool":
    case "uint8":
      return Uint8Array.from(values);
    case "int8":
      return new Uint8Array(Int8Array.from(values).buffer);
    case "uint16":
      return new Uint8Array(Uint16Array.from(values).buffer);
    case "float16":
      return new Uint8Array(Float16Array.from(values).buffer);
    case "bfloat16":
      return new Uint8Array(Uint16Array.from(values, (v) => codeOf(v, "bf16")).buffer);
    case "float8e4m3fn":
      return Uint8Array.from(values, (v) => codeOf(v, "e4m3"));
    case "float8e5m2":
      return Uint8Array.from(values, (v) => codeOf(v, "e5m2"));
    case "int4":
    case "uint4":
      return Uint8Array.from(
        { length: Math.ceil(values.length / 2) },
        (_, i) => (values[2 * i]! & 15) | (((values[2 * i + 1] ?? 0) & 15) << 4),
      );
    case "int64":
      return new Uint8Array(BigInt64Array.from(values, BigInt).buffer);
    default:
      return type satisfies never;
  }
}

function tensor(t: OnnxTensor): Message {
  const m = new Message();
  for (const d of t.shape) m.int(1, d);
  return m.int(2, elementTypes[t.type]).bytes(8, t.name).bytes(9, packed(t.type, t.values));
}

/** TensorProto with data_location (14) EXTERNAL and where the data is (13): a file that exists in memory only. */
function external(t: OnnxExternal): Message {
  const m = new Message();
  for (const d of t.shape) m.int(1, d);
  m.int(2, elementTypes[t.type]).bytes(8, t.name);
  const where = { location: t.name, offset: "0", length: String(t.bytes) };
  for (const [key, value] of Object.entries(where)) m.bytes(13, new Message().bytes(1, key).bytes(2, value));
  return m.int(14, 1);
}

function port(p: OnnxPort): Message {
  const shape = new Message();
  for (const d of p.shape) shape.bytes(1, typeof d === "number" ? new Message().int(1, d) : new Message().bytes(2, d));
  const type = new Message().bytes(1, new Message().int(1, elementTypes[p.type]).bytes(2, shape));
  return new Message().bytes(1, p.name).bytes(2, type);
}

/** The file of a model. */
export function encodeOnnx(model: OnnxModel): Uint8Array {
  const graph = new Message();
  for (const n of model.nodes) graph.bytes(1, node(n));
  graph.bytes(2, model.name);
  for (const t of model.initializers) graph.bytes(5, tensor(t));
  for (const t of model.external) graph.bytes(5, external(t));
  graph.bytes(10, model.doc);
  for (const p of model.inputs) graph.bytes(11, port(p));
  for (const p of model.outputs) graph.bytes(12, port(p));
  return new Message()
    .int(1, 9)
    .bytes(2, "neuro")
    .bytes(7, graph)
    .bytes(8, new Message().bytes(1, "").int(2, 20))
    .bytes(8, new Message().bytes(1, "com.microsoft").int(2, 1))
    .finish()
    .slice();
}
