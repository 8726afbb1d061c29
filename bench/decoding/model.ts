/** The model that bench/decoding.ts decodes with: its shapes, random weights, and a GGUF file of the same shapes for llama.cpp. */
import { closeSync, openSync, writeSync } from "node:fs";
import { join } from "node:path";
import { numbers } from "../../kernels/ops/drawn.ts";

export type Precision = "f32" | "int8" | "int4";

const [width, heads, layers, inner, vocabulary] = [512, 8, 8, 1408, 8192];
/** Parameters that a token multiplies with. */
const multiplied = layers * (4 * width * width + 3 * width * inner) + width * vocabulary;
/** Bits of a weight, with the scales: llama.cpp's of blocks of 32; ours take `groups`. */
const bits = { f32: 32, int8: 8.5, int4: 4.5 };

export const shape = {
  width,
  heads,
  layers,
  inner,
  vocabulary,
  /** Bytes of weights that are read for one token. */
  bytes: (precision: Precision): number => (multiplied * bits[precision]) / 8,
};

const drawn = numbers(5);
/** Weights of a fresh model. */
export const weights = (count: number, scale = 0.04): Float32Array => {
  const pool = Float32Array.from({ length: Math.min(count, 65_521) }, () => (drawn() - 0.5) * scale);
  return Float32Array.from({ length: count }, (_, i) => pool[i % pool.length]!);
};

const half = 0x2400; // 2^-6 as a half: the scale of every block
/** A tensor of `count` weights as a type of GGML: f32, q8_0 (32 weights and a scale in 34 bytes), q4_0 (in 18). */
function block(precision: Precision, count: number): Uint8Array {
  if (precision === "f32") return new Uint8Array(weights(count).buffer);
  const size = precision === "int8" ? 34 : 18;
  const bytes = Uint8Array.from({ length: (count / 32) * size }, (_, i) => (i * 2654435761) >>> 24);
  const view = new DataView(bytes.buffer);
  for (let i = 0; i < count / 32; i++) view.setUint16(i * size, half, true);
  return bytes;
}

const kinds = { f32: 0, int4: 2, int8: 8 } as const;

class Bytes {
  readonly parts: Buffer[] = [];
  u32(v: number): this {
    const b = Buffer.alloc(4);
    b.writeUInt32LE(v);
    this.parts.push(b);
    return this;
  }
  u64(v: number): this {
    const b = Buffer.alloc(8);
    b.writeBigUInt64LE(BigInt(v));
    this.parts.push(b);
    return this;
  }
  f32(v: number): this {
    const b = Buffer.alloc(4);
    b.writeFloatLE(v);
    this.parts.push(b);
    return this;
  }
  text(v: string): this {
    const b = Buffer.from(v);
    this.u64(b.length).parts.push(b);
    return this;
  }
}

function metadata(): Bytes {
  const b = new Bytes();
  const whole: [string, number][] = [
    ["llama.context_length", 2048],
    ["llama.embedding_length", width],
    ["llama.block_count", layers],
    ["llama.feed_forward_length", inner],
    ["llama.attention.head_count", heads],
    ["llama.attention.head_count_kv", heads],
    ["llama.rope.dimension_count", width / heads],
    ["llama.vocab_size", vocabulary],
    ["tokenizer.ggml.bos_token_id", 1],
    ["tokenizer.ggml.eos_token_id", 2],
    ["tokenizer.ggml.unknown_token_id", 0],
  ];
  b.text("general.architecture").u32(8).text("llama");
  b.text("tokenizer.ggml.model").u32(8).text("llama");
  for (const [key, value] of whole) b.text(key).u32(4).u32(value);
  b.text("llama.attention.layer_norm_rms_epsilon").u32(6).f32(1e-6);
  const ids = Array.from({ length: vocabulary }, (_, i) => i);
  b.text("tokenizer.ggml.tokens").u32(9).u32(8).u64(vocabulary);
  for (const i of ids)
    b.text(
      i < 3 ? ["<unk>", "<s>", "</s>"][i]! : i < 259 ? `<0x${(i - 3).toString(16).toUpperCase().padStart(2, "0")}>` : `w${i}`,
    );
  b.text("tokenizer.ggml.scores").u32(9).u32(6).u64(vocabulary);
  for (const i of ids) b.f32(-i);
  b.text("tokenizer.ggml.token_type").u32(9).u32(5).u64(vocabulary);
  for (const i of ids) b.u32(i === 0 ? 2 : i < 3 ? 3 : i < 259 ? 6 : 1);
  return b;
}
const keys = 17;

/** Writes the file; returns its path. */
export function writeGguf(folder: string, precision: Precision): string {
  const tensors: [name: string, dims: number[], precision: Precision][] = [["token_embd.weight", [width, vocabulary], precision]];
  for (let i = 0; i < layers; i++) {
    const at = `blk.${i}`;
    for (const norm of ["attn_norm", "ffn_norm"]) tensors.push([`${at}.${norm}.weight`, [width], "f32"]);
    for (const n of ["attn_q", "attn_k", "attn_v", "attn_output"]) tensors.push([`${at}.${n}.weight`, [width, width], precision]);
    for (const n of ["ffn_gate", "ffn_up"]) tensors.push([`${at}.${n}.weight`, [width, inner], precision]);
    tensors.push([`${at}.ffn_down.weight`, [inner, width], precision]);
  }
  tensors.push(["output_norm.weight", [width], "f32"], ["output.weight", [width, vocabulary], precision]);
  const head = new Bytes().u32(0x46554747).u32(3).u64(tensors.length).u64(keys);
  head.parts.push(...metadata().parts);
  let offset = 0;
  const data = tensors.map(([name, dims, p]) => {
    head.text(name).u32(dims.length);
    for (const d of dims) head.u64(d);
    head.u32(kinds[p]).u64(offset);
    const bytes = block(
      p,
      dims.reduce((n, d) => n * d, 1),
    );
    offset += Math.ceil(bytes.length / 32) * 32;
    return bytes;
  });
  const path = join(folder, `${precision}.gguf`);
  const file = openSync(path, "w");
  const aligned = (bytes: Uint8Array) => Buffer.concat([bytes, Buffer.alloc((32 - (bytes.length % 32)) % 32)]);
  for (const part of [Buffer.concat(head.parts), ...data]) writeSync(file, aligned(part));
  closeSync(file);
  return path;
}
