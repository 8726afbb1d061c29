/** A program's pipelines on a WebGPU device, and one run of its plan as one command buffer. Knows the plan, no operation. */
import { type Binding, evaluate, type Port } from "../../kernels/index.ts";
import type { WgslProgram } from "../../kernels/render/wgsl.ts";
import { type Memory, type Step, type WgslPlan, workgroups } from "../../kernels/render/wgsl-plan.ts";
import type { Runnable } from "./device.ts";
import type { WebGpuMemory } from "./webgpu-memory.ts";

/** Pipelines by their code without comments: programs and layers that compute the same share one. */
export class Pipelines {
  readonly #device: GPUDevice;
  readonly #made = new Map<string, Promise<GPUComputePipeline>>();
  readonly #layouts = new Map<string, GPUBindGroupLayout>();

  constructor(device: GPUDevice) {
    this.#device = device;
  }

  /** The layout of a step: the uniform block, then storage in the order of its bindings. */
  layout(step: Step): GPUBindGroupLayout {
    const kinds = step.bindings.map((b): GPUBufferBindingType => (b.write ? "storage" : "read-only-storage"));
    const key = `${step.block !== undefined} ${kinds.join()}`;
    const known = this.#layouts.get(key);
    if (known) return known;
    const storage = kinds.map((type, i) => ({ binding: i + 1, visibility: GPUShaderStage.COMPUTE, buffer: { type } }));
    const uniform = { binding: 0, visibility: GPUShaderStage.COMPUTE, buffer: { type: "uniform" as const } };
    const layout = this.#device.createBindGroupLayout({ entries: step.block !== undefined ? [uniform, ...storage] : storage });
    this.#layouts.set(key, layout);
    return layout;
  }

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

interface ReadyStep {
  readonly step: Step;
  readonly pipeline: GPUComputePipeline;
  readonly layout: GPUBindGroupLayout;
  /** Bind groups by the buffers in them. */
  readonly groups: Map<string, GPUBindGroup>;
}

/** The memory of one run: buffers of inputs and outputs by name. An input of one value may bring it, as it lies in memory. */
export interface RunMemory {
  readonly inputs: Readonly<Record<string, { readonly buffer: GPUBuffer; readonly word?: number | undefined }>>;
  readonly outputs: Readonly<Record<string, GPUBuffer>>;
}

export class WebGpuRunnable implements Runnable {
  readonly name: string;
  readonly inputs: readonly Port[];
  readonly outputs: readonly Port[];
  /** Whether a run was checked by the driver already. */
  checked = false;
  readonly #plan: WgslPlan;
  readonly #steps: readonly ReadyStep[];
  readonly #params: GPUBuffer;

  private constructor(ports: Runnable, plan: WgslPlan, steps: readonly ReadyStep[], params: GPUBuffer) {
    this.name = ports.name;
    this.inputs = ports.inputs;
    this.outputs = ports.outputs;
    this.#plan = plan;
    this.#steps = steps;
    this.#params = params;
  }

  static async make(
    device: GPUDevice,
    pipelines: Pipelines,
    ports: Runnable,
    { kernels, plan }: WgslProgram,
  ): Promise<WebGpuRunnable> {
    const steps = plan.steps.map(async (step): Promise<ReadyStep> => {
      const layout = pipelines.layout(step);
      const { name, code } = kernels[step.kernel]!;
      return {
        step,
        layout,
        pipeline: await pipelines.make(`${ports.name}.${name}`, code, layout),
        groups: new Map<string, GPUBindGroup>(),
      };
    });
    const size = Math.max(1, plan.blocks.length) * blockBytes(plan);
    const params = device.createBuffer({ size, usage: GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST });
    return new WebGpuRunnable(ports, plan, await Promise.all(steps), params);
  }

  /** Submits one run. Temporaries return to memory at once: the queue runs what comes after it later. */
  submit(device: GPUDevice, memory: WebGpuMemory, binding: Binding, run: RunMemory): void {
    const encoder = device.createCommandEncoder({ label: this.name });
    this.#writeParams(device, encoder, binding, run.inputs);
    const slots = this.#slots(memory, binding);
    const bufferOf = (m: Memory): GPUBuffer =>
      "slot" in m ? slots[m.slot]! : "input" in m ? run.inputs[m.input]!.buffer : run.outputs[m.output]!;
    const pass = encoder.beginComputePass();
    const most = device.limits.maxComputeWorkgroupsPerDimension;
    for (const { step, pipeline, layout, groups } of this.#steps) {
      const count = workgroups(step.dispatch, binding);
      if (count === 0) continue;
      const buffers = step.bindings.map(bufferOf);
      const key = buffers.map((b) => memory.id(b)).join();
      const group = groups.get(key) ?? this.#bindGroup(device, layout, step, buffers);
      // A few sets of buffers take turns; more means that lengths change, and old sets are of no use.
      if (!groups.has(key) && groups.size >= 8) groups.clear();
      groups.set(key, group);
      pass.setPipeline(pipeline);
      pass.setBindGroup(0, group);
      const wide = Math.min(count, most);
      pass.dispatchWorkgroups(wide, Math.ceil(count / wide));
    }
    pass.end();
    device.queue.submit([encoder.finish()]);
    for (const slot of slots) memory.give(slot);
  }

  #bindGroup(device: GPUDevice, layout: GPUBindGroupLayout, { block }: Step, buffers: readonly GPUBuffer[]): GPUBindGroup {
    const storage = buffers.map((buffer, i) => ({ binding: i + 1, resource: { buffer } }));
    if (block === undefined) return device.createBindGroup({ layout, entries: storage });
    const bytes = blockBytes(this.#plan);
    const uniform = { binding: 0, resource: { buffer: this.#params, offset: block * bytes, size: bytes } };
    return device.createBindGroup({ layout, entries: [uniform, ...storage] });
  }

  #slots(memory: WebGpuMemory, binding: Binding): GPUBuffer[] {
    const sizes = Array<number>(this.#plan.slots).fill(0);
    for (const { slot, size } of this.#plan.temporaries) sizes[slot] = Math.max(sizes[slot]!, evaluate(size, binding));
    return sizes.map((values) => memory.take(values * 4));
  }

  /** Fills all uniform blocks at once; only a number that was made on the device is copied there. */
  #writeParams(device: GPUDevice, encoder: GPUCommandEncoder, binding: Binding, inputs: RunMemory["inputs"]): void {
    const bytes = blockBytes(this.#plan);
    const words = new Uint32Array((this.#plan.blocks.length * bytes) / 4);
    const copies: { from: GPUBuffer; at: number }[] = [];
    for (const [block, params] of this.#plan.blocks.entries())
      for (const [i, p] of params.entries()) {
        const at = (block * bytes) / 4 + i;
        if ("size" in p) words[at] = evaluate(p.size, binding);
        else if ("infinity" in p) words[at] = 0x7f800000;
        else {
          const { buffer, word } = inputs[p.input]!;
          if (word === undefined) copies.push({ from: buffer, at: at * 4 });
          else words[at] = word;
        }
      }
    if (words.length > 0) device.queue.writeBuffer(this.#params, 0, words);
    for (const { from, at } of copies) encoder.copyBufferToBuffer(from, 0, this.#params, at, 4);
  }
}

/** The bytes from one uniform block to the next: WebGPU lets them begin at multiples of 256. */
const blockBytes = ({ blocks }: WgslPlan): number => Math.ceil(Math.max(1, ...blocks.map((b) => b.length)) / 64) * 256;
