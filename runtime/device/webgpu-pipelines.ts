/** Compiled kernels of a WebGPU device, by their code: programs and layers that compute the same share one. Knows steps by their bindings only. */
import type { Step } from "../../kernels/render/wgsl-plan.ts";

export class Pipelines {
  readonly #device: GPUDevice;
  readonly #made = new Map<string, Promise<GPUComputePipeline>>();
  readonly #layouts = new Map<string, GPUBindGroupLayout>();

  constructor(device: GPUDevice) {
    this.#device = device;
  }

  /** The layout of a step: the uniform block, at an offset of its run's own, then storage: the table of shares, its bindings, theirs. */
  layout(step: Step): GPUBindGroupLayout {
    const bindings = [...(step.shares ? [{ write: false }] : []), ...step.bindings, ...(step.shares?.list[0]?.bindings ?? [])];
    const kinds = bindings.map((b): GPUBufferBindingType => (b.write || "temporary" in b ? "storage" : "read-only-storage"));
    const key = `${step.block !== undefined} ${kinds.join()}`;
    const known = this.#layouts.get(key);
    if (known) return known;
    const visibility = GPUShaderStage.COMPUTE;
    const storage = kinds.map((type, i) => ({ binding: i + 1, visibility, buffer: { type } }));
    const uniform = { binding: 0, visibility, buffer: { type: "uniform" as const, hasDynamicOffset: true } };
    const layout = this.#device.createBindGroupLayout({ entries: step.block !== undefined ? [uniform, ...storage] : storage });
    this.#layouts.set(key, layout);
    return layout;
  }

  /** The pipeline of a kernel. Rejects with the kernel's name, the driver's word and the numbered code when it does not compile. */
  make(name: string, code: string, layout: GPUBindGroupLayout): Promise<GPUComputePipeline> {
    const bare = code.replaceAll(/^\s*\/\/.*\n/gm, "");
    const known = this.#made.get(bare) ?? this.#compile(name, bare, layout);
    this.#made.set(bare, known);
    return known;
  }

  async #compile(name: string, code: string, layout: GPUBindGroupLayout): Promise<GPUComputePipeline> {
    this.#device.pushErrorScope("validation");
    const module = this.#device.createShaderModule({ label: name, code });
    const refused = this.#device.popErrorScope();
    try {
      return await this.#device.createComputePipelineAsync({
        label: name,
        layout: this.#device.createPipelineLayout({ bindGroupLayouts: [layout] }),
        compute: { module, entryPoint: "main" },
      });
    } catch (cause) {
      const why = (await refused)?.message ?? (cause instanceof Error ? cause.message : String(cause));
      const numbered = code.split("\n").map((line, i) => `${i + 1}: ${line}`);
      throw new Error(`the kernel ${name} does not compile: ${why}\n${numbered.join("\n")}`, { cause });
    }
  }
}
