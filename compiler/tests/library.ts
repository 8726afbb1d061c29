/** The standard library as tests read it: from the disk, once. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Host } from "../host.ts";
import { memoryHost } from "../memory-host.ts";

const folder = join(import.meta.dirname, "../../stdlib");

function readAll(): Record<string, string> {
  const files: Record<string, string> = {};
  for (const entry of readdirSync(folder, { recursive: true }) as string[])
    if (entry.endsWith(".neuro")) files[`std/${entry.split("\\").join("/")}`] = readFileSync(join(folder, entry), "utf8");
  return files;
}

const files = existsSync(folder) ? readAll() : {};
const paths = Object.keys(files).sort();

/** Every module of std. */
export const stdFiles: readonly string[] = paths;

export const library: Host = {
  ...memoryHost(files),
  read: (path) => files[path],
  resolveStd: (name) => paths.filter((path) => path === `std/${name}.neuro` || path.startsWith(`std/${name}/`)),
};

/** A host with these files and the standard library. */
export const hostOf = (own: Readonly<{ [path: string]: string }>): Host => memoryHost(own, library);
