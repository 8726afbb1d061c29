/**
 * A checkpoint of karpathy/llama2.c in its first format: seven whole numbers, then all weights in 32 bits in a fixed order, with its
 * `tokenizer.bin` beside it. The file has no marks, so its length must be exactly what its sizes need.
 */
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { NeuroError } from "../error.ts";
import { readBytes, shown } from "../files.ts";
import { kinds, type Piece, tokenizerOfPieces } from "../text/pieces.ts";
import { FileParts, type Stored } from "./archive.ts";
import { type DecoderConfig, decoderPlaces } from "./decoder.ts";
import { type Foreign, type Opening, placedTensors } from "./foreign.ts";
import { elements } from "./tensors.ts";

/** Opens `model.bin`; `tokenizer.bin` of the same folder is read with it. Throws `weights_foreign`, `weights_truncated`, `tokenizer_foreign`. */
export function openLlama2c(path: string, { tokenizer: wanted = true }: Opening): Foreign {
  const file = new FileParts(path);
  try {
    const { config, window, tensors } = readCheckpoint(file);
    const vocabulary = join(dirname(path), "tokenizer.bin");
    const tokenizer = wanted && existsSync(vocabulary) ? readVocabulary(vocabulary, config.vocab) : undefined;
    return {
      format: "llama2.c",
      architecture: "Decoder",
      config,
      window,
      tensors,
      ...(tokenizer && { tokenizer }),
      notes: tokenizer ? [] : ["there is no tokenizer.bin beside it: write the tokenizer of the spec yourself"],
      files: tokenizer ? [path, vocabulary] : [path],
      close: () => file.close(),
    };
  } catch (error) {
    file.close();
    throw error;
  }
}

function readCheckpoint(file: FileParts): { config: DecoderConfig; window: number; tensors: Map<string, Stored> } {
  if (file.size < 28) throw fault(file.path, `it has only ${file.size} bytes`);
  const head = new Int32Array(file.bytes(0, 28).buffer);
  const [width, inner, depth, heads, kv, signed, window] = [...head] as [number, number, number, number, number, number, number];
  // A negative vocabulary says that words are told by a table of their own.
  const vocab = Math.abs(signed);
  const sizes = [width, inner, depth, heads, kv, vocab, window];
  // A layer has thousands of bytes: no file has more layers than that.
  const possible = sizes.every((size) => size >= 1 && size < 1 << 24) && depth < file.size / 16;
  const sound = possible && width % (2 * heads) === 0 && heads % kv === 0;
  if (!sound) throw fault(file.path, `its first seven numbers (${head.join(", ")}) are no sizes of a model`);
  const channels = width / heads;
  const rest = { base: 10_000, epsilon: 1e-5, biases: false, norms: false, reach: 0, stretch: 1, seen: 8192 };
  const config: DecoderConfig = { depth, width, heads, kv, channels, inner, vocab, tied: signed > 0, ...rest };
  const { tensors, end } = laidOut(file, config, window);
  if (end !== file.size) throw fault(file.path, `its sizes need ${end} bytes, and it has ${file.size}`);
  const archive = { path: file.path, tensors, files: [file.path], close: () => {} };
  return {
    config,
    window,
    tensors: placedTensors(archive, { architecture: "Decoder", config }, { naming: "gguf", interleaved: true }),
  };
}

/** Where each weight lies: kind by kind, all layers of a kind together, then tables of sines that are not needed. */
function laidOut(file: FileParts, config: DecoderConfig, window: number): { tensors: Map<string, Stored>; end: number } {
  const shapes = new Map(decoderPlaces(config).map((place) => [place.gguf!, place.outside]));
  const order = ["attn_norm", "attn_q", "attn_k", "attn_v", "attn_output", "ffn_norm", "ffn_gate", "ffn_down", "ffn_up"];
  const layers = Array.from({ length: config.depth }, (_, i) => i);
  const names = [
    "token_embd.weight",
    ...order.flatMap((kind) => layers.map((i) => `blk.${i}.${kind}.weight`)),
    "output_norm.weight",
  ];
  const tensors = new Map<string, Stored>();
  let at = 28;
  const add = (name: string): void => {
    const shape = shapes.get(name)!;
    const [start, end] = [at, at + elements(shape) * 4];
    tensors.set(name, { name, shape, dtype: "F32", read: () => new Float32Array(file.bytes(start, end).buffer) });
    at = end;
  };
  for (const name of names) add(name);
  at += window * config.channels * 4;
  if (!config.tied) add("output.weight");
  return { tensors, end: at };
}

/** `tokenizer.bin`: the length of the longest piece, then a score, a length and the text of each. Spaces stand as themselves. */
function readVocabulary(path: string, vocab: number): NonNullable<Foreign["tokenizer"]> {
  const bytes = readBytes(path);
  const view = new DataView(bytes.buffer);
  const pieces: Piece[] = [];
  let at = 4;
  while (pieces.length < vocab) {
    const length = at + 8 <= bytes.length ? view.getInt32(at + 4, true) : -1;
    if (length < 0 || at + 8 + length > bytes.length) {
      throw new NeuroError("tokenizer_foreign", `${shown(path)} ends after ${pieces.length} of ${vocab} pieces.`, {
        where: path,
        hint: "It belongs to another checkpoint, or was copied in part: take the one that the checkpoint was trained with.",
      });
    }
    const text = new TextDecoder().decode(bytes.subarray(at + 8, at + 8 + length));
    pieces.push(named(pieces.length, text, view.getFloat32(at, true)));
    at += 8 + length;
  }
  const json = tokenizerOfPieces(pieces, { prefix: true, begin: "<s>", path: shown(path) });
  return { json, config: { bos_token: "<s>", eos_token: "</s>", unk_token: "<unk>", add_bos_token: true } };
}

/** The first three ids have fixed meanings, then come the bytes. */
function named(id: number, text: string, score: number): Piece {
  if (id === 0) return { text: "<unk>", score, kind: kinds.unknown };
  if (id <= 2) return { text: id === 1 ? "<s>" : "</s>", score, kind: kinds.control };
  if (/^<0x[0-9A-F]{2}>$/.test(text)) return { text, score, kind: kinds.byte };
  return { text: text.replaceAll(" ", "▁"), score, kind: kinds.normal };
}

function fault(path: string, what: string): NeuroError {
  return new NeuroError("weights_foreign", `${shown(path)} cannot be read as a checkpoint of llama2.c: ${what}.`, {
    where: path,
    hint: "A .bin file is read in llama2.c's first format; a checkpoint of PyTorch is saved as safetensors first.",
  });
}
