/** One writer at a time: a file with the writer's process id, taken over when that process is gone. */

import { closeSync, openSync, readFileSync, rmSync, writeSync } from "node:fs";
import { NeuroError } from "../error.ts";
import { alive, cannotWrite, shown } from "../files.ts";

/** What this process holds: a file with its own number that is not here was left by another process of that number. */
const held = new Set<string>();

/** Takes the lock at `path` or throws `locked`; the function given back releases it. */
export function takeLock(path: string, what: string): () => void {
  for (let attempt = 0; ; attempt++) {
    try {
      const file = openSync(path, "wx");
      writeSync(file, String(process.pid));
      closeSync(file);
      held.add(path);
      return () => {
        rmSync(path, { force: true });
        held.delete(path);
      };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw cannotWrite(path, error);
      const owner = ownerOf(path);
      if (attempt > 0 || (owner === process.pid ? held.has(path) : owner !== undefined && alive(owner))) {
        throw new NeuroError("locked", `${what} is being made by another process${owner === undefined ? "" : ` (${owner})`}.`, {
          where: shown(path),
          hint: "Wait until it has ended.",
        });
      }
      rmSync(path, { force: true });
    }
  }
}

function ownerOf(path: string): number | undefined {
  try {
    const owner = Number(readFileSync(path, "utf8"));
    return Number.isInteger(owner) && owner > 0 ? owner : undefined;
  } catch {
    return undefined;
  }
}
