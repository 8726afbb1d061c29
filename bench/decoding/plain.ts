/**
 * The plain export that bench/decoding.ts compares with: the same model operator by operator, as exporters write it, caches grown by
 * concatenation, weights as initializers, onnxruntime's own optimizer at its default. `node plain.ts PRECISION THREADS ROWS`, f32 or int8 (weights
 * and rows as onnxruntime's dynamic quantization has them).
 */
import { InferenceSession, Tensor } from "onnxruntime-node";
import {
  encodeOnnx,
  type OnnxAttribute,
  type OnnxExternal,
  type OnnxNode,
  type OnnxTensor,
} from "../../kernels/render/onnx/proto.ts";
import { Worker } from "../peer.ts";
import { shape, weights } from "./model.ts";

const [, , precision, threads, rowsText] = process.argv;
const rows = Number(rowsText);
const { width, heads, layers, inner, vocabulary } = shape;
const head = width / heads;

class Export {
  readonly nodes: OnnxNode[] = [];
  readonly initializers: OnnxTensor[] = [];
  readonly external: OnnxExternal[] = [];
  readonly data: { path: string; data: Uint8Array }[] = [];

  op(type: string, inputs: string[], attributes: Record<string, OnnxAttribute> = {}, output = `v${this.nodes.length}`): string {
    this.nodes.push({ type, inputs, outputs: [output], attributes, domain: "", name: `${type} ${this.nodes.length}` });
    return output;
  }

  ints(...values: number[]): string {
    const name = `ints ${values.join()}`;
    if (!this.initializers.some((i) => i.name === name))
      this.initializers.push({ name, type: "int64", shape: [values.length], values });
    return name;
  }

  number(value: number): string {
    const name = `number ${value}`;
    if (!this.initializers.some((i) => i.name === name))
      this.initializers.push({ name, type: "float", shape: [], values: [value] });
    return name;
  }

  weight(name: string, dims: number[], fill?: number): string {
    const count = dims.reduce((n, d) => n * d, 1);
    const values = fill === undefined ? weights(count) : new Float32Array(count).fill(fill);
    this.external.push({ name, type: "float", shape: dims, bytes: 4 * count });
    this.data.push({ path: name, data: new Uint8Array(values.buffer) });
    return name;
  }

  /** x times a matrix: f32, or eight bits with rows quantized as they come. */
  linear(x: string, name: string, from: number, to: number): string {
    if (precision !== "int8") return this.op("MatMul", [x, this.weight(name, [from, to])]);
    const bytes = Uint8Array.from({ length: from * to }, (_, i) => (i * 2654435761) >>> 24);
    this.external.push({ name, type: "int8", shape: [from, to], bytes: bytes.length });
    this.data.push({ path: name, data: bytes });
    const [q, scale, zero] = ["q", "s", "z"].map((part) => `${name}.${part}`) as [string, string, string];
    this.nodes.push({
      type: "DynamicQuantizeLinear",
      inputs: [x],
      outputs: [q, scale, zero],
      attributes: {},
      domain: "",
      name: q,
    });
    const whole = this.op("Cast", [this.op("MatMulInteger", [q, name, zero])], { to: 1n });
    return this.op("Mul", [whole, this.op("Mul", [scale, this.number(0.002)])]);
  }

  norm(x: string, name: string): string {
    const mean = this.op("ReduceMean", [this.op("Pow", [x, this.number(2)]), this.ints(-1)]);
    const root = this.op("Sqrt", [this.op("Add", [mean, this.number(1e-6)])]);
    return this.op("Mul", [this.weight(name, [width], 1), this.op("Div", [x, root])]);
  }

  heads(x: string): string {
    return this.op("Transpose", [this.op("Reshape", [x, this.ints(0, 0, heads, head)])], { perm: [0, 2, 1, 3] });
  }

