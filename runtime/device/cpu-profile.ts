/**
 * Where a program's time goes on the CPU: onnxruntime's own profile of a few runs, read back as one time a node. A node's name
 * carries the lines it came from, as kernels/render/onnx names it.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { CostLine } from "../../kernels/cost/cost.ts";
import { type Binding, evaluate } from "../../kernels/index.ts";
import type { KernelTime } from "./profile.ts";

type Session = import("onnxruntime-node").InferenceSession;

/** How often a program runs for a profile, after one run that is not counted. */
const rounds = 5;

interface Event {
  readonly cat: string;
  readonly name: string;
  readonly dur: number;
  readonly ts: number;
}

/** The median time in seconds of each node by name, in the order in which they ran. */
function nodeTimes(file: string): Map<string, number> {
  const events = JSON.parse(readFileSync(file, "utf8")) as Event[];
  const ending = "_kernel_time";
  const times = new Map<string, number[]>();
  for (const { cat, name, dur } of events.sort((a, b) => a.ts - b.ts)) {
    if (cat !== "Node" || !name.endsWith(ending)) continue;
    const node = name.slice(0, -ending.length);
    times.set(node, [...(times.get(node) ?? []), dur / 1e6]);
  }
  const median = (list: number[]) => list.sort((a, b) => a - b)[Math.floor(list.length / 2)]!;
  return new Map([...times].map(([node, list]) => [node, median(list.slice(1))]));
}

/**
 * Loads a program with profiling on, runs it and reads what onnxruntime wrote. `costs` (kernels' `onnxCosts`) tell what each
 * node moves and computes at these sizes; nodes that onnxruntime made itself have none.
 */
export async function profiled(
  load: (options: { enableProfiling: boolean; profileFilePrefix: string }) => Promise<Session>,
  run: (session: Session) => Promise<void>,
  costs: readonly CostLine[],
  binding: Binding,
): Promise<KernelTime[]> {
  const folder = mkdtempSync(join(tmpdir(), "neuro-profile-"));
  try {
    const session = await load({ enableProfiling: true, profileFilePrefix: join(folder, "nodes") });
    for (let i = 0; i <= rounds; i++) await run(session);
    session.endProfiling();
    await session.release();
    const known = new Map(costs.map((cost) => [cost.name, cost]));
    return [...nodeTimes(join(folder, readdirSync(folder)[0]!))].map(([kernel, seconds]) => {
      const { bytes = 0, flops = 0, origin = [] } = known.get(kernel) ?? {};
      const counted = { bytes: evaluate(bytes, binding), flops: evaluate(flops, binding) };
      return { kernel, seconds, ...counted, ...(origin.length > 0 ? { origin } : {}) };
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
