/**
 * A safetensors file is what its header says, to the byte, or it is refused with one sentence: which file, what is wrong, what to do.
 * The format: an 8-byte little-endian length, a JSON header of that length, then the tensors' bytes without holes
 * (https://github.com/huggingface/safetensors#format). Knows nothing of models.
 */
import { writeAtomically } from "../files.ts";
import { type Archive, FileParts, type Stored } from "./archive.ts";
import { decoded, encoded } from "./dtypes.ts";
import { type Entry, readHeader, safetensorsFault, widths } from "./safetensors-header.ts";
import { elements, type Storage, toHalf, type Weights, type WeightTensor } from "./tensors.ts";

/** A file's tensors, widened to float32, and the strings of its `__metadata__`. */
export type WeightFile = { readonly tensors: Map<string, WeightTensor>; readonly metadata: Readonly<Record<string, string>> };

/** Reads a file. Throws `file_missing`, `file_unreadable`, or what {@link parseSafetensors} throws. */
export function readSafetensors(path: string, hint?: string): WeightFile {
  const file = openSafetensors(path, hint);
  try {
    const read = ({ name, shape, read: numbers }: Stored): [string, WeightTensor] => [name, { shape, data: numbers() }];
    return { tensors: new Map([...file.tensors.values()].map(read)), metadata: file.metadata };
  } finally {
    file.close();
  }
}

/** Writes a file whole or not at all; equal weights and metadata give equal bytes. Throws `cannot_write`, `weights_over_f16`. */
export function writeSafetensors(
  path: string,
  weights: Weights,
  metadata: Record<string, string> = {},
  storage: Storage = "f32",
): void {
  writeAtomically(path, safetensorsParts(weights, metadata, storage));
}

/** The bytes of a file in parts: the header, then the tensors in the order of their names. */
export function safetensorsParts(
  weights: Weights,
  metadata: Record<string, string> = {},
  storage: Storage = "f32",
): Uint8Array[] {
  const dtype = storage === "f16" ? "F16" : "F32";
  const streamed = [...weights].map(([name, { shape, data }]) => ({ name, shape, dtype, read: () => data }) as const);
  return [...streamedParts(streamed, metadata)];
}

/** A tensor to write: how its numbers are stored, and the numbers when its turn comes. */
export type Streamed = {
  readonly name: string;
  readonly shape: readonly number[];
  readonly dtype: "F32" | "F16" | "BF16";
  read(): Float32Array;
};

/** The bytes of a file as {@link safetensorsParts} gives them, each tensor read when its part is asked for. */
export function* streamedParts(tensors: readonly Streamed[], metadata: Record<string, string> = {}): Generator<Uint8Array> {
  const { head, ordered } = begin(tensors, metadata);
  yield head;
  for (const { name, dtype, read } of ordered) yield storedBytes(name, dtype, read());
}

/** What a file will hold of a tensor; its dtype is any that the format has. */
export type Planned = Omit<Streamed, "read" | "dtype"> & { readonly dtype: string };

/** The bytes that a file begins with, and the tensors in the order in which their own bytes follow. */
export function begin<T extends Planned>(
  tensors: readonly T[],
  metadata: Record<string, string>,
): { head: Uint8Array; ordered: readonly T[] } {
  const ordered = [...tensors].sort((a, b) => (a.name < b.name ? -1 : 1));
  const header: Record<string, unknown> = {};
  if (Object.keys(metadata).length > 0) header.__metadata__ = Object.fromEntries(Object.entries(metadata).sort());
  let at = 0;
  for (const { name, shape, dtype } of ordered) {
    const end = at + elements(shape) * widths[dtype]!;
    header[name] = { dtype, shape, data_offsets: [at, end] };
    at = end;
  }
  const text = new TextEncoder().encode(JSON.stringify(header));
  // Spaces fill the header up, so that the tensors begin at a multiple of eight and can be viewed without a copy.
  const head = new Uint8Array(8 + Math.ceil(text.length / 8) * 8).fill(0x20);
  new DataView(head.buffer).setBigUint64(0, BigInt(head.length - 8), true);
  head.set(text, 8);
  return { head, ordered };
}

/** A tensor's bytes as a file holds them. */
export function storedBytes(name: string, dtype: Streamed["dtype"], data: Float32Array): Uint8Array {
  const stored = dtype === "F16" ? toHalf(name, data) : dtype === "BF16" ? encoded(data, "bf16") : data;
  return new Uint8Array(stored.buffer, stored.byteOffset, stored.byteLength);
}

/**
 * Reads the bytes of a file; `path` is for messages. Throws `weights_truncated` (the file ends early), `weights_foreign` (this is no
 * safetensors file), `weights_header` (its header contradicts itself) or `weights_dtype` (numbers that neuro does not compute with).
 */
export function parseSafetensors(bytes: Uint8Array<ArrayBuffer>, path: string): WeightFile {
  const { entries, metadata } = readHeader({ path, size: bytes.length, bytes: (start, end) => bytes.slice(start, end) });
  const tensors = new Map<string, WeightTensor>();
  for (const each of entries) {
    tensors.set(each.name, { shape: each.shape, data: widened(bytes.slice(each.start, each.end), each, path) });
  }
  return { tensors, metadata };
}

/** Opens a file whose tensors are read one at a time. Throws what {@link parseSafetensors} throws, `file_missing`, `file_unreadable`. */
export function openSafetensors(path: string, hint?: string): Archive & { readonly metadata: Readonly<Record<string, string>> } {
  const file = new FileParts(path, hint);
  try {
    const { entries, metadata } = readHeader(file);
    const tensors = new Map(
      entries.map((each): [string, Stored] => {
        const read = (): Float32Array => widened(file.bytes(each.start, each.end), each, path);
        const bytes = (): Uint8Array => file.bytes(each.start, each.end);
        return [each.name, { name: each.name, shape: each.shape, dtype: each.dtype, read, bytes }];
      }),
    );
    return { path, tensors, metadata, files: [path], close: () => file.close() };
  } catch (error) {
    file.close();
    throw error;
  }
}

/** The numbers of a tensor as float32. The bytes are a copy of their own: it begins at an aligned address and outlives the file's buffer. */
function widened(bytes: Uint8Array<ArrayBuffer>, { name, dtype }: Entry, path: string): Float32Array {
  const read = readers[dtype];
  if (read !== undefined) return read(bytes.buffer);
  throw safetensorsFault(
    { path },
    "weights_dtype",
    `${name} holds ${dtype}, and only ${Object.keys(readers).join(", ")} are read`,
  );
}

const readers: Readonly<Record<string, (part: ArrayBuffer) => Float32Array>> = {
  F32: (part) => new Float32Array(part),
  F16: (part) => Float32Array.from(new Float16Array(part)),
  BF16: (part) => decoded(new Uint16Array(part), "bf16") as Float32Array,
  F8_E4M3: (part) => decoded(new Uint8Array(part), "e4m3") as Float32Array,
  F8_E5M2: (part) => decoded(new Uint8Array(part), "e5m2") as Float32Array,
  F64: (part) => Float32Array.from(new Float64Array(part)),
};
