/**
 * The values of a GGUF header (https://github.com/ggml-org/ggml/blob/master/docs/gguf.md), read from a file in windows. No length in the
 * file is believed before the file is known to hold that many bytes.
 */
import { NeuroError } from "../../error.ts";
import { shown } from "../../files.ts";
import type { FileParts } from "../archive.ts";

/** A value of GGUF's metadata. 64-bit integers beyond 2^53 are refused. */
export type Value = number | boolean | string | readonly number[] | readonly boolean[] | readonly string[];

const window = 1 << 20;

/** The NeuroError for a file that is not, or not wholly, GGUF. */
export function ggufFault(path: string, code: string, what: string): NeuroError {
  return new NeuroError(code, `${shown(path)} cannot be used as GGUF: ${what}.`, {
    where: path,
    hint:
      code === "weights_truncated"
        ? "Copy or download it again; compare its size with the source's."
        : "Check that this is the file you mean, and download it again if it is.",
  });
}

/** A place in a file that moves on with every value read. */
export class Cursor {
  at = 0;
  readonly file: FileParts;
  #part = new DataView(new ArrayBuffer(0));
  #start = 0;

  constructor(file: FileParts) {
    this.file = file;
  }

  /** Throws `weights_truncated` unless the file holds `count` more bytes. */
  need(count: number, what: string): void {
    const left = this.file.size - this.at;
    if (count <= left) return;
    throw ggufFault(
      this.file.path,
      "weights_truncated",
      `${what} would take ${count} bytes at byte ${this.at}, and only ${left} follow`,
    );
  }

  u8(what: string): number {
    return this.#number(1, what, (view, at) => view.getUint8(at));
  }

  u32(what: string): number {
    return this.#number(4, what, (view, at) => view.getUint32(at, true));
  }

  u64(what: string): number {
    const value = this.#number(8, what, (view, at) => Number(view.getBigUint64(at, true)));
    if (Number.isSafeInteger(value)) return value;
    throw ggufFault(this.file.path, "gguf_header", `${what} is ${value}, which no real file has`);
  }

  text(what: string): string {
    const length = this.u64(`the length of ${what}`);
    this.need(length, what);
    const bytes = length <= window ? this.#bytes(length) : this.file.bytes(this.at, this.at + length);
    this.at += length;
    return new TextDecoder().decode(bytes);
  }

  /** A value of a GGUF type by its number. */
  value(type: number, what: string): Value {
    const scalar = scalars.get(type);
    if (scalar !== undefined) return this.#number(scalar.bytes, what, (view, at) => scalar.read(view, at, this, what));
    if (type === 8) return this.text(what);
    if (type === 9) return this.#array(what);
    throw ggufFault(this.file.path, "gguf_header", `${what} is of type ${type}, which GGUF does not have`);
  }

  #array(what: string): Value {
    const type = this.u32(`the type of ${what}`);
    const count = this.u64(`the length of ${what}`);
    const least = type === 8 ? 8 : scalars.get(type)?.bytes;
    if (least === undefined) throw ggufFault(this.file.path, "gguf_header", `${what} is a list of lists or of unknown things`);
    this.need(count * least, what);
    const values: (number | boolean | string)[] = [];
    for (let i = 0; i < count; i++) values.push(this.value(type, what) as number | boolean | string);
    return values as Value;
  }

  #number<T>(bytes: number, what: string, read: (view: DataView, at: number) => T): T {
    this.need(bytes, what);
    this.#bytes(bytes);
    const value = read(this.#part, this.at - this.#start);
    this.at += bytes;
    return value;
  }

  /** The next bytes, from the window that is held, which moves when they lie beyond it. */
  #bytes(count: number): Uint8Array {
    if (this.at < this.#start || this.at + count > this.#start + this.#part.byteLength) {
      const part = this.file.bytes(this.at, Math.min(this.file.size, this.at + window));
      this.#part = new DataView(part.buffer);
      this.#start = this.at;
    }
    return new Uint8Array(this.#part.buffer, this.at - this.#start, count);
  }
}

type Scalar = { bytes: number; read(view: DataView, at: number, cursor: Cursor, what: string): number | boolean };

function whole(value: bigint, cursor: Cursor, what: string): number {
  const number = Number(value);
  if (Number.isSafeInteger(number)) return number;
  throw ggufFault(cursor.file.path, "gguf_header", `${what} is ${value}, too large a number`);
}

/** GGUF's numbers and truth values by the number of their type. */
const scalars: ReadonlyMap<number, Scalar> = new Map([
  [0, { bytes: 1, read: (view, at) => view.getUint8(at) }],
  [1, { bytes: 1, read: (view, at) => view.getInt8(at) }],
  [2, { bytes: 2, read: (view, at) => view.getUint16(at, true) }],
  [3, { bytes: 2, read: (view, at) => view.getInt16(at, true) }],
  [4, { bytes: 4, read: (view, at) => view.getUint32(at, true) }],
  [5, { bytes: 4, read: (view, at) => view.getInt32(at, true) }],
  [6, { bytes: 4, read: (view, at) => view.getFloat32(at, true) }],
  [7, { bytes: 1, read: (view, at) => view.getUint8(at) !== 0 }],
  [10, { bytes: 8, read: (view, at, cursor, what) => whole(view.getBigUint64(at, true), cursor, what) }],
  [11, { bytes: 8, read: (view, at, cursor, what) => whole(view.getBigInt64(at, true), cursor, what) }],
  [12, { bytes: 8, read: (view, at) => view.getFloat64(at, true) }],
] as [number, Scalar][]);
