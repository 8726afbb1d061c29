// GGUF files put together byte by byte, as someone else's program would: what the reader is tried on.

type Value =
  | { readonly type: 4 | 6 | 8; readonly value: number | string }
  | { readonly type: 9; readonly value: readonly (number | string)[] };

/** A tensor in a file: `shape` has the fastest axis first, as GGUF lists it. */
export type RawTensor = {
  readonly name: string;
  readonly shape: readonly number[];
  readonly type: number;
  readonly bytes: Uint8Array;
};

/** The bytes of a file of version 3. */
export function ggufBytes(metadata: Readonly<Record<string, Value>>, tensors: readonly RawTensor[]): Uint8Array<ArrayBuffer> {
  const out: number[] = [];
  const number = (bytes: number, write: (view: DataView) => void): void => {
    const view = new DataView(new ArrayBuffer(bytes));
    write(view);
    out.push(...new Uint8Array(view.buffer));
  };
  const u32 = (value: number): void => number(4, (view) => view.setUint32(0, value, true));
  const u64 = (value: number): void => number(8, (view) => view.setBigUint64(0, BigInt(value), true));
  const text = (value: string): void => {
    const bytes = new TextEncoder().encode(value);
    u64(bytes.length);
    out.push(...bytes);
  };
  u32(0x46554747);
  u32(3);
  u64(tensors.length);
  u64(Object.keys(metadata).length);
  const one = (type: number, value: number | string): void => {
    if (type === 8) text(String(value));
    else if (type === 6) number(4, (view) => view.setFloat32(0, Number(value), true));
    else u32(Number(value));
  };
  for (const [key, entry] of Object.entries(metadata)) {
    text(key);
    u32(entry.type);
    if (entry.type !== 9) {
      one(entry.type, entry.value);
      continue;
    }
    const inner = typeof entry.value[0] === "string" ? 8 : key.endsWith("scores") ? 6 : 5;
    u32(inner);
    u64(entry.value.length);
    for (const each of entry.value) one(inner, each);
  }
  let at = 0;
  for (const { name, shape, type, bytes } of tensors) {
    text(name);
    u32(shape.length);
    for (const size of shape) u64(size);
    u32(type);
    u64(at);
    at += Math.ceil(bytes.length / 32) * 32;
  }
  const fill = (length: number): Uint8Array => new Uint8Array(Math.ceil(length / 32) * 32 - length);
  const parts = [Uint8Array.from(out), fill(out.length), ...tensors.flatMap(({ bytes }) => [bytes, fill(bytes.length)])];
  return Uint8Array.from(Buffer.concat(parts));
}

/** Values as GGUF types them: whole numbers, 32-bit floats (by their key), texts and lists. */
export const values = (fields: Readonly<Record<string, number | string | readonly (number | string)[]>>): Record<string, Value> =>
  Object.fromEntries(Object.entries(fields).map(([key, value]) => [key, { type: typeOf(key, value), value } as Value]));

function typeOf(key: string, value: unknown): number {
  if (Array.isArray(value)) return 9;
  return typeof value === "string" ? 8 : /eps|base/.test(key) ? 6 : 4;
}

/** The pieces of a vocabulary that llama.cpp accepts and nobody uses: three marks, every byte, then characters. */
export const plainPieces = (count: number): { text: string; score: number; kind: number }[] =>
  Array.from({ length: count }, (_, id) => {
    if (id < 3) return { text: ["<unk>", "<s>", "</s>"][id]!, score: 0, kind: id === 0 ? 2 : 3 };
    if (id >= 259) return { text: String.fromCodePoint(0x4e00 + id), score: 0, kind: 1 };
    const hex = (id - 3).toString(16).toUpperCase().padStart(2, "0");
    return { text: `<0x${hex}>`, score: 0, kind: 6 };
  });

/** The same as metadata. */
export const plainVocabulary = (count: number): Record<string, string | readonly (number | string)[]> => ({
  "tokenizer.ggml.model": "llama",
  "tokenizer.ggml.tokens": plainPieces(count).map(({ text }) => text),
  "tokenizer.ggml.scores": plainPieces(count).map(({ score }) => score),
  "tokenizer.ggml.token_type": plainPieces(count).map(({ kind }) => kind),
});

/** Floats as bytes. */
export const bytesOf = (data: Float32Array): Uint8Array => new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
