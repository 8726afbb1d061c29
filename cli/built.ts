// A spec as a running system: checked, built when anything it depends on changed, and imported.
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { registerHooks } from "node:module";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Artifacts } from "../compiler/build.ts";
import { inputsHash } from "../compiler/inputs.ts";
import { NeuroError } from "../runtime/error.ts";
import { cannotWrite, makeFolder } from "../runtime/files.ts";
import type { System } from "../runtime/index.ts";
import { printDiagnostics } from "./diagnostics.ts";
import { Refused } from "./failed.ts";
import { checkedOrRefused, type Spec } from "./spec.ts";
import type { Common } from "./verb.ts";
import { version } from "./version.ts";

/** What a built module exports: the system, and pipelines, rewards and recipes by name. */
export type Built = { readonly system: System } & Readonly<Record<string, unknown>>;

/** Where a spec's build lies. */
export const buildFolder = (spec: Spec): string => join(spec.folder, "build", spec.name);

/**
 * Checks, and builds unless the build on disk was made from the same inputs by the same compiler. Whoever only answers waits for nothing that trains:
 * most of a build is derivatives. Returns whether it wrote anything.
 */
export async function ensureBuilt(
  spec: Spec,
  options: Common,
  trains: boolean,
): Promise<{ folder: string; wrote: boolean; artifacts?: Artifacts }> {
  const checking = checkedOrRefused(spec, options);
  const folder = buildFolder(spec);
  const known = recorded(folder);
  if (known?.inputs === inputsHash(checking.checked, version) && (known.trains || !trains)) return { folder, wrote: false };
  const { openRendering } = await import("./rendering.ts"); // lowering and ts-morph load only when something changed
  const beside = openRendering();
  const { buildSystem } = await import("../compiler/build.ts");
  const { artifacts, diagnostics } = await buildSystem(checking.checked, {
    name: spec.name,
    version,
    trains,
    render: beside.render,
  }).finally(beside.close);
  if (diagnostics.length > 0) {
    printDiagnostics({ ...checking, checked: { ...checking.checked, diagnostics }, errors: diagnostics.length, warnings: 0 });
    throw new Refused();
  }
  writeFolder(folder, artifacts);
  return { folder, wrote: true, artifacts };
}

function recorded(folder: string): { readonly inputs: unknown; readonly trains: boolean } | undefined {
  try {
    const { hashes, trains } = JSON.parse(readFileSync(join(folder, "manifest.json"), "utf8"));
    return { inputs: hashes?.inputs, trains: trains === true };
  } catch {
    return undefined; // no build, or not one of ours: it is written anew
  }
}

/** Replaces a folder as a whole: written beside it, then renamed, so that a reader sees the old build or the new one. */
function writeFolder(folder: string, artifacts: Artifacts): void {
  const parent = join(folder, "..");
  const fresh = `${folder}.${process.pid}.tmp`;
  const old = `${folder}.${process.pid}.old.tmp`;
  makeFolder(parent);
  sweep(parent);
  try {
    for (const folder of new Set([...artifacts.keys()].map(dirname))) mkdirSync(join(fresh, folder), { recursive: true });
    for (const [path, content] of artifacts) writeFileSync(join(fresh, path), content);
    if (existsSync(folder)) renameSync(folder, old);
    renameSync(fresh, folder);
  } catch (error) {
    if (!existsSync(folder) && existsSync(old)) renameSync(old, folder);
    rmSync(fresh, { recursive: true, force: true });
    throw error instanceof NeuroError ? error : cannotWrite(folder, error);
  }
  rmSync(old, { recursive: true, force: true });
}

/** What a killed build left behind. */
function sweep(parent: string): void {
  for (const entry of readdirSync(parent)) {
    const pid = /\.(\d+)(\.old)?\.tmp$/.exec(entry)?.[1];
    if (pid !== undefined && !running(Number(pid))) rmSync(join(parent, entry), { recursive: true, force: true });
  }
}

function running(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

let hooked = false;

/**
 * Imports a build, which is made first where that is needed: one whose recipes can run, unless `trains` is false. `neuro/runtime` means this very package, so
 * that a stranger's folder needs no node_modules.
 */
export async function openBuilt(spec: Spec, options: Common, trains = true): Promise<Built> {
  const { folder } = await ensureBuilt(spec, options, trains);
  if (!hooked) {
    const runtime = new URL(import.meta.url.endsWith(".ts") ? "../runtime/index.ts" : "../runtime/index.js", import.meta.url)
      .href;
    registerHooks({
      resolve: (specifier, context, next) =>
        specifier === "neuro/runtime" ? { url: runtime, shortCircuit: true } : next(specifier, context),
    });
    hooked = true;
  }
  process.env.NEURO_DEVICE = options.device;
  return (await import(pathToFileURL(join(folder, "index.js")).href)) as Built;
}
