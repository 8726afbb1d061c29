/**
 * GGUF version 3, written in one pass: the header first, then one tensor after the other, each read only when its turn comes.
 * Knows nothing of models.
 */
import { NeuroError } from "../../error.ts";
import { elements, toHalf } from "../tensors.ts";
import { toQ8 } from "./blocks.ts";

/** A value to write, with the GGUF type that readers expect of its key. */
export type Typed =
  | { readonly type: "u32" | "i32" | "f32"; readonly value: number }
  | { readonly type: "bool"; readonly value: boolean }
  | { readonly type: "text"; readonly value: string }
  | { readonly type: "texts"; readonly value: readonly string[] }
  | { readonly type: "f32s"; readonly value: readonly number[] }
  | { readonly type: "i32s"; readonly value: readonly number[] };

/** The types that are written: bit for bit, rounded to half precision, or in blocks of 32 8-bit numbers with a scale. */
export type GgufType = "F32" | "F16" | "Q8_0";

/** A tensor to write: its shape with the slowest axis first, and its numbers when they are wanted. */
export type Written = {
  readonly name: string;
  readonly shape: readonly number[];
  readonly type: GgufType;
  read(): Float32Array;
};

const alignment = 32;
const kinds = {
  F32: { number: 0, bytes: (count: number) => count * 4 },
  F16: { number: 1, bytes: (count: number) => count * 2 },
  Q8_0: { number: 8, bytes: (count: number) => (count / 32) * 34 },
} as const;

/** Whether rows of this length can be stored as a type. */
export function storable(shape: readonly number[], type: GgufType): boolean {
  return type !== "Q8_0" || (shape.at(-1) ?? 1) % 32 === 0;
}

/** The bytes of a file in parts, each tensor read when its part is asked for. Throws `weights_over_f16`, `weights_not_finite`. */
export function* ggufParts(metadata: ReadonlyMap<string, Typed>, tensors: readonly Written[]): Generator<Uint8Array> {
  const header = new Bytes();
  header.u32(0x46554747);
  header.u32(3);
  header.u64(tensors.length);
  header.u64(metadata.size);
  for (const [key, value] of metadata) {
    header.text(key);
    header.typed(value);
  }
  let offset = 0;
  for (const { name, shape, type } of tensors) {
    header.text(name);
    header.u32(shape.length);
    for (const size of [...shape].reverse()) header.u64(size);
    header.u32(kinds[type].number);
    header.u64(offset);
    offset += aligned(kinds[type].bytes(elements(shape)));
  }
  yield filled(header.bytes());
  for (const tensor of tensors) yield filled(stored(tensor));
}

function stored({ name, type, read }: Written): Uint8Array {
  const data = read();
  const numbers = type === "F16" ? toHalf(name, data) : data;
  if (type !== "Q8_0") return new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength);
  if (data.every(Number.isFinite)) return toQ8(data);
  throw new NeuroError("weights_not_finite", `${name} holds numbers that are not finite, which Q8_0 cannot hold.`, {
    hint: "Export as f32 to keep them as they are; weights that hold such numbers do not work, though.",
  });
}

const aligned = (bytes: number): number => Math.ceil(bytes / alignment) * alignment;

/** Bytes with zeros up to the next multiple of the alignment. */
function filled(bytes: Uint8Array): Uint8Array {
  if (bytes.length % alignment === 0) return bytes;
  const out = new Uint8Array(aligned(bytes.length));
  out.set(bytes);
  return out;
}

/** GGUF's numbers of the types that are written. */
const codes = { u32: 4, i32: 5, f32: 6, bool: 7, text: 8 } as const;

/** GGUF's encoding of numbers, texts and lists. */
class Bytes {
  #view = new DataView(new ArrayBuffer(1 << 16));
  #at = 0;

  bytes(): Uint8Array {
    return new Uint8Array(this.#view.buffer, 0, this.#at);
  }

  u32(value: number): void {
    this.#room(4).setUint32(this.#at - 4, value, true);
  }

  u64(value: number): void {
    this.#room(8).setBigUint64(this.#at - 8, BigInt(value), true);
  }

  text(value: string): void {
    const bytes = new TextEncoder().encode(value);
    this.u64(bytes.length);
    const view = this.#room(bytes.length);
    new Uint8Array(view.buffer).set(bytes, this.#at - bytes.length);
  }

  typed(typed: Typed): void {
    if (typed.type === "texts") this.#list(codes.text, typed.value, (each) => this.text(each));
    else if (typed.type === "f32s") this.#list(codes.f32, typed.value, (each) => this.#scalar("f32", each));
    else if (typed.type === "i32s") this.#list(codes.i32, typed.value, (each) => this.#scalar("i32", each));
    else {
      this.u32(codes[typed.type]);
      if (typed.type === "text") this.text(typed.value);
      else if (typed.type === "bool") this.#room(1).setUint8(this.#at - 1, typed.value ? 1 : 0);
      else this.#scalar(typed.type, typed.value);
    }
  }

  #list<T>(type: number, values: readonly T[], write: (value: T) => void): void {
    this.u32(9);
    this.u32(type);
    this.u64(values.length);
    for (const value of values) write(value);
  }

  #scalar(type: "u32" | "i32" | "f32", value: number): void {
    const view = this.#room(4);
    if (type === "u32") view.setUint32(this.#at - 4, value, true);
    else if (type === "i32") view.setInt32(this.#at - 4, value, true);
    else view.setFloat32(this.#at - 4, value, true);
  }

  /** Moves on by `count` bytes that are there. */
  #room(count: number): DataView {
    const end = this.#at + count;
    if (end > this.#view.byteLength) {
      const grown = new Uint8Array(Math.max(end, this.#view.byteLength * 2));
      grown.set(this.bytes());
      this.#view = new DataView(grown.buffer);
    }
    this.#at = end;
    return this.#view;
  }
}
