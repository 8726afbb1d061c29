// The disk as the language server sees it: files by absolute path, the standard library under `std/`, and specs below folders.
import { spawn } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Disk } from "../editor/lsp.ts";
import { diskHost, stdlib } from "./host.ts";
import { packageRoot, version } from "./version.ts";

/** Folders in which nobody writes specs by hand. */
const skipped = new Set(["node_modules", "build", "runs", "dist", "evals"]);
/** A workspace may be a home folder: after so many entries no more specs are looked for. */
const mostEntries = 200_000;

/** What a server may do besides answering. */
export interface Powers {
  /** Whether neuroc may be run beside it, for clients that cannot run it themselves. */
  readonly runs: boolean;
  /** How long programs take; what asks it needs the runtime's engines. */
  readonly times?: Disk["times"];
}

/** This machine. */
export function languageDisk(options: Powers): Disk {
  return {
    stdlib,
    version,
    host: (roots) => {
      const whole = diskHost("/");
      const found = (path: string): string =>
        isAbsolute(path) || path.startsWith("std/")
          ? path
          : (roots()
              .map((root) => `${root}/${path}`)
              .find((each) => existsSync(each)) ?? path);
      return {
        ...whole,
        read: (path) => whole.read(found(path)),
        readBytes: (path) => whole.readBytes(found(path)),
        exists: (path) => whole.exists(found(path)),
        list: (glob) => {
          const fixed = /^[^*?{[]*\//.exec(glob)?.[0] ?? "";
          const folders = isAbsolute(glob) ? [fixed.slice(0, -1) || "/"] : roots();
          const below = isAbsolute(glob) ? glob.slice(fixed.length) : glob;
          const places = folders.flatMap((folder) =>
            diskHost(folder)
              .list(below)
              .map((path) => `${folder}/${path}`),
          );
          return [...new Set(places)].sort();
        },
      };
    },
    specs: (roots) => specsBelow(roots),
    times: options.times ?? (async () => undefined),
    ...(options.runs ? { run: ({ verb, spec, args }) => run(verb, spec, args) } : {}),
  };
}

const isAbsolute = (path: string): boolean => path.startsWith("/") || /^[a-z]:\//i.test(path);

/** Every `.neuro` file below the folders, nearest first. */
function specsBelow(roots: readonly string[]): string[] {
  const found = new Set<string>();
  const folders = [...roots];
  let left = mostEntries;
  for (let folder = folders.shift(); folder !== undefined && left > 0; folder = folders.shift()) {
    for (const entry of entriesOf(folder)) {
      left--;
      const path = `${folder}/${entry.name}`;
      if (entry.isFile() && entry.name.endsWith(".neuro")) found.add(path);
      else if (entry.isDirectory() && !entry.name.startsWith(".") && !skipped.has(entry.name)) folders.push(path);
    }
  }
  return [...found];
}

function entriesOf(folder: string): import("node:fs").Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    return []; // gone, or not ours to read
  }
}

/** Runs a verb in the folder of its spec; what it printed, on both streams, in order. */
function run(verb: string, spec: string, args: readonly string[]): Promise<{ readonly ok: boolean; readonly said: string }> {
  const neuroc = join(packageRoot, "bin/neuroc.mjs");
  const program = existsSync(neuroc) ? neuroc : fileURLToPath(import.meta.url);
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [program, verb, spec, ...args], {
      cwd: dirname(spec),
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...process.env, NO_COLOR: "1" },
    });
    let said = "";
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk: Buffer) => (said += chunk.toString()));
    child.on("error", (error) => resolve({ ok: false, said: String(error) }));
    child.on("close", (code) => resolve({ ok: code === 0, said }));
  });
}
