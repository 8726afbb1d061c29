// A llama whose logits are its embedding: attention and feed-forward add nothing, words are told by the identity, and a large epsilon keeps
// the scale in sight. With the embedding stored as blocks of random bytes, llama.cpp's logits say what the blocks mean.
import { stream } from "../../runtime/random.ts";
import { bytesOf, ggufBytes, plainVocabulary, type RawTensor, values } from "./gguf-bytes.ts";

/** ggml's types by name: their number, and how many bytes hold how many numbers; where halves (scales) stand in a block. */
export const probed = {
  Q4_0: { number: 2, size: 32, bytes: 18, halves: [0] },
  Q4_1: { number: 3, size: 32, bytes: 20, halves: [0, 2] },
  Q5_0: { number: 6, size: 32, bytes: 22, halves: [0] },
  Q5_1: { number: 7, size: 32, bytes: 24, halves: [0, 2] },
  Q8_0: { number: 8, size: 32, bytes: 34, halves: [0] },
  Q2_K: { number: 10, size: 256, bytes: 84, halves: [80, 82] },
  Q3_K: { number: 11, size: 256, bytes: 110, halves: [108] },
  Q4_K: { number: 12, size: 256, bytes: 144, halves: [0, 2] },
  Q5_K: { number: 13, size: 256, bytes: 176, halves: [0, 2] },
  Q6_K: { number: 14, size: 256, bytes: 210, halves: [208] },
  BF16: { number: 30, size: 1, bytes: 2, halves: [] },
} as const;

export type Probed = keyof typeof probed;

const width = 256;
const rows = 272;

/** The embedding of a type: random bytes with scales of a reasonable size. */
export function probedTable(name: Probed): Uint8Array {
  const { size, bytes, halves } = probed[name];
  const source = stream(`blocks of ${name}`, "table");
  const table = Uint8Array.from({ length: (rows * width * bytes) / size }, () => Math.floor(source.uniform() * 256));
  const view = new DataView(table.buffer);
  for (let at = 0; at < table.length; at += bytes) {
    for (const place of halves) view.setFloat16(at + place, (source.uniform() - 0.3) / 32, true);
    if (name === "BF16") view.setUint16(at, (view.getUint16(at, true) & 0x80ff) | 0x3f00, true);
  }
  return table;
}

/** The file. Its epsilon is 4: a row's logits are the row over the root of 4 and its mean square. */
export function probeFile(name: Probed): Uint8Array {
  const floats = (key: string, shape: number[], fill: (i: number) => number): RawTensor => {
    const data = Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => fill(i));
    return { name: key, shape, type: 0, bytes: bytesOf(data) };
  };
  const zeros = (key: string, into: number, out: number): RawTensor => floats(`blk.0.${key}.weight`, [into, out], () => 0);
  const ones = (key: string): RawTensor => floats(`${key}.weight`, [width], () => 1);
  const sizes = { context_length: 64, embedding_length: width, block_count: 1, feed_forward_length: 32, vocab_size: rows };
  const own = { ...sizes, "attention.head_count": 4, "attention.head_count_kv": 4, "attention.layer_norm_rms_epsilon": 4 };
  return ggufBytes(
    values({
      "general.architecture": "llama",
      ...plainVocabulary(rows),
      ...Object.fromEntries(Object.entries(own).map(([key, value]) => [`llama.${key}`, value])),
    }),
    [
      { name: "token_embd.weight", shape: [width, rows], type: probed[name].number, bytes: probedTable(name) },
      ...["blk.0.attn_norm", "blk.0.ffn_norm", "output_norm"].map(ones),
      ...["attn_q", "attn_k", "attn_v", "attn_output"].map((key) => zeros(key, width, width)),
      ...["ffn_gate", "ffn_up"].map((key) => zeros(key, width, 32)),
      zeros("ffn_down", 32, width),
      floats("output.weight", [width, rows], (i) => (i % width === Math.floor(i / width) ? 1 : 0)),
    ],
  );
}
