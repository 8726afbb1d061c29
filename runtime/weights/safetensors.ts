/**
 * A safetensors file is what its header says, to the byte, or it is refused with one sentence: which file, what is wrong, what to do.
 * The format: an 8-byte little-endian length, a JSON header of that length, then the tensors' bytes without holes
 * (https://github.com/huggingface/safetensors#format). Knows nothing of models.
 */
import { NeuroError } from "../error.ts";
import { readBytes, shown, writeAtomically } from "../files.ts";
import { elements, type Storage, shapeText, toHalf, type Weights, type WeightTensor } from "./tensors.ts";

/** A file's tensors, widened to float32, and the strings of its `__metadata__`. */
export type WeightFile = { readonly tensors: Map<string, WeightTensor>; readonly metadata: Readonly<Record<string, string>> };

type Entry = {
  readonly name: string;
  readonly dtype: Dtype;
  readonly shape: number[];
  readonly start: number;
  readonly end: number;
};
type Dtype = keyof typeof widths;

const widths = { F32: 4, F16: 2, BF16: 2 } as const;
/** The reference implementation refuses longer headers, too. */
const longestHeader = 100_000_000;

/** Reads a file. Throws `file_missing`, `file_unreadable`, or what {@link parseSafetensors} throws. */
export function readSafetensors(path: string, hint?: string): WeightFile {
  return parseSafetensors(readBytes(path, hint), path);
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
  const names = [...weights.keys()].sort();
  const bodies = names.map((name) => {
    const { data } = weights.get(name)!;
    const stored = storage === "f16" ? toHalf(name, data) : data;
    return new Uint8Array(stored.buffer, stored.byteOffset, stored.byteLength);
  });
  const header: Record<string, unknown> = {};
  if (Object.keys(metadata).length > 0) header.__metadata__ = Object.fromEntries(Object.entries(metadata).sort());
  let at = 0;
  names.forEach((name, index) => {
    const end = at + bodies[index]!.byteLength;
    header[name] = { dtype: storage === "f16" ? "F16" : "F32", shape: weights.get(name)!.shape, data_offsets: [at, end] };
    at = end;
  });
  const text = new TextEncoder().encode(JSON.stringify(header));
  // Spaces fill the header up, so that the tensors begin at a multiple of eight and can be viewed without a copy.
  const padded = new Uint8Array(8 + Math.ceil(text.length / 8) * 8).fill(0x20);
  new DataView(padded.buffer).setBigUint64(0, BigInt(padded.length - 8), true);
  padded.set(text, 8);
  return [padded, ...bodies];
}

/**
 * Reads the bytes of a file; `path` is for messages. Throws `weights_truncated` (the file ends early), `weights_foreign` (this is no
 * safetensors file), `weights_header` (its header contradicts itself) or `weights_dtype` (numbers that neuro does not compute with).
 */
export function parseSafetensors(bytes: Uint8Array<ArrayBuffer>, path: string): WeightFile {
  const file = new Reader(path, bytes);
  const header = file.header();
  const { __metadata__: metadata = {}, ...rest } = header.fields;
  const entries = Object.entries(rest).map(([name, value]) => file.entry(name, value));
  file.checkLayout(entries, bytes.length - header.end);
  const tensors = new Map<string, WeightTensor>();
  for (const { name, dtype, shape, start, end } of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    tensors.set(name, { shape, data: widen(bytes, dtype, header.end + start, header.end + end) });
  }
  if (!isRecord(metadata) || Object.values(metadata).some((value) => typeof value !== "string")) {
    throw file.fault("weights_header", "its __metadata__ is not a list of names and texts");
  }
  return { tensors, metadata: metadata as Record<string, string> };
}

class Reader {
  #path: string;
  #bytes: Uint8Array<ArrayBuffer>;

  constructor(path: string, bytes: Uint8Array<ArrayBuffer>) {
    this.#path = path;
    this.#bytes = bytes;
  }

