/** How long a device takes for one run of a program, measured by running it again and again. Knows no engine. */
import type { Device, Runnable, Tensor, Tensors } from "../device/device.ts";

/** How long to measure. */
export interface Patience {
  /** Seconds to spend on one measurement, at the least. */
  readonly least: number;
  /** Runs at the least, however long they take. */
  readonly runs: number;
}

/**
 * Seconds of one run: the fastest counts, because what disturbs a measurement only makes it longer. A device that runs on by itself is
 * given several runs at once and then waited for by a read.
 */
export async function secondsOf(device: Device, program: Runnable, inputs: Tensors, { least, runs }: Patience): Promise<number> {
  const queued = device.name === "webgpu";
  const small = device.allocate("f32", [1]);
  const group = async (times: number): Promise<number> => {
    const [from, work] = [performance.now(), process.cpuUsage()];
    for (let i = 0; i < times; i++) device.release(...(Object.values(await device.run(program, inputs)) as Tensor[]));
    if (queued) await device.read(small);
    const clock = (performance.now() - from) / 1000;
    const { user, system } = process.cpuUsage(work);
    // Undisturbed, a run on the CPU takes no longer than all of its threads were at work together.
    return (device.name === "cpu" ? Math.min(clock, (user + system) / 1e6) : clock) / times;
  };
  await group(1);
  const first = await group(1);
  const times = queued ? Math.max(1, Math.round(least / 6 / Math.max(first, 1e-7))) : 1;
  let [best, done] = [first, 1];
  const end = performance.now() + least * 1000;
  while (performance.now() < end || done < runs) {
    best = Math.min(best, await group(times));
    done += times;
  }
  device.release(small);
  return best;
}
