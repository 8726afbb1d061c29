/**
 * The CPU through onnxruntime: tensors are arrays in host memory, given to the session without a copy and written by it in place.
 * The next value of an input is written over it where the graph says that this is right; any other handle that receives an output
 * swaps its array with a spare one.
 */
import { availableParallelism, cpus } from "node:os";
import { onnxCosts } from "../../kernels/cost/onnx.ts";
import { type Binding, type DType, onnxOutput, type Port, renderOnnx } from "../../kernels/index.ts";
import { NeuroError } from "../error.ts";
import { bindSizes, checkData, shapeOf } from "./binding.ts";
import { profiled } from "./cpu-profile.ts";
import {
  arrayOf,
  type Data,
  type Device,
  type Known,
  lengthOf,
  type ProgramSource,
  type Runnable,
  sizeClass,
  type Tensor,
  type Tensors,
} from "./device.ts";
import { probeModel, stopName, withoutCopies, writesInPlace } from "./onnx-in-place.ts";
import type { KernelTime } from "./profile.ts";
import { type Probe, threadsHere } from "./threads.ts";

type Ort = typeof import("onnxruntime-node");
type OrtTensor = import("onnxruntime-node").Tensor;
type Session = import("onnxruntime-node").InferenceSession;
type SessionOptions = import("onnxruntime-node").InferenceSession.SessionOptions;

export interface CpuOptions {
  /** Threads within one operation; by default as many as make products faster here (threads.ts). */
  readonly threads?: number;
  /** Lets onnxruntime copy its results, as it does where writing in place does not work. */
  readonly copies?: boolean;
}

interface CpuTensor extends Tensor {
  dtype: DType;
  shape: readonly number[];
  data: Data;
}

interface CpuRunnable extends Runnable {
  readonly session: Session;
  /** The graph's output for each of the program's, in their order. */
  readonly graph: readonly ReturnType<typeof onnxOutput>[];
  readonly constants: ReadonlySet<string>;
  readonly source: ProgramSource;
  /** Loads the program once more, while the handles of its constants are held. */
  readonly load: (options: SessionOptions) => Promise<Session>;
}

/** The element type that onnxruntime is handed a dtype as; what it has no name for goes as plain bits. */
const types = {
  f32: "float32",
  f16: "float16",
  bf16: "uint16",
  e4m3: "uint8",
  e5m2: "uint8",
  i32: "int32",
  u32: "uint32",
  i8: "int8",
  u8: "uint8",
  i4: "uint8",
  u4: "uint8",
  bool: "bool",
} as const satisfies Record<DType, string>;

/** A shape as onnxruntime sees it, where two values share a byte. */
const hostShape = (dtype: DType, shape: readonly number[]): readonly number[] =>
  dtype === "i4" || dtype === "u4" ? [...shape.slice(0, -1), (shape.at(-1) ?? 0) / 2] : shape;

/** So much is spared at least, in bytes. */
const spared = 256 * 2 ** 20;

/**
 * Spare arrays by the size class of their memory. Their values are whatever was there. A server meets texts of every length, so what was not asked for
 * longest goes first: memory is what the largest run gives twice over, not what all lengths together once took.
 */
class Spares {
  /** The class that was used last stands last. */
  readonly #spare = new Map<number, ArrayBuffer[]>();
  #bytes = 0;
  #most = spared;

  /** A run gives so many bytes: the arrays of two like it are worth keeping. */
  expect(bytes: number): void {
    this.#most = Math.max(this.#most, 2 * bytes);
  }

  take(dtype: DType, shape: readonly number[]): Data {
    const count = lengthOf(dtype, shape);
    const make = arrayOf(dtype);
    const size = sizeClass(count * make.BYTES_PER_ELEMENT);
    const list = this.#spare.get(size);
    const buffer = list?.pop();
    if (list) this.#used(size, list);
    if (buffer) this.#bytes -= size;
    return new make(buffer ?? new ArrayBuffer(size), 0, count);
  }

