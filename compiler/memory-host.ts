/** A host whose files are a map, over another host for the standard library: tests and tools check text without touching the disk. */
import { createHash } from "node:crypto";
import type { Host } from "./host.ts";

/** The files given, and the `std` modules of `library` when there is one. */
export function memoryHost(files: Readonly<{ [path: string]: string }>, library?: Host): Host {
  const read = (path: string): string | undefined =>
    Object.hasOwn(files, path) ? files[path] : path.startsWith("std/") ? library?.read(path) : undefined;
  return {
    read,
    readBytes(path) {
      const text = read(path);
      return text === undefined ? undefined : new TextEncoder().encode(text);
    },
    exists: (path) => read(path) !== undefined,
    list: () => Object.keys(files).sort(),
    resolveStd: (name) => library?.resolveStd(name) ?? [],
    hash: (content) => createHash("sha256").update(content).digest("hex").slice(0, 32),
  };
}
