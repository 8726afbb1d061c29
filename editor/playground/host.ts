/** The world of the playground: a few files in memory, and the standard library beside them. */
import type { Host } from "../../compiler/host.ts";
import { memoryHost } from "../../compiler/memory-host.ts";

/** A host over `files`, which may change between calls. `library` has the modules of std by path: `std/models.neuro`. */
export function playgroundHost(files: Readonly<Record<string, string>>, library: Readonly<Record<string, string>>): Host {
  const modules = Object.keys(library).sort();
  const std: Host = {
    ...memoryHost(library),
    resolveStd: (name) => modules.filter((path) => path === `std/${name}.neuro` || path.startsWith(`std/${name}/`)),
  };
  return memoryHost(files, std);
}
