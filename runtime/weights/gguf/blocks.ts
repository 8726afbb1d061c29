/**
 * ggml stores numbers in blocks: a few scales, then small integers. Each type is decoded here as ggml-quants.c does, to the bit.
 * Knows nothing of files.
 */
import { decoded } from "../dtypes.ts";

/** How a type lies in a file: `size` numbers in `bytes` bytes, and how they are read; `read` is absent where neuro does not. */
export type BlockType = {
  readonly name: string;
  readonly size: number;
  readonly bytes: number;
  readonly read?: (bytes: Uint8Array<ArrayBuffer>, count: number) => Float32Array;
};

/** Decodes the block at `at` into `out` from `to`. */
type Decode = (view: DataView, at: number, out: Float32Array, to: number) => void;

const half = (view: DataView, at: number): number => view.getFloat16(at, true);

function blocks(name: string, size: number, bytes: number, decode: Decode): BlockType {
  const read = (part: Uint8Array<ArrayBuffer>, count: number): Float32Array => {
    const view = new DataView(part.buffer, part.byteOffset, part.byteLength);
    const out = new Float32Array(count);
    for (let i = 0; i * size < count; i++) decode(view, i * bytes, out, i * size);
    return out;
  };
  return { name, size, bytes, read };
}

/** Types of 32 numbers with the scale first: 4-bit codes hold number l in the low and number l + 16 in the high half of byte l. */
function small(name: string, bytes: number, parts: { least: boolean; fifth: boolean; offset: number }): BlockType {
  return blocks(name, 32, bytes, (view, at, out, to) => {
    const scale = half(view, at);
    const least = parts.least ? half(view, at + 2) : 0;
    const afterScales = at + (parts.least ? 4 : 2);
    const fifth = parts.fifth ? view.getUint32(afterScales, true) : 0;
    const codes = afterScales + (parts.fifth ? 4 : 0);
    for (let l = 0; l < 16; l++) {
      const byte = view.getUint8(codes + l);
      out[to + l] = scale * ((byte & 15) + (((fifth >>> l) & 1) << 4) - parts.offset) + least;
      out[to + l + 16] = scale * ((byte >> 4) + (((fifth >>> (l + 16)) & 1) << 4) - parts.offset) + least;
    }
  });
}

const q8_0 = blocks("Q8_0", 32, 34, (view, at, out, to) => {
  const scale = half(view, at);
  for (let l = 0; l < 32; l++) out[to + l] = scale * view.getInt8(at + 2 + l);
});

/** 16 groups of 16: a 4-bit scale and a 4-bit least value each, 2-bit codes. */
const q2k = blocks("Q2_K", 256, 84, (view, at, out, to) => {
  const scale = half(view, at + 80);
  const least = half(view, at + 82);
  for (let group = 0; group < 16; group++) {
    const byte = view.getUint8(at + group);
    const [d, m] = [scale * (byte & 15), least * (byte >> 4)];
    const { codes, shift } = twoBits(at + 16, group);
    for (let l = 0; l < 16; l++) out[to + group * 16 + l] = d * ((view.getUint8(codes + l) >> shift) & 3) - m;
  }
});

/** 16 groups of 16: a signed 6-bit scale each, 2-bit codes whose third bit, inverted, lies apart. */
const q3k = blocks("Q3_K", 256, 110, (view, at, out, to) => {
  const scale = half(view, at + 108);
  for (let group = 0; group < 16; group++) {
    const low = view.getUint8(at + 96 + (group % 8)) >> (group < 8 ? 0 : 4);
    const high = view.getUint8(at + 104 + (group % 4)) >> (2 * (group >> 2));
    const d = scale * (((low & 15) | ((high & 3) << 4)) - 32);
    const { codes, shift } = twoBits(at + 32, group);
    const bits = at + 16 * (group % 2);
    for (let l = 0; l < 16; l++) {
      const lowered = (view.getUint8(bits + l) >> (group >> 1)) & 1 ? 0 : 4;
      out[to + group * 16 + l] = d * (((view.getUint8(codes + l) >> shift) & 3) - lowered);
    }
  }
});

/** Where the 2-bit codes of a group of 16 begin: 128 numbers share 32 bytes, two bits of each byte for every 32 of them. */
const twoBits = (codes: number, group: number): { codes: number; shift: number } => ({
  codes: codes + 32 * (group >> 3) + 16 * (group % 2),
  shift: 2 * ((group >> 1) % 4),
});

/** The 6-bit scale and least value of group `j` of eight, packed into twelve bytes. */
function sixBits(view: DataView, at: number, j: number): [number, number] {
  const byte = (i: number): number => view.getUint8(at + i);
  if (j < 4) return [byte(j) & 63, byte(j + 4) & 63];
  return [(byte(j + 4) & 15) | ((byte(j - 4) >> 6) << 4), (byte(j + 4) >> 4) | ((byte(j) >> 6) << 4)];
}

