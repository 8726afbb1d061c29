/** A program on a WebGPU device: its pipelines, and the recording of one run of its plan. Knows the plan, no operation. */
import type { Binding, Port } from "../../kernels/index.ts";
import type { WgslProgram } from "../../kernels/render/wgsl.ts";
import type { Memory, Step, WgslPlan } from "../../kernels/render/wgsl-plan.ts";
import type { Runnable } from "./device.ts";
import type { Block, WebGpuMemory } from "./webgpu-memory.ts";
import type { Pipelines } from "./webgpu-pipelines.ts";
import type { Recorder } from "./webgpu-recorder.ts";
import { tables } from "./webgpu-shares.ts";
import { type Sized, SizedPlans } from "./webgpu-sizes.ts";

/** Where a tensor lies: a whole block, or a range of one that others share. */
export interface Range {
  readonly block: Block;
  readonly offset: number;
  /** The bytes of a range; a whole block has none. */
  readonly bytes?: number;
}

/** An input of one value that the host knows, as it lies in memory. */
export interface Word {
  readonly word: number;
}

/** The memory of one run, by the names of inputs and outputs. */
export interface RunMemory {
  input(name: string): Range;
  /** A number among the inputs: its word where the host knows it. */
  number(name: string): Word | Range;
  output(name: string): Range;
}

/** A bind group, and how many workgroups it is dispatched with where that does not follow from sizes. */
export interface Group {
  readonly group: GPUBindGroup;
  readonly count?: number;
}

/** What a device has for recording. */
export interface Around {
  readonly device: GPUDevice;
  readonly memory: WebGpuMemory;
  readonly recorder: Recorder;
}

export interface ReadyStep {
  readonly step: Step;
  readonly name: string;
  /** The spec lines that the kernel's head names. */
  readonly origin: readonly string[];
  readonly pipeline: GPUComputePipeline;
  readonly layout: GPUBindGroupLayout;
  /** For each binding its place among the run's ranges. */
  readonly ranges: readonly number[];
  /** The same for each tensor of a step over many. */
  readonly shares: readonly (readonly number[])[];
  /** What it dispatches, by the memory that it binds. */
  readonly groups: Map<string, readonly Group[]>;
}

/** A run that is about to be recorded. */
interface Begun {
  readonly sized: Sized;
  /** Where its uniform blocks begin. */
  readonly at: number;
  readonly groups: readonly (readonly Group[])[];
  /** The buffers of temporaries. */
  readonly arenas: readonly (Block | undefined)[];
}

/** So many sets of memory take turns; more means that lengths change, and old sets are of no use. */
const turns = 8;

const keyOf = ({ block, offset, bytes }: Range): string =>
  bytes === undefined ? `${block.id}` : `${block.id}+${offset}:${bytes}`;

/** What a bind group holds of a range. */
const resourceOf = ({ block, offset, bytes }: Range): GPUBufferBinding =>
  bytes === undefined ? { buffer: block.buffer } : { buffer: block.buffer, offset, size: bytes };

export class WebGpuRunnable implements Runnable {
  readonly name: string;
  readonly inputs: readonly Port[];
  readonly outputs: readonly Port[];
  readonly sizes: SizedPlans;
  /** Inputs that never change. */
  readonly constants: ReadonlyMap<string, Range>;
  /** Whether a run was checked by the driver already. */
  checked = false;
  readonly #steps: readonly ReadyStep[];
  /** What the steps bind: inputs and outputs by name, and temporaries. */
  readonly #bound: readonly Memory[];
  readonly #groups = new Map<string, readonly (readonly Group[])[]>();
  readonly plan: WgslPlan;

  private constructor(
    ports: Runnable,
    plan: WgslPlan,
    steps: readonly ReadyStep[],
    bound: readonly Memory[],
    constants: ReadonlyMap<string, Range>,
  ) {
    this.name = ports.name;
    this.inputs = ports.inputs.filter((port) => !constants.has(port.name));
    this.outputs = ports.outputs;
    this.sizes = new SizedPlans(plan);
    this.constants = constants;
    this.plan = plan;
    this.#steps = steps;
    this.#bound = bound;
  }

  static async make(
    pipelines: Pipelines,
    ports: Runnable,
    { kernels, plan }: WgslProgram,
    constants: ReadonlyMap<string, Range>,
  ): Promise<WebGpuRunnable> {
    const places = new Map<string, number>();
    const bound: Memory[] = [];
    const placeOf = (memory: Memory): number => {
      const key =
        "temporary" in memory ? `${memory.temporary}` : "input" in memory ? `in ${memory.input}` : `out ${memory.output}`;
      const place = places.get(key) ?? bound.push(memory) - 1;
      places.set(key, place);
      return place;
    };
    const steps = plan.steps.map(async (step): Promise<ReadyStep> => {
      const layout = pipelines.layout(step);
      const { name, code } = kernels[step.kernel]!;
      const ranges = step.bindings.map(placeOf);
      const pipeline = await pipelines.make(`${ports.name}.${name}`, code, layout);
      const origin = /^\/\/ from (.*)$/m.exec(code)?.[1]?.split(", ") ?? [];
      const shares = step.shares?.list.map((share) => share.bindings.map(placeOf)) ?? [];
      return { step, name, origin, layout, pipeline, ranges, shares, groups: new Map() };
    });
    return new WebGpuRunnable(ports, plan, await Promise.all(steps), bound, constants);
  }

  get stepCount(): number {
    return this.#steps.length;
  }

