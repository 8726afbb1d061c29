/** A folder of files that belong together appears as a whole: made beside its place under another name, then renamed. */
import { randomUUID } from "node:crypto";
import { existsSync, readdirSync, renameSync, rmSync, statSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { NeuroError } from "../error.ts";
import { cannotWrite, makeFolder, shown, sweepTemporaries } from "../files.ts";

/**
 * Runs `fill` with an empty folder, and puts it at `path` when it is done; when it fails, nothing is left. Throws `folder_exists` when
 * something lies at `path` already.
 */
export async function newFolder<T>(path: string, fill: (folder: string) => Promise<T>): Promise<T> {
  const place = resolve(path);
  refuseTaken(place);
  makeFolder(dirname(place));
  sweepTemporaries(dirname(place));
  const fresh = join(dirname(place), `.${basename(place)}.${process.pid}-${randomUUID().slice(0, 8)}.tmp`);
  makeFolder(fresh);
  try {
    const result = await fill(fresh);
    putInPlace(fresh, place);
    return result;
  } catch (error) {
    rmSync(fresh, { recursive: true, force: true });
    throw error instanceof Error && "syscall" in error ? cannotWrite(place, error) : error;
  }
}

/** A folder that is there, empty, is kept, for someone may stand in it: its files come one after the other. */
function putInPlace(fresh: string, place: string): void {
  if (existsSync(place)) {
    for (const name of readdirSync(fresh)) renameSync(join(fresh, name), join(place, name));
    rmSync(fresh, { recursive: true });
  } else renameSync(fresh, place);
}

function refuseTaken(place: string): void {
  const stat = statSync(place, { throwIfNoEntry: false });
  if (stat === undefined || (stat.isDirectory() && readdirSync(place).length === 0)) return;
  throw new NeuroError("folder_exists", `There is something at ${shown(place)} already.`, {
    where: place,
    hint: "Name another place with --out, or remove what is there.",
  });
}
