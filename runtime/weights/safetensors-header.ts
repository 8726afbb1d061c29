/**
 * The header of a safetensors file, checked against the file's length before any tensor is read: every tensor has a dtype, a shape and bytes of
 * its own, without holes or overlaps (https://github.com/huggingface/safetensors#format). Knows nothing of what the numbers mean.
 */
import { NeuroError } from "../error.ts";
import { shown } from "../files.ts";
import { elements, shapeText } from "./tensors.ts";

/** Bytes that can be read in parts: a file, or a buffer. */
export type ByteSource = {
  readonly path: string;
  readonly size: number;
  bytes(start: number, end: number): Uint8Array<ArrayBuffer>;
};

/** One tensor of the header: `start` and `end` are bytes of the file. */
export type Entry = {
  readonly name: string;
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly start: number;
  readonly end: number;
};

/** What a header says: tensors in the order of their names, and the texts of `__metadata__`. */
export type Header = { readonly entries: readonly Entry[]; readonly metadata: Readonly<Record<string, string>> };

/** Bytes of one number, for every dtype that the format has in whole bytes. */
export const widths: Readonly<Record<string, number>> = {
  BOOL: 1,
  U8: 1,
  I8: 1,
  F8_E4M3: 1,
  F8_E5M2: 1,
  I16: 2,
  U16: 2,
  F16: 2,
  BF16: 2,
  I32: 4,
  U32: 4,
  F32: 4,
  I64: 8,
  U64: 8,
  F64: 8,
};

/** The reference implementation refuses longer headers, too. */
const longestHeader = 100_000_000;

/** Reads and checks a header. Throws `weights_truncated`, `weights_foreign`, `weights_header`, `weights_dtype`. */
export function readHeader(source: ByteSource): Header {
  const { fields, end } = headerJson(source);
  const { __metadata__: metadata = {}, ...rest } = fields;
  const entries = Object.entries(rest).map(([name, value]) => entry(source, name, value, end));
  checkLayout(source, entries, end);
  if (!isRecord(metadata) || Object.values(metadata).some((value) => typeof value !== "string")) {
    throw safetensorsFault(source, "weights_header", "its __metadata__ is not a list of names and texts");
  }
  entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  return { entries, metadata: metadata as Record<string, string> };
}

/** The NeuroError for a file that cannot be used as safetensors. */
export function safetensorsFault({ path }: { readonly path: string }, code: string, what: string): NeuroError {
  const hint =
    code === "weights_truncated"
      ? "Copy or download it again, or make it again with `neuroc train`."
      : code === "weights_dtype"
        ? "Convert it to float32, float16 or bfloat16 first."
        : "Check that this is the file you mean; `neuroc train` makes weights again.";
  return new NeuroError(code, `${shown(path)} cannot be used as weights: ${what}.`, { where: path, hint });
}

function headerJson(source: ByteSource): { fields: Record<string, unknown>; end: number } {
  const fault = (code: string, what: string): NeuroError => safetensorsFault(source, code, what);
  if (source.size === 0) throw fault("weights_truncated", "the file is empty");
  if (source.size < 8) throw fault("weights_truncated", `the file has only ${source.size} bytes`);
  const first = source.bytes(0, Math.min(64, source.size));
  const length = Number(new DataView(first.buffer).getBigUint64(0, true));
  // An absurd length is some other format's first eight bytes, not a huge header.
  if (length > longestHeader || length < 2) throw fault("weights_foreign", `it is not a safetensors file${guess(first)}`);
  if (8 + length > source.size) {
    if (first.length > 8 && first[8] !== 0x7b) throw fault("weights_foreign", `it is not a safetensors file${guess(first)}`);
    throw fault("weights_truncated", `its header should have ${length} bytes and the file ends after ${source.size - 8}`);
  }
  const text = new TextDecoder().decode(source.bytes(8, 8 + length));
  let fields: unknown;
  try {
    fields = JSON.parse(text);
  } catch (error) {
    const ours = text.trimStart().startsWith("{");
    if (!ours) throw fault("weights_foreign", "it is not a safetensors file");
    throw fault("weights_header", `its header is not JSON (${(error as Error).message})`);
  }
  if (!isRecord(fields)) throw fault("weights_header", "its header is not a JSON object");
  return { fields, end: 8 + length };
}

function entry(source: ByteSource, name: string, value: unknown, base: number): Entry {
  const fault = (code: string, what: string): NeuroError => safetensorsFault(source, code, what);
  const { dtype, shape, data_offsets: offsets } = isRecord(value) ? value : {};
  const whole = (x: unknown): x is number => Number.isSafeInteger(x) && (x as number) >= 0;
  const wellFormed =
    typeof dtype === "string" &&
    Array.isArray(shape) &&
    shape.every(whole) &&
    Array.isArray(offsets) &&
    offsets.length === 2 &&
    offsets.every(whole);
  if (!wellFormed) throw fault("weights_header", `its header describes ${name} without a dtype, a shape and two offsets`);
  const width = Object.hasOwn(widths, dtype) ? widths[dtype] : undefined;
  if (width === undefined) throw fault("weights_dtype", `${name} holds ${dtype}, which is not known`);
  const [start, end] = offsets as [number, number];
  const needed = elements(shape) * width;
  if (end - start !== needed) {
    throw fault(
      "weights_header",
      `${name} ${shapeText(shape)} of ${dtype} needs ${needed} bytes and its offsets give ${end - start}`,
    );
  }
  return { name, dtype, shape, start: base + start, end: base + end };
}

/** The tensors' bytes must follow one another from the header's end to the file's last byte. */
function checkLayout(source: ByteSource, entries: readonly Entry[], base: number): void {
  const fault = (code: string, what: string): NeuroError => safetensorsFault(source, code, what);
  let at = base;
  let before = "";
  for (const { name, start, end } of [...entries].sort((a, b) => a.start - b.start || a.end - b.end)) {
    if (start < at) throw fault("weights_header", `the bytes of ${name} overlap those of ${before}`);
    if (start > at) throw fault("weights_header", `${start - at} bytes before ${name} belong to no tensor`);
    if (end > source.size) {
      const [wanted, there] = [end - base, source.size - base];
      throw fault("weights_truncated", `${name} should end at byte ${wanted} of the data and the file ends at ${there}`);
    }
    at = end;
    before = name;
  }
  if (at < source.size) throw fault("weights_header", `${source.size - at} bytes after the last tensor belong to nothing`);
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