  /** Records one run. Temporaries return to memory at once: what is recorded later runs later. Returns how many dispatches it takes. */
  record({ device, recorder, memory }: Around, binding: Binding, run: RunMemory): number {
    const begun = this.#begin({ device, recorder, memory }, binding, run);
    const pass = recorder.pass();
    let dispatches = 0;
    for (let i = 0; i < this.#steps.length; i++) if (this.#dispatch(device, pass, begun, i)) dispatches++;
    for (const block of begun.arenas) if (block) memory.give(block);
    return dispatches;
  }

  /** Records one run with a pass of its own for each step that has something to do. `passOf` opens it. Returns these steps. */
  recordApart(
    around: Around,
    binding: Binding,
    run: RunMemory,
    passOf: (encoder: GPUCommandEncoder, place: number) => GPUComputePassEncoder,
  ): ReadyStep[] {
    const begun = this.#begin(around, binding, run);
    const done: ReadyStep[] = [];
    for (const [i, step] of this.#steps.entries()) {
      if (begun.sized.counts[i] === 0) continue;
      const pass = passOf(around.recorder.commands(), done.length);
      this.#dispatch(around.device, pass, begun, i);
      pass.end();
      done.push(step);
    }
    for (const block of begun.arenas) if (block) around.memory.give(block);
    return done;
  }

  #begin({ device, recorder, memory }: Around, binding: Binding, run: RunMemory): Begun {
    const sized = this.sizes.at(binding);
    const arenas = sized.arenas.map((bytes) => (bytes > 0 ? memory.take(bytes) : undefined));
    const ranges = this.#bound.map((m): Range => {
      if ("temporary" in m) {
        const { arena, offset, bytes } = sized.temporaries[m.temporary]!;
        return { block: arenas[arena]!, offset, bytes };
      }
      return "input" in m ? (this.constants.get(m.input) ?? run.input(m.input)) : run.output(m.output);
    });
    // Last, since room for other words may have sent earlier ones on their way.
    const at = this.#writeParams(recorder, sized, run);
    return { sized, at, arenas, groups: this.#groupsOf(device, recorder.uniforms, ranges) };
  }

  /** Dispatches a step, unless it has nothing to do. */
  #dispatch(device: GPUDevice, pass: GPUComputePassEncoder, { sized, at, groups }: Begun, i: number): boolean {
    if (sized.counts[i] === 0) return false;
    const { pipeline, step } = this.#steps[i]!;
    const most = device.limits.maxComputeWorkgroupsPerDimension;
    pass.setPipeline(pipeline);
    for (const { group, count = sized.counts[i]! } of groups[i]!) {
      if (step.block === undefined) pass.setBindGroup(0, group);
      else pass.setBindGroup(0, group, [at + step.block * this.sizes.blockWords * 4]);
      const wide = Math.min(count, most);
      pass.dispatchWorkgroups(wide, Math.ceil(count / wide));
    }
    return true;
  }

  /** The bind groups of all steps for some memory: found again when the same memory takes its turn. */
  #groupsOf(device: GPUDevice, uniforms: GPUBuffer, ranges: readonly Range[]): readonly (readonly Group[])[] {
    const keys = ranges.map(keyOf);
    const key = `${uniforms.size} ${keys.join()}`;
    const known = this.#groups.get(key);
    if (known) return known;
    const groups = this.#steps.map((ready) => {
      const own = `${uniforms.size} ${[ready.ranges, ...ready.shares].flatMap((list) => list.map((r) => keys[r]!)).join()}`;
      const found = ready.groups.get(own) ?? this.#grouped(device, uniforms, ready, ranges);
      if (!ready.groups.has(own) && ready.groups.size >= turns) ready.groups.clear();
      ready.groups.set(own, found);
      return found;
    });
    if (this.#groups.size >= turns) this.#groups.clear();
    this.#groups.set(key, groups);
    return groups;
  }

  #grouped(device: GPUDevice, uniforms: GPUBuffer, ready: ReadyStep, ranges: readonly Range[]): readonly Group[] {
    const { layout, step } = ready;
    const own = ready.ranges.map((r) => ranges[r]!);
    const first = step.block === undefined ? [] : [{ buffer: uniforms, offset: 0, size: this.sizes.blockWords * 4 }];
    const make = (rest: readonly GPUBufferBinding[]): GPUBindGroup => {
      const resources = [...first, ...rest];
      const from = step.block === undefined ? 1 : 0;
      return device.createBindGroup({ layout, entries: resources.map((resource, i) => ({ binding: i + from, resource })) });
    };
    if (!step.shares) return [{ group: make(own.map(resourceOf)) }];
    const shares = ready.shares.map((list) => list.map((r) => ranges[r]!));
    return tables(device, step.shares, shares).map(({ table, bound, count }) => ({
      group: make([{ buffer: table }, ...own.map(resourceOf), ...bound]),
      count,
    }));
  }

  /** Puts the uniform blocks where this run finds them; only a number that was made on the device is copied there. Returns where. */
  #writeParams(recorder: Recorder, { words }: Sized, run: RunMemory): number {
    const { words: room, at } = recorder.reserve(words.length);
    room.set(words);
    for (const { input, word } of this.sizes.scalars) {
      const number = this.constants.get(input) ?? run.number(input);
      if ("word" in number) room[word] = number.word;
      else recorder.commands().copyBufferToBuffer(number.block.buffer, number.offset, recorder.uniforms, at + word * 4, 4);
    }
    return at;
  }
}
