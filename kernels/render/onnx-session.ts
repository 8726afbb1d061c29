/** Runs a program on onnxruntime, for tests and benchmarks: feeds and results as the interpreter has them. */
import { InferenceSession, Tensor } from "onnxruntime-node";
import { codeOf } from "../ir/codes.ts";
import type { DType } from "../ir/dtype.ts";
import { inputOf, type Program } from "../ir/program.ts";
import { type Binding, evaluate } from "../ir/size.ts";
import { onnxOutput, renderOnnx } from "./onnx.ts";

const tensors: Partial<Record<DType, (v: ArrayLike<number>, dims: number[]) => Tensor>> = {
  f32: (v: ArrayLike<number>, dims: number[]) => new Tensor("float32", Float32Array.from(v), dims),
  i32: (v: ArrayLike<number>, dims: number[]) => new Tensor("int32", Int32Array.from(v), dims),
  u32: (v: ArrayLike<number>, dims: number[]) => new Tensor("uint32", Uint32Array.from(v), dims),
  bool: (v: ArrayLike<number>, dims: number[]) => new Tensor("bool", Uint8Array.from(v), dims),
  f16: (v: ArrayLike<number>, dims: number[]) =>
    new Tensor(
      "float16",
      Uint16Array.from(v, (x) => codeOf(x, "f16")),
      dims,
    ),
  i8: (v: ArrayLike<number>, dims: number[]) => new Tensor("int8", Int8Array.from(v), dims),
  u8: (v: ArrayLike<number>, dims: number[]) => new Tensor("uint8", Uint8Array.from(v), dims),
};

function tensorOf(dtype: DType, values: ArrayLike<number>, dims: number[]): Tensor {
  const make = tensors[dtype];
  if (!make) throw new Error(`onnxruntime takes no ${dtype} here`);
  return make(values, dims);
}

/** Feeds as onnxruntime takes them. */
export const onnxFeeds = (
  p: Program,
  feeds: Readonly<Record<string, ArrayLike<number>>>,
  binding: Binding,
): Record<string, Tensor> =>
  Object.fromEntries(
    p.inputs.map((n) => {
      const { name, dtype, role } = inputOf(n);
      const dims = n.axes.map((a) => evaluate(a.size, binding));
      return [name, tensorOf(dtype, role === "size" ? [binding[name]!] : feeds[name]!, dims)];
    }),
  );

/** A session on one thread as the CPU device opens it. */
export const onnxSession = (p: Program, options: InferenceSession.SessionOptions = {}): Promise<InferenceSession> =>
  InferenceSession.create(renderOnnx(p), {
    intraOpNumThreads: 1,
    graphOptimizationLevel: "basic",
    enableMemPattern: false,
    logSeverityLevel: 3,
    ...options,
  });

/** Renders, loads and runs a program once. */
export async function runOnnx(
  p: Program,
  feeds: Readonly<Record<string, ArrayLike<number>>>,
  binding: Binding,
): Promise<Record<string, Float64Array>> {
  const session = await onnxSession(p);
  const names = p.outputs.map((o) => onnxOutput(session.outputNames, o.name).name);
  const results = await session.run(onnxFeeds(p, feeds, binding), names);
  await session.release();
  return Object.fromEntries(
    p.outputs.map((o, i) => [o.name, Float64Array.from(results[names[i]!]!.data as ArrayLike<number>, Number)]),
  );
}
