/**
 * A file is read whole or refused with one sentence, and written whole or not at all: to a temporary neighbour, flushed, then renamed.
 * Knows nothing of what the bytes mean.
 */
import { createHash, randomUUID } from "node:crypto";
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from "node:fs";
import { basename, dirname, join, relative } from "node:path";
import { NeuroError } from "./error.ts";

type Bytes = string | Uint8Array;

const reasons: { readonly [code: string]: string } = {
  EACCES: "permission is denied",
  EPERM: "permission is denied",
  EROFS: "the file system is read-only",
  ENOSPC: "the disk is full",
  EDQUOT: "the disk quota is used up",
  EFBIG: "the file would be larger than the system allows (ulimit -f)",
  EISDIR: "it is a folder",
  ENOTDIR: "a part of its path is a file, not a folder",
  EEXIST: "a file of that name is in the way",
  ENOENT: "it does not exist",
  EMFILE: "too many files are open",
  ENAMETOOLONG: "the name is too long",
};

/** What the operating system says of a failure, in words. */
export function reasonOf(error: unknown): string {
  const code = (error as NodeJS.ErrnoException | undefined)?.code ?? "";
  return reasons[code] ?? (error instanceof Error ? error.message : String(error));
}

/** The path as a person would type it: relative to where they stand when it is below, otherwise as it is. */
export function shown(path: string): string {
  const short = relative(process.cwd(), path);
  return short === "" || short.startsWith("..") ? path : short;
}

/** All bytes of a file, or a NeuroError (`file_missing`, `file_unreadable`). */
export function readBytes(path: string, hint?: string): Uint8Array<ArrayBuffer> {
  try {
    const buffer = readFileSync(path);
    // A copy of its own: small Buffers share one pool, and typed arrays over them would be misaligned.
    return buffer.byteOffset % 8 === 0 && buffer.buffer.byteLength === buffer.length
      ? new Uint8Array(buffer.buffer)
      : Uint8Array.from(buffer);
  } catch (error) {
    throw cannotRead(path, error, hint);
  }
}

/** All text of a UTF-8 file, or a NeuroError (`file_missing`, `file_unreadable`, `file_not_text`). */
export function readText(path: string, hint?: string): string {
  const bytes = readBytes(path, hint);
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new NeuroError("file_not_text", `${shown(path)} is not UTF-8 text.`, {
      where: path,
      hint: "Save it as UTF-8, or name another file.",
    });
  }
}

/** A JSON file parsed, or a NeuroError (also `file_not_json`). The caller checks what it holds. */
export function readJson(path: string, hint?: string): unknown {
  const text = readText(path, hint);
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new NeuroError("file_not_json", `${shown(path)} is not JSON: ${(error as Error).message}.`, {
      where: path,
      hint: hint ?? "The file is damaged or is not what its name says; make it again.",
    });
  }
}

/** The NeuroError for a file that could not be read. */
export function cannotRead(path: string, error: unknown, hint?: string): NeuroError {
  const missing = (error as NodeJS.ErrnoException).code === "ENOENT";
  const message = missing ? `There is no file ${shown(path)}.` : `${shown(path)} cannot be read: ${reasonOf(error)}.`;
  const advice = hint ?? (missing ? "Check the name, or make the file first." : "Change its permissions, or name another file.");
  return new NeuroError(missing ? "file_missing" : "file_unreadable", message, { where: path, hint: advice, cause: error });
}

/** The NeuroError for a file or folder that could not be written. */
export function cannotWrite(path: string, error: unknown): NeuroError {
  return new NeuroError("cannot_write", `${shown(path)} cannot be written: ${reasonOf(error)}.`, {
    where: path,
    hint: "Nothing was changed. Give the folder write permission or free space, or write elsewhere.",
    cause: error,
  });
}

/** Makes a folder and those above it, or throws `cannot_write`. */
export function makeFolder(path: string): void {
  try {
    mkdirSync(path, { recursive: true });
  } catch (error) {
    throw cannotWrite(path, error);
  }
}

/**
 * Writes a file whole or not at all. The parts go one after the other to a temporary neighbour, which is flushed to the disk and
 * renamed; a reader, or a process killed at any moment, sees the old file or the new one. Throws `cannot_write`.
 */
export function writeAtomically(path: string, parts: Bytes | Iterable<Bytes>): void {
  const { temporary, file } = openTemporary(path);
  try {
    try {
      for (const part of typeof parts === "string" || parts instanceof Uint8Array ? [parts] : parts) writeAll(file, part);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    putInPlace(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw isSystemError(error) ? cannotWrite(path, error) : error;
  }
}

/**
 * As {@link writeAtomically}, with parts that may take time to make, and a pause after each, so that progress is drawn and an interruption
 * heard. What making a part throws is passed on, and nothing is left behind.
 */
export async function writeStreamed(path: string, parts: AsyncIterable<Bytes> | Iterable<Bytes>): Promise<void> {
  const { temporary, file } = openTemporary(path);
  try {
    try {
      for await (const part of parts) {
        writeAll(file, part);
        await new Promise(setImmediate);
      }
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    putInPlace(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw isSystemError(error) ? cannotWrite(path, error) : error;
  }
}

const isSystemError = (error: unknown): boolean => error instanceof Error && "syscall" in error;

function openTemporary(path: string): { temporary: string; file: number } {
  makeFolder(dirname(path));
  const temporary = join(dirname(path), `.${basename(path)}.${process.pid}-${randomUUID().slice(0, 8)}.tmp`);
  try {
    return { temporary, file: openSync(temporary, "wx") };
  } catch (error) {
    throw cannotWrite(path, error);
  }
}

function putInPlace(temporary: string, path: string): void {
  renameSync(temporary, path);
  syncFolder(dirname(path));
}

/** Writes all of a part at a file's end; the system may take less than it is given at once. */
export function writeAll(file: number, part: Bytes): void {
  const bytes = typeof part === "string" ? new TextEncoder().encode(part) : part;
  for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at, bytes.length - at);
}

/** Makes a rename or a new name in a folder survive a power cut, where the system can. */
export function syncFolder(path: string): void {
  if (process.platform === "win32") return;
  const folder = openSync(path, "r");
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}

/** Removes the temporary files that killed writers (whose process is gone) left in a folder. */
export function sweepTemporaries(folder: string): void {
  if (!existsSync(folder)) return;
  for (const name of readdirSync(folder)) {
    const writer = /^\..*\.(\d+)-[0-9a-f]{8}\.tmp$/.exec(name)?.[1];
    if (writer !== undefined && !alive(Number(writer))) rmSync(join(folder, name), { force: true, recursive: true });
  }
}

/** Whether a process with this id runs on this machine. */
export function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/** Whether a path names a file (not a folder) that exists. */
export function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
}

/** SHA-256 of the parts one after the other, as hexadecimal digits. */
export function sha256(...parts: readonly Bytes[]): string {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part);
  return hash.digest("hex");
}

/** JSON with the keys of every object sorted, so that equal values give equal text. Undefined fields are left out, as JSON does. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) =>
    inner !== null && typeof inner === "object" && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)))
      : inner,
  );
}
