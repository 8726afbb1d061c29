// The disk as the compiler sees it: files of one folder by posix path, the standard library under `std/`, and what `--set` changes laid over the entry.
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { globSync } from "tinyglobby";
import type { Host } from "../compiler/index.ts";
import { packageRoot } from "./version.ts";

/** The absolute path of the standard library's folder. */
export const stdlib = join(packageRoot, "stdlib");

/** A host over a folder. `overlay` gives the text of files that differ from the disk's. */
export function diskHost(root: string, overlay: ReadonlyMap<string, string> = new Map()): Host {
  const place = (path: string) => (path.startsWith("std/") ? join(stdlib, path.slice(4)) : resolve(root, path));
  const readBytes = (path: string): Uint8Array | undefined => {
    try {
      return statSync(place(path)).isFile() ? readFileSync(place(path)) : undefined;
    } catch {
      return undefined;
    }
  };
  return {
    readBytes,
    read(path) {
      const laid = overlay.get(path);
      if (laid !== undefined) return laid;
      const bytes = readBytes(path);
      return bytes === undefined ? undefined : textOf(bytes);
    },
    exists: (path) => existsSync(place(path)),
    list: (glob) => globSync(glob, { cwd: root, ignore: ["**/node_modules/**", "build/**", "runs/**"] }).sort(),
    resolveStd(name) {
      const file = join(stdlib, `${name}.neuro`);
      if (existsSync(file)) return [`std/${name}.neuro`];
      const folder = join(stdlib, name);
      if (!existsSync(folder) || !/^[\w.]+$/.test(name)) return [];
      return readdirSync(folder)
        .filter((entry) => entry.endsWith(".neuro"))
        .sort()
        .map((entry) => `std/${name}/${entry}`);
    },
    hash: (bytes) => createHash("sha256").update(bytes).digest("hex").slice(0, 16),
  };
}

/** The text of a file, or undefined where it is binary: no spec holds a NUL or bytes that are not UTF-8. */
export function textOf(bytes: Uint8Array): string | undefined {
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    return text.includes("\0") ? undefined : text;
  } catch {
    return undefined;
  }
}
