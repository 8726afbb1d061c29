/** The graph of an ONNX file as far as tree ensembles need it: its nodes with their attributes, and what the file says of itself. Knows nothing of trees. */
import protobuf from "protobufjs/minimal.js";

/** An operator of the graph. */
export type GraphNode = {
  readonly type: string;
  readonly domain: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: ReadonlyMap<string, Attribute>;
};
/** What an attribute holds; lists that it has not are empty. A tensor of floats or doubles counts as a list of numbers. */
export type Attribute = { readonly text: string; readonly numbers: readonly number[]; readonly texts: readonly string[] };
/** A file's graph, and its metadata. */
export type Graph = {
  readonly nodes: readonly GraphNode[];
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly notes: ReadonlyMap<string, string>;
};

type Message = { readonly [field: number]: readonly (number | Uint8Array)[] | undefined };

/** Reads a file's bytes. Throws a RangeError or Error of protobuf where they are no message. */
export function onnxGraph(bytes: Uint8Array): Graph {
  const model = message(bytes);
  const graph = message(only(model, 7));
  return {
    nodes: parts(graph, 1).map(nodeOf),
    inputs: parts(graph, 11).map((port) => text(message(port), 1)),
    outputs: parts(graph, 12).map((port) => text(message(port), 1)),
    notes: new Map(parts(model, 14).map((entry) => [text(message(entry), 1), text(message(entry), 2)])),
  };
}

function nodeOf(bytes: Uint8Array): GraphNode {
  const node = message(bytes);
  const attributes = parts(node, 5).map((part): [string, Attribute] => {
    const found = message(part);
    return [text(found, 1), attributeOf(found)];
  });
  return {
    type: text(node, 4),
    domain: text(node, 7),
    inputs: parts(node, 1).map(decoded),
    outputs: parts(node, 2).map(decoded),
    attributes: new Map(attributes),
  };
}

function attributeOf(found: Message): Attribute {
  const tensor = parts(found, 5).map((part) => tensorNumbers(message(part)));
  return {
    text: text(found, 4),
    texts: parts(found, 9).map(decoded),
    numbers: [
      ...tensor.flat(),
      ...repeated(found, 2, 5),
      ...repeated(found, 3, 0),
      ...repeated(found, 7, 5),
      ...repeated(found, 8, 0),
    ],
  };
}

/** TensorProto: raw bytes, or lists, of floats (1) or doubles (11). */
function tensorNumbers(tensor: Message): number[] {
  const type = repeated(tensor, 2, 0)[0];
  const raw = parts(tensor, 9)[0];
  if (raw !== undefined) {
    const view = new DataView(raw.buffer, raw.byteOffset, raw.length);
    return type === 11
      ? Array.from({ length: raw.length >> 3 }, (_, at) => view.getFloat64(8 * at, true))
      : Array.from({ length: raw.length >> 2 }, (_, at) => view.getFloat32(4 * at, true));
  }
  return [...repeated(tensor, 4, 5), ...repeated(tensor, 10, 1)];
}

/** A repeated number, packed or not: whole (wire type 0), double (1) or float (5). */
function repeated(fields: Message, number: number, wire: 0 | 1 | 5): number[] {
  const found: number[] = [];
  for (const value of fields[number] ?? []) {
    if (typeof value === "number") found.push(value);
    else {
      const reader = protobuf.Reader.create(value);
      while (reader.pos < reader.len)
        found.push(wire === 0 ? Number(reader.int64()) : wire === 1 ? reader.double() : reader.float());
    }
  }
  return found;
}

function message(bytes: Uint8Array): Message {
  const reader = protobuf.Reader.create(bytes);
  const fields: { [field: number]: (number | Uint8Array)[] } = {};
  while (reader.pos < reader.len) {
    const tag = reader.uint32();
    fields[tag >>> 3] ??= [];
    const values = fields[tag >>> 3]!;
    if ((tag & 7) === 0) values.push(Number(reader.int64()));
    else if ((tag & 7) === 1) values.push(reader.double());
    else if ((tag & 7) === 2) values.push(reader.bytes());
    else if ((tag & 7) === 5) values.push(reader.float());
    else throw new RangeError(`wire type ${tag & 7}`);
  }
  return fields;
}

const parts = (fields: Message, number: number) => (fields[number] ?? []).filter((value) => typeof value !== "number");
const only = (fields: Message, number: number) => parts(fields, number).at(-1) ?? new Uint8Array(0);
const decoded = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
const text = (fields: Message, number: number) => decoded(only(fields, number));
