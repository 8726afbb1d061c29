/**
 * Memory of a WebGPU device: blocks in size classes that come back into use, how many values of a type they hold, and reading
 * them. Knows nothing of programs.
 */

import type { DType } from "../../kernels/index.ts";
import { bits } from "../../kernels/ir/dtype.ts";
import { NeuroError } from "../error.ts";
import { sizeClass } from "./device.ts";

/** How much idle memory is kept before buffers are given back to the driver. */
const idleMost = 2 ** 30;

/** A buffer with as many users as hold it; it comes back into use when the last gives it back. */
export interface Block {
  readonly buffer: GPUBuffer;
  /** A number that only this block has. */
  readonly id: number;
  users: number;
  /** Whether what it holds must not change, since a program keeps it as a constant. */
  kept: boolean;
}

/** Bytes that so many values take on the device: packed into words of 32 bits, truth values a word each. */
export const bytesOf = (dtype: DType, count: number): number =>
  dtype === "bool" ? 4 * count : 4 * Math.ceil((count * bits(dtype)) / 32);

type Copy = (encoder: GPUCommandEncoder) => void;

export class WebGpuMemory {
  readonly #device: GPUDevice;
  readonly #idle = new Map<number, Block[]>();
  readonly #staging = new Map<number, GPUBuffer[]>();
  /** Buffers that go back to the driver when what is recorded is submitted. */
  #doomed: GPUBuffer[] = [];
  #idleBytes = 0;
  #count = 0;

  constructor(device: GPUDevice) {
    this.#device = device;
  }

  /** A block of at least so many bytes, its content unknown. Throws a NeuroError where the device has no buffer so large. */
  take(bytes: number): Block {
    const { maxBufferSize } = this.#device.limits;
    if (bytes > maxBufferSize)
      throw new NeuroError(
        "memory",
        `a buffer of ${bytes} bytes is needed, and this graphics device has them up to ${maxBufferSize}`,
        {
          hint: "Use a smaller batch or window, or --device cpu.",
        },
      );
    const size = Math.min(sizeClass(bytes), maxBufferSize);
    const old = this.#idle.get(size)?.pop();
    if (old) {
      this.#idleBytes -= size;
      old.users = 1;
      old.kept = false;
      return old;
    }
    const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST;
    return { buffer: this.#device.createBuffer({ size, usage }), id: this.#count++, users: 1, kept: false };
  }

  /** Another user of a block. */
  share(block: Block): Block {
    block.users++;
    return block;
  }

  /** One user less. Work recorded before still sees the block; what is recorded later comes after it. */
  give(block: Block): void {
    if (--block.users > 0) return;
    const { buffer } = block;
    if (this.#idleBytes + buffer.size > idleMost) {
      this.#doomed.push(buffer);
      return;
    }
    this.#idleBytes += buffer.size;
    const list = this.#idle.get(buffer.size) ?? [];
    list.push(block);
    this.#idle.set(buffer.size, list);
  }

  /** Everything recorded was submitted: nothing names the doomed any more. */
  submitted(): void {
    for (const buffer of this.#doomed) buffer.destroy();
    this.#doomed = [];
  }

  /** Copies bytes for the host. `submit` submits the copy that it is given, after everything recorded before. */
  async read({ buffer }: Block, offset: number, bytes: number, submit: (copy: Copy) => void): Promise<ArrayBuffer> {
    const size = sizeClass(Math.max(4, bytes));
    const list = this.#staging.get(size) ?? [];
    this.#staging.set(size, list);
    const staging = list.pop() ?? this.#device.createBuffer({ size, usage: GPUBufferUsage.COPY_DST | GPUBufferUsage.MAP_READ });
    const whole = Math.max(4, Math.ceil(bytes / 4) * 4);
    submit((encoder) => encoder.copyBufferToBuffer(buffer, offset, staging, 0, whole));
    await staging.mapAsync(GPUMapMode.READ, 0, whole);
    const copy = staging.getMappedRange(0, whole).slice(0, bytes);
    staging.unmap();
    if (size <= 2 ** 24 && list.length < 4) list.push(staging);
    else staging.destroy();
    return copy;
  }
}
