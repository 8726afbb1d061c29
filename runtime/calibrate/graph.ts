/** Small ONNX graphs put together by hand, to measure single operators as a device runs them. */
import type { DType, Port } from "../../kernels/index.ts";
import {
  encodeOnnx,
  type OnnxAttribute,
  type OnnxModel,
  type OnnxNode,
  type OnnxPort,
  type OnnxTensor,
} from "../../kernels/render/onnx/proto.ts";
import type { ProgramSource } from "../device/device.ts";

const dtypes = { float: "f32", int32: "i32", bool: "bool", uint8: "u8", int8: "i8" } as const satisfies Record<string, DType>;
type Type = keyof typeof dtypes;

const port = ({ name, type, shape }: OnnxPort): Port => ({
  name,
  role: "data",
  dtype: dtypes[type as Type],
  axes: shape.map((size, i) => ({ name: `a${i}`, size })),
});

/** A graph under way. */
export class Graph {
  readonly #nodes: OnnxNode[] = [];
  readonly #initializers: OnnxTensor[] = [];
  readonly #inputs: OnnxPort[] = [];
  readonly #outputs: OnnxPort[] = [];

  input(shape: readonly number[], type: Type = "float"): string {
    const name = `in${this.#inputs.length}`;
    this.#inputs.push({ name, type, shape });
    return name;
  }

  constant(values: readonly number[], shape: readonly number[], type: OnnxTensor["type"] = "float"): string {
    const name = `c${this.#initializers.length}`;
    this.#initializers.push({ name, type, shape, values });
    return name;
  }

  ints(...values: number[]): string {
    return this.constant(values, [values.length], "int64");
  }

  /** Adds an operator and returns its first result; `unused` more have a name and no reader. */
  op(
    type: string,
    inputs: readonly string[],
    attributes: Readonly<Record<string, OnnxAttribute>> = {},
    domain: OnnxNode["domain"] = "",
    unused = 0,
  ): string {
    const name = `v${this.#nodes.length}`;
    const outputs = [name, ...Array.from({ length: unused }, (_, i) => `${name}.${i}`)];
    this.#nodes.push({ type, inputs, outputs, attributes, domain, name: `${this.#nodes.length} probe` });
    return name;
  }

  output(value: string, shape: readonly number[], type: Type | "int64" = "float"): void {
    const name = `out${this.#outputs.length}`;
    this.#outputs.push({ name, type: type === "int64" ? "int32" : type, shape });
    // What an engine cannot hand over is cast, and a value's name is not the port's.
    if (type === "int64") this.#nodes.push(this.#node("Cast", value, name, { to: 6n }));
    else this.#nodes.splice(0, this.#nodes.length, ...this.#nodes.map((n) => renamed(n, value, name)));
  }

  #node(type: string, from: string, to: string, attributes: Readonly<Record<string, OnnxAttribute>>): OnnxNode {
    return { type, inputs: [from], outputs: [to], attributes, domain: "", name: `${this.#nodes.length} probe` };
  }

  model(): OnnxModel {
    return {
      name: "probe",
      doc: "",
      nodes: this.#nodes,
      initializers: this.#initializers,
      external: [],
      inputs: this.#inputs,
      outputs: this.#outputs,
    };
  }
}

const renamed = (n: OnnxNode, from: string, to: string): OnnxNode => ({
  ...n,
  inputs: n.inputs.map((i) => (i === from ? to : i)),
  outputs: n.outputs.map((o) => (o === from ? to : o)),
});

/** A graph as a device takes it. */
export function sourceOf(model: OnnxModel): ProgramSource {
  const none = (): never => {
    throw new Error("a probe of onnxruntime has no other form");
  };
  return {
    name: model.name,
    inputs: model.inputs.map(port),
    outputs: model.outputs.map(port),
    ir: none,
    onnx: () => encodeOnnx(model),
    wgsl: none,
  };
}
