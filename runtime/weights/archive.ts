/**
 * An archive names tensors and reads them one at a time, so that memory stays near one tensor however large the files are.
 * Knows nothing of formats or models.
 */
import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { NeuroError } from "../error.ts";
import { cannotRead, shown } from "../files.ts";

/** A tensor in a file: what the file says of it, and its numbers (row-major, last axis fastest) when they are wanted. */
export type Stored = {
  readonly name: string;
  readonly shape: readonly number[];
  /** As its format spells it: `F32`, `BF16`, `Q4_K`. */
  readonly dtype: string;
  /** Throws `weights_truncated` when the file has become shorter, `weights_dtype` for numbers that are not read. */
  read(): Float32Array;
  /** Its bytes as a safetensors file holds them; other formats have none that another file could. */
  bytes?(): Uint8Array;
};

/** Tensors by name, from one file or several that belong together. */
export type Archive = {
  readonly path: string;
  readonly tensors: ReadonlyMap<string, Stored>;
  /** The files that hold them. */
  readonly files: readonly string[];
  close(): void;
};

/** One open file, read in parts; nothing is allocated that the file does not hold. */
export class FileParts {
  readonly path: string;
  readonly size: number;
  #file: number;

  constructor(path: string, hint?: string) {
    this.path = path;
    try {
      this.#file = openSync(path, "r");
    } catch (error) {
      throw cannotRead(path, error, hint);
    }
    const stat = fstatSync(this.#file);
    if (!stat.isFile()) {
      this.close();
      throw cannotRead(path, Object.assign(new Error("it is not a file"), { code: stat.isDirectory() ? "EISDIR" : "" }), hint);
    }
    this.size = stat.size;
  }

  /** The bytes from `start` up to `end`, in a buffer of their own. Throws `weights_truncated` beyond the end of the file. */
  bytes(start: number, end: number): Uint8Array<ArrayBuffer> {
    if (end > this.size) throw this.#short(end);
    const part = new Uint8Array(end - start);
    for (let at = 0; at < part.length; ) {
      const count = readSync(this.#file, part, at, Math.min(part.length - at, 2 ** 30), start + at);
      if (count === 0) throw this.#short(end);
      at += count;
    }
    return part;
  }

  close(): void {
    closeSync(this.#file);
  }

  #short(end: number): NeuroError {
    return new NeuroError(
      "weights_truncated",
      `${shown(this.path)} cannot be used as weights: it should have at least ${end} bytes and has ${this.size}.`,
      { where: this.path, hint: "Copy or download it again; compare its size with the source's." },
    );
  }
}
