/**
 * WebGPU as a device: Dawn in Node, or the browser's. Tensors are buffers; a run is one command buffer; nothing waits for the
 * graphics card but reading.
 */
import type { DType } from "../../kernels/index.ts";
import { NeuroError } from "../error.ts";
import { type FoundAdapter, findAdapter } from "./adapter.ts";
import { bindSizes, checkData, shapeOf } from "./binding.ts";
import {
  arrayOf,
  countOf,
  type Data,
  type Device,
  type ProgramSource,
  type Runnable,
  type Tensor,
  type Tensors,
} from "./device.ts";
import { useSwiftshader } from "./swiftshader.ts";
import { WebGpuMemory } from "./webgpu-memory.ts";
import { Pipelines, WebGpuRunnable } from "./webgpu-program.ts";

interface GpuTensor extends Tensor {
  dtype: DType;
  shape: readonly number[];
  buffer: GPUBuffer;
  /** The only value of a tensor that the host wrote, as it lies in memory. */
  word: number | undefined;
}

/** Values as 4 bytes each, which is how kernels see them. */
const words = (data: Data): Exclude<Data, Uint8Array> => (data instanceof Uint8Array ? Uint32Array.from(data) : data);

class WebGpuDevice implements Device {
  readonly name = "webgpu";
  readonly about: string;
  readonly #found: FoundAdapter;
  readonly #device: GPUDevice;
  readonly #memory: WebGpuMemory;
  readonly #pipelines: Pipelines;
  readonly #prepared = new Map<ProgramSource, Promise<WebGpuRunnable>>();
  #fault: Error | undefined;
  #closed = false;

  constructor(found: FoundAdapter, device: GPUDevice) {
    this.#found = found;
    this.#device = device;
    this.#memory = new WebGpuMemory(device);
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

  allocate(dtype: DType, shape: readonly number[]): GpuTensor {
    this.#check();
    const buffer = this.#memory.take(countOf(shape) * 4);
    const encoder = this.#device.createCommandEncoder();
    encoder.clearBuffer(buffer);
    this.#device.queue.submit([encoder.finish()]);
    return { dtype, shape, buffer, word: countOf(shape) === 1 ? 0 : undefined };
  }

  upload(dtype: DType, shape: readonly number[], data: Data): GpuTensor {
    this.#check();
    const most = Math.min(this.#device.limits.maxStorageBufferBindingSize, this.#device.limits.maxBufferSize);
    if (data.length * 4 > most)
      throw new NeuroError(
        "tensor_too_large",
        `a tensor of ${data.length * 4} bytes exceeds what ${this.#found.about} binds at once (${most})`,
        { hint: "Use --device cpu." },
      );
    const tensor: GpuTensor = { dtype, shape, buffer: this.#memory.take(data.length * 4), word: undefined };
    this.write(tensor, data);
    return tensor;
  }

  write(tensor: Tensor, data: Data): void {
    checkData(tensor, data);
    if (data.length > 0)
      this.#device.queue.writeBuffer((tensor as GpuTensor).buffer, 0, words(data) as Float32Array<ArrayBuffer>);
  }

  async read(tensor: Tensor): Promise<Data> {
    this.#check();
    const { dtype, shape, buffer } = tensor as GpuTensor;
    const bytes = await this.#memory.read(buffer, countOf(shape) * 4);
    this.#check();
    return dtype === "bool" ? Uint8Array.from(new Uint32Array(bytes)) : new (arrayOf(dtype))(bytes);
  }

  prepare(source: ProgramSource): Promise<WebGpuRunnable> {
    const known = this.#prepared.get(source);
    if (known) return known;
    const made = Promise.resolve(source.wgsl()).then((program) =>
      WebGpuRunnable.make(this.#device, this.#pipelines, source, program),
    );
    this.#prepared.set(source, made);
    made.catch(() => this.#prepared.delete(source));
    return made;
  }

  async run(program: Runnable, inputs: Tensors, into: Tensors = {}): Promise<Record<string, Tensor>> {
    this.#check();
    const runnable = program as WebGpuRunnable;
    const binding = bindSizes(program.name, program.inputs, inputs);
    const given = Object.fromEntries(program.inputs.map(({ name }) => [name, inputs[name] as GpuTensor]));
    const made = Object.fromEntries(
      program.outputs.map((port): [string, GpuTensor] => {
        const shape = shapeOf(port, binding);
        return [port.name, { dtype: port.dtype, shape, buffer: this.#memory.take(countOf(shape) * 4), word: undefined }];
      }),
    );
    const results = Object.fromEntries(Object.entries(made).map(([name, t]) => [name, t.buffer]));
    const submit = () => runnable.submit(this.#device, this.#memory, binding, { inputs: given, outputs: results });
    if (runnable.checked) submit();
    else await this.#watched(program, submit);
    runnable.checked = true;
    const outputs: Record<string, Tensor> = {};
    for (const [name, result] of Object.entries(made)) {
      const target = into[name] as GpuTensor | undefined;
      outputs[name] = target ?? result;
      if (!target) continue;
      this.#memory.give(target.buffer);
      Object.assign(target, result);
    }
    return outputs;
  }

  /** A first run waits for the driver's verdict, so that a bad plan is told where it is made. */
  async #watched(program: Runnable, submit: () => void): Promise<void> {
    this.#device.pushErrorScope("out-of-memory");
    this.#device.pushErrorScope("validation");
    submit();
    const [invalid, memory] = await Promise.all([this.#device.popErrorScope(), this.#device.popErrorScope()]);
    if (invalid) throw new Error(`${program.name} is refused by WebGPU: ${invalid.message}`);
    if (memory) throw faultOf(memory);
  }

  release(...tensors: readonly Tensor[]): void {
    for (const { buffer } of tensors as readonly GpuTensor[]) this.#memory.give(buffer);
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#prepared.clear();
    this.#device.destroy();
  }
}

function faultOf(error: GPUError): Error {
  if (error instanceof GPUOutOfMemoryError)
    return new NeuroError("memory", "there is not enough memory on the graphics device", {
      hint: "Use a smaller batch or window, or --device cpu.",
      cause: error,
    });
  return new Error(`WebGPU: ${error.message}`, { cause: error });
}

/** The limits to ask for: what the adapter has, where a program may need more than the least that WebGPU promises. */
function limitsOf({ limits }: GPUAdapter): Record<string, number> {
  return {
    maxBufferSize: limits.maxBufferSize,
    maxStorageBufferBindingSize: limits.maxStorageBufferBindingSize,
    maxStorageBuffersPerShaderStage: limits.maxStorageBuffersPerShaderStage,
  };
}

/** Opens an adapter that was found. Throws a NeuroError when the driver refuses a device. */
export async function openAdapter(found: FoundAdapter): Promise<Device> {
  try {
    return new WebGpuDevice(found, await found.adapter.requestDevice({ requiredLimits: limitsOf(found.adapter) }));
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
