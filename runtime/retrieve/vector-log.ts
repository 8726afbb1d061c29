/**
 * Vectors by the hash of their text, in a file that only grows: what was embedded before a run was killed, or for an earlier state of the documents,
 * is not embedded again. A record that was cut off while it was written is as if it were not there. It knows no model; its file is named after one.
 */
import { closeSync, existsSync, fstatSync, ftruncateSync, openSync, readSync, writeSync } from "node:fs";
import { cannotWrite } from "../files.ts";

/** Bytes of a text's SHA-256, which begins a record. */
const hashBytes = 32;
/** The bytes that begin a file: what it is, and the numbers of one vector. */
const magic = "neurovec1 ";
const headBytes = 20;

/** An open log. */
export type VectorLog = {
  /** The vector of a text's hash (hexadecimal SHA-256), if it is known. */
  get(hash: string): Float32Array | undefined;
  /** Adds vectors; they are in the file when this returns. Throws `cannot_write`. */
  put(entries: readonly (readonly [hash: string, vector: Float32Array])[]): void;
  /** Vectors that it holds. */
  size(): number;
  close(): void;
};

/** Opens or begins the log at `path`. A file that is no log is begun anew: it holds nothing that could not be computed. */
export function openVectorLog(path: string): VectorLog {
  let file: number;
  try {
    file = openSync(path, existsSync(path) ? "r+" : "w+");
  } catch (error) {
    throw cannotWrite(path, error);
  }
  let width = widthOf(file);
  const places = width === 0 ? new Map<string, number>() : scan(file, width);
  let end = headBytes + places.size * recordBytes(width);
  if (fstatSync(file).size > end || width === 0) ftruncateSync(file, width === 0 ? 0 : end);
  return {
    get(hash) {
      const at = places.get(hash);
      if (at === undefined) return undefined;
      const vector = new Float32Array(width);
      readSync(file, vector, 0, vector.byteLength, at + hashBytes);
      return vector;
    },
    put(entries) {
      if (entries.length === 0) return;
      try {
        if (width === 0) {
          width = entries[0]![1].length;
          writeSync(file, `${magic}${String(width).padStart(headBytes - magic.length)}`, 0);
          end = headBytes;
        }
        const size = recordBytes(width);
        const block = Buffer.alloc(size * entries.length);
        for (const [i, [hash, vector]] of entries.entries()) {
          block.write(hash, i * size, "hex");
          Buffer.from(vector.buffer, vector.byteOffset, vector.byteLength).copy(block, i * size + hashBytes);
        }
        for (let done = 0; done < block.length; ) done += writeSync(file, block, done, block.length - done, end + done);
        for (const [i, [hash]] of entries.entries()) places.set(hash, end + i * size);
        end += block.length;
      } catch (error) {
        throw cannotWrite(path, error);
      }
    },
    size: () => places.size,
    close: () => closeSync(file),
  };
}

const recordBytes = (width: number): number => hashBytes + 4 * width;

/** Numbers of one vector; 0 for a file that is none of ours. */
function widthOf(file: number): number {
  const head = Buffer.alloc(headBytes);
  if (readSync(file, head, 0, headBytes, 0) < headBytes || head.toString("latin1", 0, magic.length) !== magic) return 0;
  const width = Number(head.toString("latin1", magic.length));
  return Number.isInteger(width) && width > 0 ? width : 0;
}

/** Where the whole records stand, in order; each hash once. */
function scan(file: number, width: number): Map<string, number> {
  const size = recordBytes(width);
  const count = Math.floor((fstatSync(file).size - headBytes) / size);
  const places = new Map<string, number>();
  const step = Math.max(1, Math.floor((4 << 20) / size));
  const block = Buffer.alloc(step * size);
  for (let at = 0; at < count; at += step) {
    const here = Math.min(step, count - at);
    readSync(file, block, 0, here * size, headBytes + at * size);
    for (let i = 0; i < here; i++) places.set(block.toString("hex", i * size, i * size + hashBytes), headBytes + (at + i) * size);
  }
  return places;
}
