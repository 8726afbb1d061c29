/**
 * One process at a time writes a run: a lock file names its process. What a dead process left is taken over, and nobody needs to know.
 * Knows nothing of what is locked.
 */
import { closeSync, fsyncSync, openSync, readFileSync, renameSync, rmSync } from "node:fs";
import { hostname } from "node:os";
import { NeuroError } from "../error.ts";
import { alive, cannotWrite, shown, writeAll } from "../files.ts";

type Owner = { readonly pid: number; readonly host: string; readonly born: string | undefined };

/** Takes the lock at `path`; the returned function gives it back. Throws `run_busy` while another living process has it. */
export function lock(path: string): () => void {
  for (let tries = 0; tries < 8; tries++) {
    if (take(path)) return () => rmSync(path, { force: true });
    const owner = readOwner(path);
    if (owner !== undefined && holds(owner)) {
      throw new NeuroError(
        "run_busy",
        `Process ${owner.pid}${owner.host === hostname() ? "" : ` on ${owner.host}`} is at work in this run.`,
        {
          where: shown(path),
          hint: "Wait for it or stop it, then start again; or begin another run beside it with --fresh.",
        },
      );
    }
    // Only one of several newcomers can rename the old lock away; the others meet the new one.
    const aside = `${path}.${process.pid}.tmp`;
    try {
      renameSync(path, aside);
      rmSync(aside, { force: true });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw cannotWrite(path, error);
    }
  }
  throw new NeuroError("run_busy", "Other processes keep taking this run's lock.", {
    where: shown(path),
    hint: "Start one of them only.",
  });
}

function take(path: string): boolean {
  const owner: Owner = { pid: process.pid, host: hostname(), born: birth(process.pid) };
  try {
    const file = openSync(path, "wx");
    writeAll(file, JSON.stringify(owner));
    fsyncSync(file);
    closeSync(file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw cannotWrite(path, error);
  }
}

/** The owner that a lock names; undefined for a lock whose writer was killed while writing it. */
function readOwner(path: string): Owner | undefined {
  try {
    return JSON.parse(readFileSync(path, "utf8")) as Owner;
  } catch {
    return undefined;
  }
}

/** A process id is used again after a restart, so the process must also have been born when the lock says. */
function holds({ pid, host, born }: Owner): boolean {
  if (host !== hostname()) return true;
  const now = birth(pid);
  if (born === undefined || now === undefined) return pid !== process.pid && alive(pid);
  return now === born;
}

/** When a process began, in the system's own ticks since it was started; undefined where the system does not say (only Linux does). */
function birth(pid: number): string | undefined {
  try {
    // Field 22 of proc(5) stat; the name in field 2 may hold spaces, so count from its closing parenthesis.
    return readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").at(-1)?.split(" ")[19];
  } catch {
    return undefined;
  }
}
