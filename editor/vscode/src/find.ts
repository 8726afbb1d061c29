/** Which neuroc a folder has: the one that was set, else the one that npm put beside it or above it. Nothing of the workbench is known here. */
import { existsSync } from "node:fs";
import { dirname, isAbsolute, join } from "node:path";

/** How to run neuroc: a program and the words before the verb. */
export interface Neuroc {
  readonly command: string;
  readonly args: readonly string[];
}

/**
 * The neuroc for a folder; undefined where there is none. `set` is the person's own path: absolute, or relative to the folder.
 * The package's own starter is preferred to the link in `.bin`, which on Windows is a script that only a shell runs.
 */
export function findNeuroc(folder: string, set: string, node: string): Neuroc | undefined {
  if (set !== "") {
    const path = isAbsolute(set) ? set : join(folder, set);
    return existsSync(path) ? started(path, node) : undefined;
  }
  for (let at = folder; ; at = dirname(at)) {
    const starter = join(at, "node_modules/neuro/bin/neuroc.mjs");
    if (existsSync(starter)) return started(starter, node);
    if (dirname(at) === at) return undefined;
  }
}

const started = (path: string, node: string): Neuroc =>
  /\.[cm]?js$/.test(path) ? { command: node, args: [path] } : { command: path, args: [] };
