/** What a machine offers for running programs, found out by trying. Nothing here throws: what does not work is said. */
import { availableParallelism, cpus, freemem, totalmem } from "node:os";
import { NeuroError } from "../error.ts";
import { type FoundAdapter, findAdapter } from "./adapter.ts";
import { openCpu, selfTest } from "./cpu.ts";

/** One fact: its name, what was found, whether that is well, and whether neuro cannot do without it. */
export interface Fact {
  readonly name: string;
  readonly value: string;
  readonly ok: boolean;
  readonly needed?: boolean;
  readonly hint?: string;
}

const good = { ok: true } as const;
const note = (hint: string) => ({ ok: false, hint });
const bad = (hint: string) => ({ ok: false, needed: true, hint });

const gigabytes = (bytes: number): string => `${(bytes / 2 ** 30).toFixed(1)} GB`;

function machine(): Fact[] {
  const major = Number(process.versions.node.split(".")[0]);
  return [
    {
      name: "node",
      value: `${process.versions.node} on ${process.platform} ${process.arch}`,
      ...(major >= 22 ? good : bad("neuro needs Node 22 or newer; npm ci brings one of its own.")),
    },
    { name: "cores", value: `${availableParallelism()} (${cpus()[0]?.model.trim() ?? "unknown"})`, ...good },
    {
      name: "memory",
      value: `${gigabytes(freemem())} free of ${gigabytes(totalmem())}`,
      ...(freemem() > 2 ** 30 ? good : note("Training the example takes about 1 GB.")),
    },
  ];
}

const reason = (error: unknown): Pick<Fact, "value" | "hint"> => ({
  value: error instanceof Error ? error.message : String(error),
  ...(error instanceof NeuroError && error.hint ? { hint: error.hint } : {}),
});

async function cpu(): Promise<Fact> {
  try {
    const device = await openCpu();
    await device.close();
    const { correct, inPlace } = await selfTest();
    const value = `${device.about}; a product ${correct ? "is right" : "is WRONG"}; results ${inPlace ? "stay in place" : "are copied"}`;
    return {
      name: "cpu",
      value,
      ...(correct ? good : bad("Run npm ci again; use --device interp meanwhile.")),
    };
  } catch (error) {
    return { name: "cpu", ok: false, needed: true, ...reason(error) };
  }
}

function graphics(found: FoundAdapter): Fact {
  const { limits, features } = found.adapter;
  const extras = ["shader-f16", "subgroups", "timestamp-query"].filter((f) => features.has(f));
  const value = `${found.about}; buffers up to ${gigabytes(limits.maxStorageBufferBindingSize)}${extras.length > 0 ? `; ${extras.join(", ")}` : ""}`;
  return found.software
    ? { name: "webgpu", value: `${value}; software`, ...note("--device auto takes the CPU engine, which is faster.") }
    : { name: "webgpu", value, ...good };
}

async function webgpu(): Promise<Fact> {
  try {
    const found = await findAdapter();
    if (!("missing" in found)) return graphics(found);
    return {
      name: "webgpu",
      value: `not available: ${found.missing}`,
      ...note("--device auto takes the CPU engine."),
    };
  } catch (error) {
    return { name: "webgpu", ok: false, ...reason(error) };
  }
}

/** The facts, in the order in which a person asks: machine, CPU engine, WebGPU, and what `auto` would take. */
export async function examine(): Promise<Fact[]> {
  const [ofCpu, ofGpu] = [await cpu(), await webgpu()];
  const auto = ofGpu.ok ? "webgpu" : ofCpu.ok ? "cpu" : "interp";
  return [...machine(), ofCpu, ofGpu, { name: "device", value: `--device auto is ${auto}`, ...good }];
}
