/**
 * Answers that were told, by their ids, on disk: lines of JSON, appended as they come, in files that are begun anew when they are long and thrown
 * away when they are old. A process that was killed leaves at most half a line, which is not read. Several servers may share a folder: each writes
 * files of its own and finds the answers of all.
 */

import { randomBytes } from "node:crypto";
import { type FileHandle, open, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { cannotWrite, makeFolder } from "../files.ts";
import type { Told } from "./types.ts";

/** How much is kept: bytes of one file, and how many files. */
export type Keeping = { readonly bytes: number; readonly files: number };

const standard: Keeping = { bytes: 16 * 2 ** 20, files: 16 };

/** What keeps the answers that a server told. */
export type Keeps = {
  /** Resolves when it is kept. Throws `cannot_write` or `state_lost`. */
  keep(told: Told): Promise<void>;
  /** The answer of an id; undefined when it is unknown or was thrown away. */
  find(id: string): Promise<Told | undefined>;
  close(): Promise<void>;
};

type Place = { readonly file: string; readonly at: number; readonly length: number };

const named = /^answers-\d{13}-[0-9a-f]{8}\.jsonl$/;

export class History implements Keeps {
  readonly #folder: string;
  readonly #keeping: Keeping;
  readonly #places = new Map<string, Place>();
  /** How far each file was read. */
  readonly #read = new Map<string, number>();
  #own: { file: string; handle: FileHandle; size: number } | undefined;
  #writing: Promise<unknown> = Promise.resolve();

  constructor(folder: string, keeping: Keeping = standard) {
    this.#folder = folder;
    this.#keeping = keeping;
  }

  /** Keeps an answer; resolves when it lies on disk. Throws `disk_full` and its kind. */
  keep(told: Told): Promise<void> {
    const written = this.#writing.then(() => this.#append(told));
    this.#writing = written.catch(() => {});
    return written;
  }

  /** The answer of an id; undefined when it is unknown or was thrown away. */
  async find(id: string): Promise<Told | undefined> {
    await this.#writing;
    if (!this.#places.has(id)) await this.#look();
    const place = this.#places.get(id);
    if (place === undefined) return undefined;
    const handle = await open(join(this.#folder, place.file)).catch(() => undefined);
    try {
      const line = Buffer.alloc(place.length);
      const { bytesRead = 0 } = (await handle?.read(line, 0, place.length, place.at)) ?? {};
      const told = bytesRead === place.length ? (JSON.parse(line.toString("utf8")) as Told) : undefined;
      return told?.id === id ? told : undefined;
    } catch {
      return undefined; // a damaged line is an answer that is not known
    } finally {
      await handle?.close();
    }
  }

  async close(): Promise<void> {
    await this.#writing;
    await this.#own?.handle.close();
    this.#own = undefined;
  }

  async #append(told: Told): Promise<void> {
    const line = Buffer.from(`${JSON.stringify(told)}\n`);
    try {
      const own = await this.#file(line.length);
      await own.handle.appendFile(line);
      this.#places.set(told.id, { file: own.file, at: own.size, length: line.length - 1 });
      own.size += line.length;
      this.#read.set(own.file, own.size);
    } catch (error) {
      // A file that took half a line is not written to again.
      await this.#own?.handle.close().catch(() => {});
      this.#own = undefined;
      throw cannotWrite(this.#folder, error);
    }
  }

  async #file(more: number): Promise<{ file: string; handle: FileHandle; size: number }> {
    if (this.#own !== undefined && (this.#own.size === 0 || this.#own.size + more <= this.#keeping.bytes)) return this.#own;
    await this.#own?.handle.close();
    this.#own = undefined;
    makeFolder(this.#folder);
    const file = `answers-${String(Date.now()).padStart(13, "0")}-${randomBytes(4).toString("hex")}.jsonl`;
    this.#own = { file, handle: await open(join(this.#folder, file), "ax", 0o600), size: 0 };
    await this.#throwAway();
    return this.#own;
  }

  async #files(): Promise<string[]> {
    return (await readdir(this.#folder).catch(() => [])).filter((name) => named.test(name)).sort();
  }

  async #throwAway(): Promise<void> {
    const files = await this.#files();
    const old = files.slice(0, Math.max(0, files.length - this.#keeping.files)).filter((file) => file !== this.#own?.file);
    for (const file of old) await rm(join(this.#folder, file), { force: true });
    for (const [id, { file }] of this.#places) if (old.includes(file)) this.#places.delete(id);
  }

  /** Reads what was written since the last look: by a server before this one, or beside it. */
  async #look(): Promise<void> {
    for (const file of await this.#files()) {
      const handle = await open(join(this.#folder, file)).catch(() => undefined);
      if (handle === undefined) continue;
      try {
        const begun = this.#read.get(file) ?? 0;
        const { size } = await handle.stat();
        if (size <= begun) continue;
        const bytes = Buffer.alloc(size - begun);
        await handle.read(bytes, 0, bytes.length, begun);
        this.#read.set(file, begun + this.#note(file, bytes, begun));
      } finally {
        await handle.close();
      }
    }
  }

  /** Notes where the answers of whole lines lie; how many bytes those are. */
  #note(file: string, bytes: Buffer, begun: number): number {
    let at = 0;
    for (let end = bytes.indexOf(10); end >= 0; at = end + 1, end = bytes.indexOf(10, at)) {
      // The id is the first field: nothing else of a line needs to be read.
      const id = /^\{"id":"([^"\\]{1,100})"/.exec(bytes.toString("utf8", at, Math.min(end, at + 128)))?.[1];
      if (id !== undefined) this.#places.set(id, { file, at: begun + at, length: end - at });
    }
    return at;
  }
}
