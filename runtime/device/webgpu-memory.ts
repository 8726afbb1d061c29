/** Memory of a WebGPU device: buffers in size classes that come back into use, and reading them. Knows nothing of programs. */
import { sizeClass } from "./device.ts";

/** How much idle memory is kept before buffers are given back to the driver. */
const idleMost = 2 ** 30;

export class WebGpuMemory {
  readonly #device: GPUDevice;
  readonly #idle = new Map<number, GPUBuffer[]>();
  readonly #ids = new WeakMap<GPUBuffer, number>();
  #idleBytes = 0;
  #count = 0;

  constructor(device: GPUDevice) {
    this.#device = device;
  }

  /** A buffer of at least so many bytes, its content unknown. */
  take(bytes: number): GPUBuffer {
    const size = sizeClass(bytes);
    const old = this.#idle.get(size)?.pop();
    if (old) {
      this.#idleBytes -= size;
      return old;
    }
    const buffer = this.#device.createBuffer({
      size,
      usage: GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST,
    });
    this.#ids.set(buffer, this.#count++);
    return buffer;
  }

  /** Takes a buffer back; work already submitted still sees it. */
  give(buffer: GPUBuffer): void {
    if (this.#idleBytes + buffer.size > idleMost) {
      buffer.destroy();
      return;
    }
    this.#idleBytes += buffer.size;
    const list = this.#idle.get(buffer.size) ?? [];
    list.push(buffer);
    this.#idle.set(buffer.size, list);
  }

  /** A number that only this buffer has. */
  id(buffer: GPUBuffer): number {
    return this.#ids.get(buffer)!;
  }

  /** The first bytes of a buffer, after everything submitted before. */
  async read(buffer: GPUBuffer, bytes: number): Promise<ArrayBuffer> {
    const size = Math.max(4, Math.ceil(bytes / 4) * 4);
    const staging = this.#device.createBuffer({ size, usage: GPUBufferUsage.COPY_DST | GPUBufferUsage.MAP_READ });
    const encoder = this.#device.createCommandEncoder();
    encoder.copyBufferToBuffer(buffer, 0, staging, 0, size);
    this.#device.queue.submit([encoder.finish()]);
    await staging.mapAsync(GPUMapMode.READ);
    const copy = staging.getMappedRange().slice(0, bytes);
    staging.unmap();
    staging.destroy();
    return copy;
  }
}
