/**
 * Commands on their way to the graphics card: what several runs record goes there in one submission, at the latest when the
 * program turns to something else. Their uniform blocks lie in one buffer, written once a submission. Knows no programs.
 */

/** After so many dispatches the card begins, while more are recorded. */
const most = 256;

export class Recorder {
  readonly #device: GPUDevice;
  readonly #submitted: () => void;
  #encoder: GPUCommandEncoder | undefined;
  #pass: GPUComputePassEncoder | undefined;
  #dispatches = 0;
  #timer = false;
  #words = new Uint32Array(2 ** 14);
  #used = 0;
  #uniforms: GPUBuffer;

  /** `submitted` is called after each submission. */
  constructor(device: GPUDevice, submitted: () => void) {
    this.#device = device;
    this.#submitted = submitted;
    this.#uniforms = this.#room();
  }

  #room(): GPUBuffer {
    return this.#device.createBuffer({
      size: this.#words.byteLength,
      usage: GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST,
    });
  }

  /** The buffer that holds the uniform blocks; another one when a program needed more room. */
  get uniforms(): GPUBuffer {
    return this.#uniforms;
  }

  /** Room for uniform words of one run: where to write them, and where they begin in the buffer, in bytes. */
  reserve(words: number): { words: Uint32Array; at: number } {
    if (this.#used + words > this.#words.length) this.flush();
    if (words > this.#words.length) {
      this.#uniforms.destroy();
      this.#words = new Uint32Array(2 ** Math.ceil(Math.log2(words)));
      this.#uniforms = this.#room();
    }
    const at = this.#used;
    this.#used += Math.ceil(words / 64) * 64;
    return { words: this.#words.subarray(at, at + words), at: at * 4 };
  }

  /** Where commands other than dispatches are recorded. */
  commands(): GPUCommandEncoder {
    this.#pass?.end();
    this.#pass = undefined;
    this.#encoder ??= this.#device.createCommandEncoder();
    return this.#encoder;
  }

  /** The pass that dispatches are recorded into: they run in order, each after those before it. */
  pass(): GPUComputePassEncoder {
    this.#pass ??= this.commands().beginComputePass();
    return this.#pass;
  }

  /** Says that a run of so many dispatches is recorded: it is submitted now or soon. */
  recorded(dispatches: number): void {
    this.#dispatches += dispatches;
    if (this.#dispatches >= most) this.flush();
    else if (!this.#timer) {
      this.#timer = true;
      const later = () => {
        this.#timer = false;
        this.flush();
      };
      if (typeof setImmediate === "function") setImmediate(later);
      else setTimeout(later);
    }
  }

  /** Submits what is recorded. */
  flush(): void {
    this.#pass?.end();
    this.#pass = undefined;
    this.#dispatches = 0;
    const encoder = this.#encoder;
    this.#encoder = undefined;
    if (this.#used > 0) this.#device.queue.writeBuffer(this.#uniforms, 0, this.#words, 0, this.#used);
    this.#used = 0;
    if (encoder) this.#device.queue.submit([encoder.finish()]);
    this.#submitted();
  }
}
