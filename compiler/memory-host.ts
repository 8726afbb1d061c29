/** A host whose files are a map, over another host for the standard library: tests and tools check text without touching the disk. */
import type { Host } from "./host.ts";
import { sha256 } from "./sha256.ts";

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
    hash: (content) => sha256(content).slice(0, 32),
  };
}