/** Eight groups of 32: a 6-bit scale and least value each; 4-bit codes, and in Q5_K a fifth bit that lies apart. */
function wide(name: string, bytes: number, fifth: boolean): BlockType {
  return blocks(name, 256, bytes, (view, at, out, to) => {
    const scale = half(view, at);
    const least = half(view, at + 2);
    const codes = at + (fifth ? 48 : 16);
    for (let group = 0; group < 8; group++) {
      const [s, m] = sixBits(view, at + 4, group);
      const [d, low] = [scale * s, least * m];
      for (let l = 0; l < 32; l++) {
        const code = (view.getUint8(codes + 32 * (group >> 1) + l) >> (4 * (group % 2))) & 15;
        const top = fifth ? ((view.getUint8(at + 16 + l) >> group) & 1) << 4 : 0;
        out[to + group * 32 + l] = d * (code + top) - low;
      }
    }
  });
}

/** 16 groups of 16: a signed 8-bit scale each; 6-bit codes as four and two bits. */
const q6k = blocks("Q6_K", 256, 210, (view, at, out, to) => {
  const scale = half(view, at + 208);
  for (let i = 0; i < 256; i++) {
    const [part, row, l] = [i >> 7, (i >> 5) & 3, i & 31];
    const low = (view.getUint8(at + 64 * part + 32 * (row % 2) + l) >> (row < 2 ? 0 : 4)) & 15;
    const high = (view.getUint8(at + 128 + 32 * part + l) >> (2 * row)) & 3;
    out[to + i] = scale * view.getInt8(at + 192 + (i >> 4)) * ((low | (high << 4)) - 32);
  }
});

const plain = (name: string, bytes: number, read?: BlockType["read"]): BlockType =>
  read === undefined ? { name, size: 1, bytes } : { name, size: 1, bytes, read };

/** ggml's types by their number in a file (ggml.h, `enum ggml_type`). */
export const blockTypes: ReadonlyMap<number, BlockType> = new Map([
  [0, plain("F32", 4, (bytes) => new Float32Array(bytes.buffer))],
  [1, plain("F16", 2, (bytes) => Float32Array.from(new Float16Array(bytes.buffer)))],
  [2, small("Q4_0", 18, { least: false, fifth: false, offset: 8 })],
  [3, small("Q4_1", 20, { least: true, fifth: false, offset: 0 })],
  [6, small("Q5_0", 22, { least: false, fifth: true, offset: 16 })],
  [7, small("Q5_1", 24, { least: true, fifth: true, offset: 0 })],
  [8, q8_0],
  [10, q2k],
  [11, q3k],
  [12, wide("Q4_K", 144, false)],
  [13, wide("Q5_K", 176, true)],
  [14, q6k],
  [16, { name: "IQ2_XXS", size: 256, bytes: 66 }],
  [17, { name: "IQ2_XS", size: 256, bytes: 74 }],
  [18, { name: "IQ3_XXS", size: 256, bytes: 98 }],
  [19, { name: "IQ1_S", size: 256, bytes: 50 }],
  [20, { name: "IQ4_NL", size: 32, bytes: 18 }],
  [21, { name: "IQ3_S", size: 256, bytes: 110 }],
  [22, { name: "IQ2_S", size: 256, bytes: 82 }],
  [23, { name: "IQ4_XS", size: 256, bytes: 136 }],
  [24, plain("I8", 1)],
  [25, plain("I16", 2)],
  [26, plain("I32", 4)],
  [27, plain("I64", 8)],
  [28, plain("F64", 8, (bytes) => Float32Array.from(new Float64Array(bytes.buffer)))],
  [29, { name: "IQ1_M", size: 256, bytes: 56 }],
  [30, plain("BF16", 2, (bytes) => decoded(new Uint16Array(bytes.buffer), "bf16") as Float32Array)],
  [34, { name: "TQ1_0", size: 256, bytes: 54 }],
  [35, { name: "TQ2_0", size: 256, bytes: 66 }],
  [39, { name: "MXFP4", size: 32, bytes: 17 }],
]);

/** Numbers as Q8_0: 32 share the scale max / 127, rounded half away from zero as ggml rounds in `quantize_row_q8_0_ref`. */
export function toQ8(data: Float32Array): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array((data.length / 32) * 34);
  const view = new DataView(bytes.buffer);
  for (let block = 0; block * 32 < data.length; block++) {
    let most = 0;
    for (let l = 0; l < 32; l++) most = Math.max(most, Math.abs(data[block * 32 + l]!));
    const scale = Math.fround(most / 127);
    const inverse = scale === 0 ? 0 : Math.fround(1 / scale);
    view.setFloat16(block * 34, scale, true);
    for (let l = 0; l < 32; l++) {
      const x = Math.fround(data[block * 32 + l]! * inverse);
      view.setInt8(block * 34 + 2 + l, Math.sign(x) * Math.round(Math.abs(x)));
    }
  }
  return bytes;
}