  give(data: Data): void {
    const { buffer } = data;
    // Only whole arrays of a size class come back into use; a caller's own array is left to the garbage collector.
    if (!(buffer instanceof ArrayBuffer) || sizeClass(buffer.byteLength) !== buffer.byteLength) return;
    this.#bytes += buffer.byteLength;
    const list = this.#spare.get(buffer.byteLength) ?? [];
    list.push(buffer);
    this.#used(buffer.byteLength, list);
    for (const [size, spare] of this.#spare) {
      while (this.#bytes > this.#most && spare.pop()) this.#bytes -= size;
      if (spare.length === 0 && size !== buffer.byteLength) this.#spare.delete(size);
      if (this.#bytes <= this.#most) return;
    }
  }

  #used(size: number, list: ArrayBuffer[]): void {
    this.#spare.delete(size);
    this.#spare.set(size, list);
  }
}

class CpuDevice implements Device {
  readonly name = "cpu";
  readonly about: string;
  readonly #ort: Ort;
  readonly #threads: number;
  readonly #inPlace: boolean;
  readonly #spares = new Spares();
  readonly #prepared = new Map<ProgramSource, Promise<CpuRunnable>>();
  readonly #sessions = new Set<Session>();

  constructor(ort: Ort, threads: number, inPlace: boolean) {
    this.#ort = ort;
    this.#threads = threads;
    this.#inPlace = inPlace;
    this.about = `onnxruntime ${ort.env.versions.node ?? ort.env.versions.common} on ${threads} of ${availableParallelism()} cores${cpus()[0] ? ` (${cpus()[0]!.model.trim()})` : ""}`;
  }

  allocate(dtype: DType, shape: readonly number[]): CpuTensor {
    const data = this.#spares.take(dtype, shape);
    data.fill(0);
    return { dtype, shape, data };
  }

  upload(dtype: DType, shape: readonly number[], data: Data): CpuTensor {
    // A session cannot read shared memory.
    const own = data.buffer instanceof ArrayBuffer ? data : data.slice();
    const tensor = { dtype, shape, data: own };
    checkData(tensor, data);
    return tensor;
  }

  write(tensor: Tensor, data: Data): void {
    checkData(tensor, data);
    (tensor as CpuTensor).data.set(data);
  }

  async read(tensor: Tensor): Promise<Data> {
    return (tensor as CpuTensor).data.slice();
  }

  prepare(source: ProgramSource, { constants }: Known = {}): Promise<CpuRunnable> {
    const known = this.#prepared.get(source);
    if (known && !constants) return known;
    const made = this.#runnable(source, constants).then((runnable) => {
      this.#sessions.add(runnable.session);
      return runnable;
    });
    if (constants) return made;
    this.#prepared.set(source, made);
    made.catch(() => this.#prepared.delete(source));
    return made;
  }

