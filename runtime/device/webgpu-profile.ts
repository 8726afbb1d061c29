/** The time of each kernel of a program, from the graphics card's own clock: a timestamp before and after each dispatch. */
import { type Binding, evaluate } from "../../kernels/index.ts";
import { NeuroError } from "../error.ts";
import type { KernelTime } from "./profile.ts";
import type { Around, ReadyStep, RunMemory, WebGpuRunnable } from "./webgpu-program.ts";

/** WebGPU lets a query set hold so many timestamps. */
const most = 4096;
/** How often a program runs: once for the driver to warm up, then for the median. */
const repeats = 6;

interface Clock {
  readonly set: GPUQuerySet;
  readonly resolved: GPUBuffer;
  readonly staging: GPUBuffer;
}

function clockOf(device: GPUDevice, steps: number): Clock {
  const count = 2 * steps;
  const buffer = (usage: number): GPUBuffer => device.createBuffer({ size: count * 8, usage });
  return {
    set: device.createQuerySet({ type: "timestamp", count }),
    resolved: buffer(GPUBufferUsage.QUERY_RESOLVE | GPUBufferUsage.COPY_SRC),
    staging: buffer(GPUBufferUsage.COPY_DST | GPUBufferUsage.MAP_READ),
  };
}

/** Runs a program with all its steps timed, and gives the seconds of each that had something to do. */
async function timed(
  runnable: WebGpuRunnable,
  around: Around,
  clocks: readonly Clock[],
  binding: Binding,
  run: RunMemory,
): Promise<{ steps: ReadyStep[]; seconds: number[] }> {
  const steps = runnable.recordApart(around, binding, run, (encoder, i) => {
    const querySet = clocks[Math.floor((2 * i) / most)]!.set;
    const beginningOfPassWriteIndex = (2 * i) % most;
    return encoder.beginComputePass({
      timestampWrites: { querySet, beginningOfPassWriteIndex, endOfPassWriteIndex: beginningOfPassWriteIndex + 1 },
    });
  });
  const seconds: number[] = [];
  const encoder = around.recorder.commands();
  const used = clocks.slice(0, Math.ceil((2 * steps.length) / most));
  for (const { set, resolved, staging } of used) {
    encoder.resolveQuerySet(set, 0, set.count, resolved, 0);
    encoder.copyBufferToBuffer(resolved, 0, staging, 0, staging.size);
  }
  around.recorder.flush();
  for (const { staging } of used) {
    await staging.mapAsync(GPUMapMode.READ);
    const ticks = new BigUint64Array(staging.getMappedRange());
    for (let i = 0; i < ticks.length && seconds.length < steps.length; i += 2)
      // A clock that was reset between the two, as some drivers do, counts as no time.
      seconds.push(ticks[i + 1]! > ticks[i]! ? Number(ticks[i + 1]! - ticks[i]!) / 1e9 : 0);
    staging.unmap();
  }
  return { steps, seconds };
}

const median = (list: readonly number[]): number => [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)]!;

/** Runs a program several times and gives the median time of each of its dispatches, in order. */
export async function profiled(
  runnable: WebGpuRunnable,
  around: Around,
  binding: Binding,
  run: RunMemory,
): Promise<KernelTime[]> {
  const { device } = around;
  if (!device.features.has("timestamp-query"))
    throw new NeuroError("profile_missing", "this graphics driver has no clock that programs may read (timestamp-query)", {
      hint: "Profile with --device cpu, or time whole runs.",
    });
  const count = runnable.stepCount;
  const clocks = Array.from({ length: Math.ceil((2 * count) / most) }, (_, i) =>
    clockOf(device, Math.min(most / 2, count - (i * most) / 2)),
  );
  around.recorder.flush();
  const runs = [];
  for (let i = 0; i < repeats; i++) runs.push(await timed(runnable, around, clocks, binding, run));
  for (const { set, resolved, staging } of clocks) for (const thing of [set, resolved, staging]) thing.destroy();
  const [first, ...measured] = runs;
  return first!.steps.map(({ step, name, origin }, i) => ({
    kernel: name,
    ...(origin.length > 0 ? { origin } : {}),
    seconds: median(measured.map(({ seconds }) => seconds[i]!)),
    bytes: evaluate(step.cost?.bytes ?? 0, binding),
    flops: evaluate(step.cost?.flops ?? 0, binding),
  }));
}
