/**
 * A device runs tensor programs. Tensors are handles: what a program leaves on the device stays there until it is read.
 * Knows programs by their ports only; each engine takes from a source the form that it runs.
 */
import type { DType, Port, Program } from "../../kernels/index.ts";
import type { Target } from "../../kernels/render/wgsl/target.ts";
import type { WgslProgram } from "../../kernels/render/wgsl.ts";
import type { KernelTime } from "./profile.ts";

export type DeviceName = "cpu" | "webgpu" | "interp";

/**
 * Values in host memory: f32, i32, u32 and i8 as they are; bool as bytes 0 and 1; f16, bf16, e4m3, e5m2 and u8 as their bits; i4 and u4
 * two to a byte along the last axis, the even place in the low half.
 */
export type Data = Float32Array | Int32Array | Uint32Array | Uint16Array | Int8Array | Uint8Array;

/** A tensor on a device, row-major. A handle that receives a program's output takes on its shape and values. */
export interface Tensor {
  readonly dtype: DType;
  readonly shape: readonly number[];
}

/** A program in every form that an engine may ask for; each form is made or read only when asked. */
export interface ProgramSource {
  readonly name: string;
  readonly inputs: readonly Port[];
  readonly outputs: readonly Port[];
  ir(): Program | Promise<Program>;
  onnx(): Uint8Array | Promise<Uint8Array>;
  /** Kernels and their plan; a device that can do more than core WGSL asks for kernels that use it, and may get portable ones. */
  wgsl(target?: Target): WgslProgram | Promise<WgslProgram>;
}

/** A program made ready on one device. */
export interface Runnable {
  readonly name: string;
  readonly inputs: readonly Port[];
  readonly outputs: readonly Port[];
}

export type Tensors = Readonly<Record<string, Tensor>>;

/** What is known of a program's inputs before it runs. */
export interface Known {
  /**
   * Inputs whose values never change, such as the weights of a model that answers. The device may keep them in a form of its
   * own, so their handles may be released as soon as the program is prepared, and need not be given to `run`.
   */
  readonly constants?: Tensors;
}

export interface Device {
  readonly name: DeviceName;
  /** The engine and what it runs on, for a person. */
  readonly about: string;
  /** A tensor of zeros. */
  allocate(dtype: DType, shape: readonly number[]): Tensor;
  /** A tensor with these values. The device may keep the array itself: the caller gives it away. */
  upload(dtype: DType, shape: readonly number[], data: Data): Tensor;
  /** Overwrites a tensor's values with as many others. */
  write(tensor: Tensor, data: Data): void;
  /** A copy of a tensor's values. */
  read(tensor: Tensor): Promise<Data>;
  /** Compiles a program; the same source twice gives the same runnable, except where constants are given: then each is its own. */
  prepare(source: ProgramSource, known?: Known): Promise<Runnable>;
  /** Ends a runnable before the device ends: what it keeps of its constants is given back. It must not be run again. */
  discard(program: Runnable): Promise<void>;
  /**
   * Runs a program on inputs by name; every input that is no constant of it must be given. Returns every output by name. An
   * output named in `into` is put into that handle, which may be an input's own (state that moves on); the others come in new
   * handles.
   */
  run(program: Runnable, inputs: Tensors, into?: Tensors): Promise<Record<string, Tensor>>;
  /**
   * Runs a program on inputs by name, as `run` does, and tells each of its kernels with its time, in the order in which they ran.
   * Its results are not kept, and no input is changed.
   */
  profile(program: Runnable, inputs: Tensors): Promise<KernelTime[]>;
  /** Gives a tensor's memory back. The handle must not be used again. */
  release(...tensors: readonly Tensor[]): void;
  /** Ends the device; its tensors are gone. */
  close(): Promise<void>;
}

/** How many values a shape holds. */
export const countOf = (shape: readonly number[]): number => shape.reduce((n, s) => n * s, 1);

const arrays = {
  f32: Float32Array,
  f16: Uint16Array,
  bf16: Uint16Array,
  e4m3: Uint8Array,
  e5m2: Uint8Array,
  i32: Int32Array,
  u32: Uint32Array,
  i8: Int8Array,
  u8: Uint8Array,
  i4: Uint8Array,
  u4: Uint8Array,
  bool: Uint8Array,
} as const satisfies Record<DType, unknown>;

/** The array type that holds a dtype in host memory. */
export const arrayOf = (dtype: DType): (typeof arrays)[DType] => arrays[dtype];

/** How many elements the array that holds a shape has: as many as its values, half where two share a byte. */
export const lengthOf = (dtype: DType, shape: readonly number[]): number =>
  dtype === "i4" || dtype === "u4" ? Math.ceil(countOf(shape) / 2) : countOf(shape);

/** A number of bytes rounded up to one of four steps per doubling, so that freed memory fits what comes next. */
export function sizeClass(bytes: number): number {
  const step = 2 ** Math.max(8, Math.floor(Math.log2(Math.max(bytes, 1))) - 2);
  return Math.max(step, Math.ceil(bytes / step) * step);
}