  async #runnable(source: ProgramSource, constants: Tensors = {}): Promise<CpuRunnable> {
    const names = new Set(Object.keys(constants).filter((name) => source.inputs.some((port) => port.name === name)));
    const load = (options: SessionOptions = {}) => this.#session(source, names, constants, options);
    const inputs = source.inputs.filter((port) => !names.has(port.name));
    const session = await load();
    const graph = source.outputs.map((port) => onnxOutput(session.outputNames, port.name));
    return { name: source.name, inputs, outputs: source.outputs, source, load, session, graph, constants: names };
  }

  /** Constants become initializers, which onnxruntime copies, packed as its products want them. */
  async #session(
    source: ProgramSource,
    names: ReadonlySet<string>,
    constants: Tensors,
    options: SessionOptions,
  ): Promise<Session> {
    const model = names.size > 0 ? renderOnnx(await source.ir(), { constants: names }) : await source.onnx();
    const externalData = [...names].map((name) => ({ path: name, data: bytesOf((constants[name] as CpuTensor).data) }));
    try {
      return await this.#ort.InferenceSession.create(this.#inPlace ? withoutCopies(model) : model, {
        ...sessionOptions(this.#threads),
        ...(names.size > 0 ? { externalData } : {}),
        ...options,
      });
    } catch (cause) {
      throw new NeuroError("program_unreadable", `onnxruntime cannot load the program ${source.name}: ${message(cause)}`, {
        hint: "The build may be cut short or made by another version: build the spec again.",
        cause,
      });
    }
  }

  async run(program: Runnable, inputs: Tensors, into: Tensors = {}): Promise<Record<string, Tensor>> {
    const runnable = program as CpuRunnable;
    const results = await this.#results(runnable, runnable.session, inputs, into);
    const outputs: Record<string, Tensor> = {};
    for (const { name } of program.outputs) {
      const result = results.get(name)!;
      const target = into[name] as CpuTensor | undefined;
      outputs[name] = target ?? result;
      if (!target || target === result) continue;
      this.#spares.give(target.data);
      Object.assign(target, result);
    }
    return outputs;
  }

  async profile(program: Runnable, inputs: Tensors): Promise<KernelTime[]> {
    const runnable = program as CpuRunnable;
    const binding = bindSizes(program.name, program.inputs, inputs);
    const copy = (t: Tensor): CpuTensor => this.upload(t.dtype, t.shape, (t as CpuTensor).data.slice());
    const state = new Set(program.outputs.map((port) => port.name));
    // State is written over as in a run, so it is a copy that is written over.
    const given = Object.fromEntries(
      program.inputs.map(({ name }) => [name, state.has(name) ? copy(inputs[name]!) : inputs[name]!]),
    );
    const run = async (session: Session) => {
      const results = await this.#results(runnable, session, given, given);
      this.release(...[...results.values()].filter((t) => !Object.values(given).includes(t)));
    };
    return profiled(runnable.load, run, onnxCosts(await runnable.source.ir(), runnable.constants), binding);
  }

  /** Runs a session; the results are in arrays of their own, or in the handle of `into` that is the input's own. */
  async #results(program: CpuRunnable, session: Session, inputs: Tensors, into: Tensors): Promise<Map<string, CpuTensor>> {
    const binding = bindSizes(program.name, program.inputs, inputs);
    const feeds = Object.fromEntries(program.inputs.map(({ name }) => [name, this.#wrapped(inputs[name] as CpuTensor)]));
    const results = new Map<string, CpuTensor>();
    const fetches: Record<string, OrtTensor | null> = this.#inPlace ? { [stopName]: null } : {};
    for (const [i, port] of program.outputs.entries()) {
      const { name, over } = program.graph[i]!;
      const same = over && into[port.name] !== undefined && into[port.name] === inputs[port.name];
      const tensor = this.#inPlace && same ? (into[port.name] as CpuTensor) : this.#result(port, binding);
      results.set(port.name, tensor);
      fetches[name] = this.#inPlace ? this.#wrapped(tensor) : null;
    }
    this.#spares.expect([...results.values()].reduce((sum, { data }) => sum + data.byteLength, 0));
    if (this.#inPlace) {
      await writesInPlace(() => session.run(feeds, fetches)).catch((cause: unknown) => failed(program, cause));
      return results;
    }
    const fetched = await session.run(feeds, fetches).catch((cause: unknown) => failed(program, cause));
    for (const [i, tensor] of [...results.values()].entries())
      tensor.data = bitsOf(tensor.dtype, fetched[program.graph[i]!.name]!);
    return results;
  }

  #result(port: Port, binding: Binding): CpuTensor {
    const { dtype } = port;
    const shape = shapeOf(port, binding);
    return { dtype, shape, data: this.#inPlace ? this.#spares.take(dtype, shape) : new (arrayOf(dtype))(0) };
  }

  #wrapped({ dtype, shape, data }: CpuTensor): OrtTensor {
    if (dtype !== "f16") return new this.#ort.Tensor(types[dtype], data as Float32Array<ArrayBuffer>, hostShape(dtype, shape));
    // The binding wants the bits of sixteen-bit floats; the constructor would hand it the host's Float16Array, which it reads as empty.
    const bits = new this.#ort.Tensor("uint16", data as Uint16Array<ArrayBuffer>, [...shape]);
    return Object.assign(bits, { type: types.f16 }) as OrtTensor;
  }

  release(...tensors: readonly Tensor[]): void {
    for (const tensor of tensors as readonly CpuTensor[]) {
      this.#spares.give(tensor.data);
      tensor.data = new (arrayOf(tensor.dtype))(0);
    }
  }

  async discard(program: Runnable): Promise<void> {
    const { session } = program as CpuRunnable;
    if (this.#sessions.delete(session)) await session.release();
    for (const [source, made] of this.#prepared) if ((await made) === program) this.#prepared.delete(source);
  }

  async close(): Promise<void> {
    await Promise.allSettled(this.#prepared.values());
    this.#prepared.clear();
    // Taken out first: a program may be discarded meanwhile, and none is given back twice.
    for (const session of this.#sessions) if (this.#sessions.delete(session)) await session.release();
  }
}

/** A fetched tensor's values; of half precision the bits, whatever array the host has for it. */
function bitsOf(dtype: DType, { data }: OrtTensor): Data {
  const { buffer, byteOffset, length } = data as Data;
  return dtype === "f16" ? new Uint16Array(buffer as ArrayBuffer, byteOffset, length) : (data as Data);
}

const bytesOf = (data: Data): Uint8Array => new Uint8Array(data.buffer, data.byteOffset, data.byteLength);

const message = (cause: unknown): string => (cause instanceof Error ? cause.message : String(cause));

function failed(program: Runnable, cause: unknown): never {
  if (/allocat|bad_alloc|memory/i.test(message(cause)))
    throw new NeuroError("memory", `there is not enough memory for ${program.name}`, {
      hint: "Use a smaller batch or window.",
      cause,
    });
  throw new Error(`${program.name} failed on the CPU: ${message(cause)}`, { cause });
}

function sessionOptions(threads: number): SessionOptions {
  return {
    // The compiler fuses; `basic` folds constants and changes nothing else (docs of onnxruntime, graph optimizations).
    graphOptimizationLevel: "basic",
    executionMode: "sequential",
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    // Lengths differ from run to run, so a remembered memory pattern never fits.
    enableMemPattern: false,
    // What fails is thrown, with its message.
    logSeverityLevel: 4,
    // Threads that wait by spinning take the cores from everything else in the process.
    extra: { session: { intra_op: { allow_spinning: "0" } } },
  };
}

async function loadOrt(): Promise<Ort> {
  try {
    const loaded = await import("onnxruntime-node");
    return ((loaded as { default?: Ort }).default ?? loaded) as Ort;
  } catch (cause) {
    throw new NeuroError("device_missing", `onnxruntime cannot be loaded: ${message(cause)}`, {
      hint: "Run npm install again on this machine; --device interp needs nothing, but is slow.",
      cause,
    });
  }
}

/** Multiplies one matrix as usual and one in place: whether the numbers are right, and whether results stay where they were put. */
export async function selfTest(): Promise<{ correct: boolean; inPlace: boolean }> {
  const ort = await loadOrt();
  const tensor = (values: readonly number[]) => new ort.Tensor("float32", Float32Array.from(values), [2, 2]);
  const right = (y: OrtTensor | undefined): boolean => [7, 10, 15, 22].every((v, i) => y?.data[i] === v);
  const [x, y] = [tensor([1, 2, 3, 4]), tensor([0, 0, 0, 0])];
  const plain = await ort.InferenceSession.create(probeModel(2), sessionOptions(1));
  const correct = right((await plain.run({ x })).y);
  await plain.release();
  try {
    const session = await ort.InferenceSession.create(withoutCopies(probeModel(2)), sessionOptions(1));
    await writesInPlace(() => session.run({ x }, { [stopName]: null, y }));
    await session.release();
    return { correct, inPlace: right(y) };
  } catch {
    return { correct, inPlace: false };
  }
}

/** A product of two matrices large enough that threads can share it, and small enough to be measured unnoticed. */
const product =
  (ort: Ort): Probe =>
  async (threads) => {
    const session = await ort.InferenceSession.create(probeModel(512), sessionOptions(threads));
    const x = new ort.Tensor("float32", new Float32Array(512 * 512).fill(1), [512, 512]);
    return {
      run: async () => {
        const from = performance.now();
        await session.run({ x });
        return (performance.now() - from) / 1000;
      },
      close: () => session.release(),
    };
  };

/** Opens the CPU. Throws a NeuroError when onnxruntime cannot be loaded on this machine. */
export async function openCpu({ threads, copies = false }: CpuOptions = {}): Promise<Device> {
  const ort = await loadOrt();
  const count = threads ?? (await threadsHere(`onnxruntime ${ort.env.versions.common}`, product(ort)));
  return new CpuDevice(ort, Math.max(1, Math.floor(count)), !copies && (await selfTest()).inPlace);
}
