/** The engines by name, and which one this machine can use. */

import { existsSync } from "node:fs";
import { join } from "node:path";
import { lance, lanceMissing } from "./lance.ts";
import { memory } from "./memory.ts";
import type { Engine, EngineName } from "./store.ts";

const engines: Readonly<Record<EngineName, Engine & { readonly file: string }>> = {
  lancedb: { ...lance, file: "passages.lance" },
  memory: { ...memory, file: "passages.jsonl" },
};

/** The engine of a name, with a test of whether a folder looks like one of its sets. */
export function engineOf(name: EngineName): Engine & { holds(folder: string): boolean } {
  const engine = engines[name];
  return { ...engine, holds: (folder) => existsSync(join(folder, engine.file)) };
}

/** Whether a word read from a file names an engine. */
export function isEngine(name: string): name is EngineName {
  return Object.hasOwn(engines, name);
}

/** LanceDB; memory where LanceDB has no native code. `NEURO_INDEX` names one. */
export async function usableEngine(): Promise<EngineName> {
  const wanted = process.env.NEURO_INDEX;
  if (wanted !== undefined && isEngine(wanted)) return wanted;
  return (await lanceMissing()) === undefined ? "lancedb" : "memory";
}
