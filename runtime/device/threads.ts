/**
 * How many threads a product gets: as many as make it faster on this machine, measured once and kept in the cache folder, so that
 * runs are repeated with the same number. NEURO_THREADS or an option decides otherwise.
 */
import { existsSync } from "node:fs";
import { availableParallelism, cpus, loadavg } from "node:os";
import { join } from "node:path";
import { cacheFolder } from "../cache.ts";
import { readJson, writeAtomically } from "../files.ts";

/** Seconds that a piece of work takes on so many threads; opened once for a number, then asked several times. */
export type Probe = (threads: number) => Promise<{ run(): Promise<number>; close(): Promise<void> }>;

/** How much faster more threads must be to be worth their cores. */
const worth = 0.9;
const rounds = 5;

/** 1, 2, 4, ... and all cores. */
const candidates = (cores: number): number[] => [
  ...new Set([...Array.from({ length: Math.ceil(Math.log2(cores + 1)) }, (_, i) => 2 ** i).filter((n) => n < cores), cores]),
];

/** The fewest threads that no larger number among the candidates beats by a tenth; the least of interleaved rounds counts. */
export async function bestThreads(cores: number, probe: Probe): Promise<number> {
  const list = candidates(cores);
  if (list.length === 1) return 1;
  const sides = await Promise.all(
    list.map(async (threads) => ({ threads, open: await probe(threads), least: Number.POSITIVE_INFINITY })),
  );
  for (let i = 0; i < rounds; i++) for (const side of sides) side.least = Math.min(side.least, await side.open.run());
  for (const side of sides) await side.open.close();
  let best = sides[0]!;
  for (const side of sides) if (side.least < worth * best.least) best = side;
  return best.threads;
}

/** What the person asked for by the environment, if anything. */
function asked(): number | undefined {
  const given = Number(process.env.NEURO_THREADS);
  return Number.isInteger(given) && given > 0 ? given : undefined;
}

let here: Promise<number> | undefined;

/** The number of threads on this machine: asked for, or measured before, or measured now. */
export function threadsHere(engine: string, probe: Probe): Promise<number> {
  here ??= found(engine, probe);
  return here;
}

async function found(engine: string, probe: Probe): Promise<number> {
  const wanted = asked();
  if (wanted !== undefined) return wanted;
  const cores = availableParallelism();
  const machine = `${engine}, ${cores} cores, ${cpus()[0]?.model.trim() ?? "unknown"}`;
  const path = join(cacheFolder(), "threads.json");
  const known = existsSync(path)
    ? (readJson(path, "Delete it; it is written anew.") as { machine?: string; threads?: number })
    : {};
  if (known.machine === machine && Number.isInteger(known.threads)) return known.threads!;
  // A machine busy with something else tells nothing of itself: it is measured another time.
  if ((loadavg()[0] ?? 0) > cores / 2) return cores;
  const threads = await bestThreads(cores, probe);
  try {
    writeAtomically(path, `${JSON.stringify({ machine, threads })}\n`);
  } catch {
    // A machine without a place for it measures again next time.
  }
  return threads;
}