  rotated(x: string): string {
    const half = (from: number, to: number) => this.op("Slice", [x, this.ints(from), this.ints(to), this.ints(3)]);
    const turned = this.op("Concat", [this.op("Neg", [half(head / 2, head)]), half(0, head / 2)], { axis: -1n });
    return this.op("Add", [this.op("Mul", [x, "cos"]), this.op("Mul", [turned, "sin"])]);
  }

  layer(i: number, x: string): string {
    const y = this.norm(x, `${i}.norm`);
    const [q, k, v] = ["q", "k", "v"].map((n) => this.heads(this.linear(y, `${i}.${n}`, width, width))) as [
      string,
      string,
      string,
    ];
    const keys = this.op("Concat", [`keys.${i}`, this.rotated(k)], { axis: 2n }, `keys.${i}.next`);
    const values = this.op("Concat", [`values.${i}`, v], { axis: 2n }, `values.${i}.next`);
    const scores = this.op("MatMul", [this.rotated(q), this.op("Transpose", [keys], { perm: [0, 1, 3, 2] })]);
    const look = this.op("Softmax", [this.op("Div", [scores, this.number(Math.sqrt(head))])], { axis: -1n });
    const mixed = this.op("Transpose", [this.op("MatMul", [look, values])], { perm: [0, 2, 1, 3] });
    const z = this.op("Add", [x, this.linear(this.op("Reshape", [mixed, this.ints(0, 0, width)]), `${i}.o`, width, width)]);
    const n = this.norm(z, `${i}.norm2`);
    const gate = this.linear(n, `${i}.gate`, width, inner);
    const silu = this.op("Mul", [gate, this.op("Sigmoid", [gate])]);
    return this.op("Add", [
      z,
      this.linear(this.op("Mul", [silu, this.linear(n, `${i}.up`, width, inner)]), `${i}.down`, inner, width),
    ]);
  }
}

const e = new Export();
const angle = e.op("Mul", [e.op("Cast", ["position"], { to: 1n }), e.weight("speeds", [head], 0.01)]);
e.op("Cos", [angle], {}, "cos");
e.op("Sin", [angle], {}, "sin");
let x = e.op("Gather", [e.weight("table", [vocabulary, width]), "token"], { axis: 0n });
for (let i = 0; i < layers; i++) x = e.layer(i, x);
e.op("ArgMax", [e.linear(e.norm(x, "norm"), "head", width, vocabulary)], { axis: -1n, keepdims: 0n }, "next");
const caches = Array.from({ length: layers }, (_, i) => [`keys.${i}`, `values.${i}`]).flat();
const model = encodeOnnx({
  name: "plain",
  doc: "",
  nodes: e.nodes,
  initializers: e.initializers,
  external: e.external,
  inputs: [
    { name: "token", type: "int64", shape: ["b", 1] },
    { name: "position", type: "int64", shape: [] },
    ...caches.map((name) => ({ name, type: "float" as const, shape: ["b", heads, "past", head] })),
  ],
  outputs: [
    { name: "next", type: "int64", shape: ["b", 1] },
    ...caches.map((name) => ({ name: `${name}.next`, type: "float" as const, shape: ["b", heads, "all", head] })),
  ],
});
const options = { externalData: e.data, intraOpNumThreads: Number(threads), logSeverityLevel: 3 as const };
const session = await InferenceSession.create(model, options);

await Worker.answer({}, async (count) => {
  let token = new Tensor(
    "int64",
    BigInt64Array.from({ length: rows }, (_, i) => BigInt(300 + i)),
    [rows, 1],
  );
  let state = Object.fromEntries(
    caches.map((name) => [name, new Tensor("float32", new Float32Array(0), [rows, heads, 0, head])]),
  );
  const from = performance.now();
  for (let past = 0; past < count; past++) {
    const found = await session.run({ token, position: new Tensor("int64", BigInt64Array.of(BigInt(past)), []), ...state });
    token = found.next as typeof token;
    state = Object.fromEntries(caches.map((name) => [name, found[`${name}.next`] as (typeof state)[string]]));
  }
  return { seconds: (performance.now() - from) / 1000 };
});