  fault(code: string, what: string): NeuroError {
    const hint =
      code === "weights_truncated"
        ? "Copy or download it again, or make it again with `neuroc train`."
        : code === "weights_dtype"
          ? "Convert it to float32, float16 or bfloat16 first."
          : "Check that this is the file you mean; `neuroc train` makes weights again.";
    return new NeuroError(code, `${shown(this.#path)} cannot be used as weights: ${what}.`, { where: this.#path, hint });
  }

  header(): { fields: Record<string, unknown>; end: number } {
    const bytes = this.#bytes;
    if (bytes.length === 0) throw this.fault("weights_truncated", "the file is empty");
    if (bytes.length < 8) throw this.fault("weights_truncated", `the file has only ${bytes.length} bytes`);
    const length = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true));
    // An absurd length is some other format's first eight bytes, not a huge header.
    if (length > longestHeader || length < 2) throw this.fault("weights_foreign", `it is not a safetensors file${guess(bytes)}`);
    if (8 + length > bytes.length) {
      if (bytes.length > 8 && bytes[8] !== 0x7b)
        throw this.fault("weights_foreign", `it is not a safetensors file${guess(bytes)}`);
      throw this.fault("weights_truncated", `its header should have ${length} bytes and the file ends after ${bytes.length - 8}`);
    }
    const text = new TextDecoder().decode(bytes.subarray(8, 8 + length));
    let fields: unknown;
    try {
      fields = JSON.parse(text);
    } catch (error) {
      const code = text.trimStart().startsWith("{") ? "weights_header" : "weights_foreign";
      throw this.fault(
        code,
        code === "weights_header" ? `its header is not JSON (${(error as Error).message})` : "it is not a safetensors file",
      );
    }
    if (!isRecord(fields)) throw this.fault("weights_header", "its header is not a JSON object");
    return { fields, end: 8 + length };
  }

  entry(name: string, value: unknown): Entry {
    const { dtype, shape, data_offsets: offsets } = isRecord(value) ? value : {};
    const whole = (x: unknown): x is number => Number.isSafeInteger(x) && (x as number) >= 0;
    const wellFormed =
      typeof dtype === "string" &&
      Array.isArray(shape) &&
      shape.every(whole) &&
      Array.isArray(offsets) &&
      offsets.length === 2 &&
      offsets.every(whole);
    if (!wellFormed) throw this.fault("weights_header", `its header describes ${name} without a dtype, a shape and two offsets`);
    if (!(dtype in widths)) throw this.fault("weights_dtype", `${name} holds ${dtype}, and only F32, F16 and BF16 are read`);
    const [start, end] = offsets as [number, number];
    const needed = elements(shape) * widths[dtype as Dtype];
    if (end - start !== needed) {
      throw this.fault(
        "weights_header",
        `${name} ${shapeText(shape)} of ${dtype} needs ${needed} bytes and its offsets give ${end - start}`,
      );
    }
    return { name, dtype: dtype as Dtype, shape, start, end };
  }

  /** The tensors' bytes must follow one another from the first to the file's last byte. */
  checkLayout(entries: readonly Entry[], available: number): void {
    let at = 0;
    let before = "";
    for (const { name, start, end } of [...entries].sort((a, b) => a.start - b.start || a.end - b.end)) {
      if (start < at) throw this.fault("weights_header", `the bytes of ${name} overlap those of ${before}`);
      if (start > at) throw this.fault("weights_header", `${start - at} bytes before ${name} belong to no tensor`);
      if (end > available) {
        throw this.fault("weights_truncated", `${name} should end at byte ${end} of the data and the file ends at ${available}`);
      }
      at = end;
      before = name;
    }
    if (at < available) throw this.fault("weights_header", `${available - at} bytes after the last tensor belong to nothing`);
  }
}

function widen(bytes: Uint8Array<ArrayBuffer>, dtype: Dtype, start: number, end: number): Float32Array {
  // A copy begins at an aligned address whatever the header's length, and outlives the file's buffer.
  const part = bytes.slice(start, end).buffer;
  if (dtype === "F32") return new Float32Array(part);
  if (dtype === "F16") return Float32Array.from(new Float16Array(part));
  const words = new Uint16Array(part);
  const wide = new Uint32Array(words.length);
  for (let i = 0; i < words.length; i++) wide[i] = words[i]! << 16;
  return new Float32Array(wide.buffer);
}

/** Names a format that people take for safetensors. */
function guess(bytes: Uint8Array): string {
  const start = new TextDecoder("latin1").decode(bytes.subarray(0, 64));
  if (start.startsWith("GGUF")) return ", it is GGUF";
  if (start.startsWith("PK")) return ", it is a zip archive (perhaps a PyTorch checkpoint)";
  if (start.startsWith("version https://git-lfs")) return ", it is a Git LFS pointer: the file itself was not downloaded";
  if (/^\s*[{[]/.test(start)) return ", it is JSON";
  return start.startsWith("<") ? ", it is a web page" : "";
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return value !== null && typeof value === "object" && !Array.isArray(value);
}
