/**
 * WebGPU as a device: Dawn in Node, or the browser's. Tensors are ranges of buffers; runs are recorded and submitted together;
 * nothing waits for the graphics card but reading.
 */
import type { Binding, DType } from "../../kernels/index.ts";
import type { Target } from "../../kernels/render/wgsl/target.ts";
import type { Memory, WgslPlan } from "../../kernels/render/wgsl-plan.ts";
import { NeuroError } from "../error.ts";
import { type FoundAdapter, findAdapter } from "./adapter.ts";
import { bindSizes, checkData, shapeOf } from "./binding.ts";
import {
  countOf,
  type Data,
  type Device,
  type Known,
  type ProgramSource,
  type Runnable,
  type Tensor,
  type Tensors,
} from "./device.ts";
import type { KernelTime } from "./profile.ts";
import { useSwiftshader } from "./swiftshader.ts";
import { featuresOf, limitsOf, targetOf } from "./webgpu-features.ts";
import { WebGpuMemory } from "./webgpu-memory.ts";
import { Pipelines } from "./webgpu-pipelines.ts";
import { profiled } from "./webgpu-profile.ts";
import { type Around, type Range, type RunMemory, WebGpuRunnable } from "./webgpu-program.ts";
import { Recorder } from "./webgpu-recorder.ts";
import { type GpuTensor, packed, sizeOfTensor, slabs, unpacked } from "./webgpu-tensor.ts";

class WebGpuDevice implements Device {
  readonly name = "webgpu";
  readonly about: string;
  readonly #found: FoundAdapter;
  readonly #device: GPUDevice;
  readonly #target: Target;
  readonly #memory: WebGpuMemory;
  readonly #recorder: Recorder;
  readonly #pipelines: Pipelines;
  readonly #prepared = new Map<ProgramSource, Promise<WebGpuRunnable>>();
  #fault: Error | undefined;
  #closed = false;

