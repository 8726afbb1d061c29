/** Runs a program on onnxruntime, for tests and benchmarks: feeds and results as the interpreter has them. */
import { InferenceSession, Tensor } from "onnxruntime-node";
import { codeOf, numberOf, type Small } from "../ir/codes.ts";
import { bits, type DType } from "../ir/dtype.ts";
import { inputOf, type Program } from "../ir/program.ts";
import { type Binding, evaluate } from "../ir/size.ts";
import { onnxOutput, renderOnnx } from "./onnx.ts";

const small = (dtype: Small) => (v: ArrayLike<number>) => Uint16Array.from(v, (x) => codeOf(x, dtype));
/** Two numbers of four bits to a byte, the even place in the low half. */
const halves = (v: ArrayLike<number>) =>
  Uint8Array.from({ length: v.length / 2 }, (_, i) => (v[2 * i]! & 15) | ((v[2 * i + 1]! & 15) << 4));

/** The name and the values of each dtype as onnxruntime takes them. */
const hosted = {
  f32: ["float32", (v) => Float32Array.from(v)],
  f16: ["float16", small("f16")],
  bf16: ["uint16", small("bf16")],
  e4m3: ["uint8", (v) => Uint8Array.from(small("e4m3")(v))],
  e5m2: ["uint8", (v) => Uint8Array.from(small("e5m2")(v))],
  i32: ["int32", (v) => Int32Array.from(v)],
  u32: ["uint32", (v) => Uint32Array.from(v)],
  i8: ["int8", (v) => Int8Array.from(v)],
  u8: ["uint8", (v) => Uint8Array.from(v)],
  i4: ["uint8", halves],
  u4: ["uint8", halves],
  bool: ["bool", (v) => Uint8Array.from(v)],
} as const satisfies Record<DType, readonly [string, (v: ArrayLike<number>) => ArrayLike<number>]>;

function tensorOf(dtype: DType, values: ArrayLike<number>, dims: number[]): Tensor {
  const [type, host] = hosted[dtype];
  const seen = bits(dtype) === 4 ? [...dims.slice(0, -1), dims.at(-1)! / 2] : dims;
  const data = host(values);
  const tensor = new Tensor(type, data as Float32Array, seen);
  // onnxruntime-common makes a Float16Array of it where there is one, whose memory the binding cannot see.
  if (dtype === "f16") Object.defineProperty(tensor, "data", { value: data });
  return tensor;
}

/** Values of a result as numbers. */
function numbersOf(dtype: DType, data: ArrayLike<number>): Float64Array {
  if (dtype === "f16") return Float64Array.from(data, (code) => numberOf(code, dtype));
  if (bits(dtype) !== 4) return Float64Array.from(data, Number);
  const part = (i: number) => (data[i >> 1]! >> (4 * (i % 2))) & 15;
  return Float64Array.from({ length: 2 * data.length }, (_, i) => (dtype === "u4" || part(i) < 8 ? part(i) : part(i) - 16));
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
    p.outputs.map((o, i) => [o.name, numbersOf(o.node.dtype, results[names[i]!]!.data as ArrayLike<number>)]),
  );
}