  constructor(found: FoundAdapter, device: GPUDevice) {
    this.#found = found;
    this.#device = device;
    this.#target = targetOf(found.gpu, found.adapter, device);
    this.#memory = new WebGpuMemory(device);
    this.#recorder = new Recorder(device, () => this.#memory.submitted());
    this.#pipelines = new Pipelines(device);
    this.about = `WebGPU on ${found.about}${found.software ? " (software)" : ""}`;
    device.addEventListener("uncapturederror", ({ error }) => {
      this.#fault ??= faultOf(error);
    });
    void device.lost.then(({ message }) => {
      if (!this.#closed)
        this.#fault ??= new NeuroError("device_lost", `the graphics device was lost: ${message}`, {
          hint: "Run again; a training run resumes where it was.",
        });
    });
  }

  /** Throws what went wrong since the last call. */
  #check(): void {
    if (this.#closed) throw new Error("the device is closed");
    const fault = this.#fault;
    if (fault) throw fault;
  }

  /** Memory for so many bytes; refused where no kernel could bind it. */
  #take(bytes: number): Range {
    const { maxStorageBufferBindingSize, maxBufferSize } = this.#device.limits;
    const most = Math.min(maxStorageBufferBindingSize, maxBufferSize);
    if (bytes > most)
      throw new NeuroError(
        "tensor_too_large",
        `a tensor of ${bytes} bytes exceeds what ${this.#found.about} binds at once (${most})`,
        { hint: "Use --device cpu." },
      );
    return { block: this.#memory.take(bytes), offset: 0 };
  }

  allocate(dtype: DType, shape: readonly number[]): GpuTensor {
    this.#check();
    const tensor: GpuTensor = { dtype, shape, range: undefined, word: undefined };
    if (countOf(shape) === 1) tensor.word = 0;
    else {
      tensor.range = this.#take(sizeOfTensor(tensor));
      this.#recorder.commands().clearBuffer(tensor.range.block.buffer);
      this.#recorder.recorded(1);
    }
    return tensor;
  }

  upload(dtype: DType, shape: readonly number[], data: Data): GpuTensor {
    this.#check();
    const tensor: GpuTensor = { dtype, shape, range: undefined, word: undefined };
    if (countOf(shape) !== 1) tensor.range = this.#take(sizeOfTensor(tensor));
    this.write(tensor, data);
    return tensor;
  }

  write(given: Tensor, data: Data): void {
    checkData(given, data);
    const tensor = given as GpuTensor;
    if (countOf(tensor.shape) === 1) {
      [tensor.word] = packed(tensor.dtype, data);
      // What is recorded may still read the old value: the new one lies elsewhere, once a kernel binds it.
      if (tensor.range) this.#memory.give(tensor.range.block);
      tensor.range = undefined;
    } else if (data.length > 0) {
      this.#recorder.flush();
      const { block, offset } = tensor.range!;
      this.#device.queue.writeBuffer(block.buffer, offset, packed(tensor.dtype, data));
    }
  }

  /** Where a tensor lies; a number that only the host knew is written there. */
  #range(tensor: GpuTensor): Range {
    if (tensor.range) return tensor.range;
    tensor.range = this.#take(4);
    // By way of the uniform words, which go along with what is recorded.
    const { words, at } = this.#recorder.reserve(1);
    words[0] = tensor.word!;
    this.#recorder.commands().copyBufferToBuffer(this.#recorder.uniforms, at, tensor.range.block.buffer, 0, 4);
    return tensor.range;
  }

  async read(tensor: Tensor): Promise<Data> {
    this.#check();
    const given = tensor as GpuTensor;
    const { block, offset } = this.#range(given);
    const bytes = await this.#memory.read(block, offset, sizeOfTensor(given), (copy) => {
      copy(this.#recorder.commands());
      this.#recorder.flush();
    });
    this.#check();
    return unpacked(given.dtype, countOf(given.shape), bytes);
  }

  prepare(source: ProgramSource, { constants }: Known = {}): Promise<WebGpuRunnable> {
    const known = this.#prepared.get(source);
    if (known && !constants) return known;
    const names = new Set(source.inputs.map((port) => port.name));
    const kept = new Map(
      Object.entries(constants ?? {}).flatMap(([name, tensor]): [string, Range][] => {
        if (!names.has(name)) return [];
        const range = this.#range(tensor as GpuTensor);
        this.#memory.share(range.block).kept = true;
        return [[name, range]];
      }),
    );
    const made = this.#made(source, kept);
    if (constants) return made;
    this.#prepared.set(source, made);
    made.catch(() => this.#prepared.delete(source));
    return made;
  }

  async #made(source: ProgramSource, constants: ReadonlyMap<string, Range>): Promise<WebGpuRunnable> {
    const make = async (target: Target) => WebGpuRunnable.make(this.#pipelines, source, await source.wgsl(target), constants);
    if (this.#target.matrices.length === 0) return make(this.#target);
    // Matrix units are an experiment of drivers: where one refuses a kernel with them, the others do.
    return make(this.#target).catch(() => make({ ...this.#target, matrices: [] }));
  }

  async discard(program: Runnable): Promise<void> {
    for (const { block } of (program as WebGpuRunnable).constants.values()) this.#memory.give(block);
    for (const [source, made] of this.#prepared) if ((await made) === program) this.#prepared.delete(source);
  }

  async run(program: Runnable, inputs: Tensors, into: Tensors = {}): Promise<Record<string, Tensor>> {
    this.#check();
    const runnable = program as WebGpuRunnable;
    const binding = bindSizes(program.name, program.inputs, inputs);
    const made = this.#results(runnable, binding, inputs, into);
    const record = () => this.#recorder.recorded(runnable.record(this.#around, binding, this.#runMemory(inputs, made)));
    if (runnable.checked) record();
    else await this.#watched(program, record);
    runnable.checked = true;
    const outputs: Record<string, Tensor> = {};
    for (const [name, result] of Object.entries(made)) {
      const target = into[name] as GpuTensor | undefined;
      outputs[name] = target ?? result;
      if (!target || target === result) continue;
      this.release(target);
      Object.assign(target, result);
    }
    return outputs;
  }

  get #around(): Around {
    return { device: this.#device, recorder: this.#recorder, memory: this.#memory };
  }

  /** Where a run's outputs go: into the inputs that they take the place of, where these move on; else into new memory. */
  #results(runnable: WebGpuRunnable, binding: Binding, inputs: Tensors, into: Tensors): Record<string, GpuTensor> {
    const { inPlace, steps } = runnable.plan;
    const moves = movesOn(inPlace, inputs, into);
    const results = Object.fromEntries(
      runnable.outputs.map((port): [string, GpuTensor] => {
        const old = moves.get(port.name);
        if (old) this.#range(old);
        return [port.name, old ?? { dtype: port.dtype, shape: shapeOf(port, binding), range: undefined, word: undefined }];
      }),
    );
    // What passes by, such as a batch, is not worth moving.
    const passing = new Set(runnable.inputs.flatMap(({ name, role }) => (role === "data" ? [name] : [])));
    const given = (m: Memory): GpuTensor | undefined => {
      if ("output" in m) return results[m.output];
      return "input" in m && !passing.has(m.input) ? (inputs[m.input] as GpuTensor | undefined) : undefined;
    };
    for (const { shares } of steps)
      for (const i of shares?.list[0]?.bindings.keys() ?? [])
        this.#gather(shares!.list.flatMap(({ bindings }) => given(bindings[i]!) ?? []));
    for (const [name, tensor] of Object.entries(results)) {
      tensor.range ??= this.#take(sizeOfTensor(tensor));
      const old = inPlace[name];
      if (old !== undefined && !moves.has(name)) this.#copy(this.#range(inputs[old] as GpuTensor), tensor);
    }
    return results;
  }

  /** Copies what lies in a range to where a tensor of the same size lies. */
  #copy(from: Range, to: GpuTensor): void {
    const { block, offset } = to.range!;
    this.#recorder.commands().copyBufferToBuffer(from.block.buffer, from.offset, block.buffer, offset, sizeOfTensor(to));
  }

  /** Moves tensors into as few blocks as hold them, so that one dispatch reaches them all; those without memory get theirs. */
  #gather(tensors: readonly GpuTensor[]): void {
    const blocks = new Set(tensors.map((t) => t.range?.block));
    if (blocks.size < 2 && !blocks.has(undefined)) return;
    const { maxStorageBufferBindingSize, maxBufferSize } = this.#device.limits;
    for (const slab of slabs(tensors, Math.min(maxStorageBufferBindingSize, maxBufferSize))) {
      const block = this.#memory.take(slab.bytes);
      for (const { tensor, offset } of slab.places) {
        const old = tensor.range;
        tensor.range = { block: this.#memory.share(block), offset, bytes: Math.ceil(sizeOfTensor(tensor) / 16) * 16 };
        if (!old) continue;
        this.#copy(old, tensor);
        this.#memory.give(old.block);
      }
      this.#memory.give(block);
    }
  }

  #runMemory(inputs: Tensors, outputs: Readonly<Record<string, GpuTensor>>): RunMemory {
    const given = (name: string): GpuTensor => inputs[name] as GpuTensor;
    return {
      input: (name) => this.#range(given(name)),
      number: (name) => {
        const { word } = given(name);
        return word === undefined ? this.#range(given(name)) : { word };
      },
      output: (name) => outputs[name]!.range!,
    };
  }

  async profile(program: Runnable, inputs: Tensors): Promise<KernelTime[]> {
    this.#check();
    const runnable = program as WebGpuRunnable;
    const binding = bindSizes(program.name, program.inputs, inputs);
    const made = this.#results(runnable, binding, inputs, {});
    const times = await profiled(runnable, this.#around, binding, this.#runMemory(inputs, made));
    this.release(...Object.values(made));
    this.#check();
    return times;
  }

  /** A first run waits for the driver's verdict, so that a bad plan is told where it is made. */
  async #watched(program: Runnable, record: () => void): Promise<void> {
    this.#recorder.flush();
    this.#device.pushErrorScope("out-of-memory");
    this.#device.pushErrorScope("validation");
    record();
    this.#recorder.flush();
    const [invalid, memory] = await Promise.all([this.#device.popErrorScope(), this.#device.popErrorScope()]);
    if (invalid) throw new Error(`${program.name} is refused by WebGPU: ${invalid.message}`);
    if (memory) throw faultOf(memory);
  }

  release(...tensors: readonly Tensor[]): void {
    for (const tensor of tensors as readonly GpuTensor[]) {
      if (tensor.range) this.#memory.give(tensor.range.block);
      tensor.range = undefined;
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#prepared.clear();
    this.#device.destroy();
  }
}

/** The inputs that outputs take the place of: given for nothing else, given to receive the output, and no program's constant. */
function movesOn(inPlace: WgslPlan["inPlace"], inputs: Tensors, into: Tensors): Map<string, GpuTensor> {
  const uses = new Map<Tensor, number>();
  for (const tensor of Object.values(inputs)) uses.set(tensor, (uses.get(tensor) ?? 0) + 1);
  return new Map(
    Object.entries(inPlace).flatMap(([output, input]): [string, GpuTensor][] => {
      const tensor = inputs[input] as GpuTensor;
      const own = into[output] === tensor && uses.get(tensor) === 1 && !tensor.range?.block.kept;
      return own ? [[output, tensor]] : [];
    }),
  );
}

function faultOf(error: GPUError): Error {
  if (error instanceof GPUOutOfMemoryError)
    return new NeuroError("memory", "there is not enough memory on the graphics device", {
      hint: "Use a smaller batch or window, or --device cpu.",
      cause: error,
    });
  return new Error(`WebGPU: ${error.message}`, { cause: error });
}

/** A device with all that kernels can use. */
const deviceOf = (adapter: GPUAdapter): Promise<GPUDevice> =>
  adapter.requestDevice({ requiredFeatures: featuresOf(adapter), requiredLimits: limitsOf(adapter) });

/** Opens an adapter that was found. Throws a NeuroError when the driver refuses a device. */
export async function openAdapter(found: FoundAdapter): Promise<Device> {
  try {
    return new WebGpuDevice(found, await deviceOf(found.adapter));
  } catch (cause) {
    throw new NeuroError(
      "device_missing",
      `${found.about} refuses a WebGPU device: ${cause instanceof Error ? cause.message : cause}`,
      {
        hint: "Use --device cpu.",
        cause,
      },
    );
  }
}

/**
 * Opens WebGPU on whatever adapter there is, software too: where a machine has none, SwiftShader if its package is installed.
 * Throws a NeuroError when there is none.
 */
export async function openWebGpu(): Promise<Device> {
  let found = await findAdapter();
  if ("missing" in found && useSwiftshader()) found = await findAdapter();
  if (!("missing" in found)) return openAdapter(found);
  throw new NeuroError("device_missing", `WebGPU is not available: ${found.missing}`, {
    hint: "Use --device cpu; `neuroc doctor` says more.",
  });
}
