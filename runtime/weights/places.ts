/**
 * Where a weight of std stands in the files of others and how its numbers lie there. Every map is a permutation, so importing and exporting change
 * no bit. Knows nothing of files or architectures.
 */
import type { Stored } from "./archive.ts";
import { elements } from "./tensors.ts";

/** How numbers lie elsewhere: as here, or as a matrix [out, in] that is turned. */
type Lay = "same" | "turned";

/** One weight: its path and axes here, its names elsewhere (in GGUF where that has it), and how it lies there. */
export type Place = {
  readonly path: string;
  readonly shape: readonly number[];
  readonly huggingface: string;
  readonly gguf?: string;
  /** Its shape elsewhere, slowest axis first. */
  readonly outside: readonly number[];
  readonly lay: Lay;
  /** The channels of a head where rows are turned in pairs by their position: GGUF's llama has such rows in another order. */
  readonly pairs?: number;
};

/** A weight that lies elsewhere as one row of numbers. */
export function vector(path: string, huggingface: string, shape: readonly number[], gguf?: string): Place {
  return { path, huggingface, ...(gguf !== undefined && { gguf }), shape, outside: [elements(shape)], lay: "same" };
}

/** A weight that lies elsewhere as a matrix [out, in]: here the axes that are summed stand first. */
export const matrix = (path: string, huggingface: string, shape: readonly number[], out: number, into: number): Place => ({
  ...{ path, huggingface, shape, outside: [out, into], lay: "turned" },
});

/** A weight that lies elsewhere as it does here. */
export const table = (path: string, huggingface: string, shape: readonly number[]): Place => ({
  ...{ path, huggingface, shape, outside: shape, lay: "same" },
});

/** A weight as it lies here, read from how it lies elsewhere; `interleaved` says that pairs stand side by side there. */
export function inward(place: Place, stored: Stored, interleaved: boolean): Stored {
  const read = (): Float32Array => {
    const data = stored.read();
    const halves = interleaved && place.pairs !== undefined ? paired(data, place, "halves") : data;
    return place.lay === "turned" ? transposed(halves, place.outside[0]!, place.outside[1]!) : halves;
  };
  return { name: place.path, shape: place.shape, dtype: stored.dtype, read };
}

/** A weight as it lies elsewhere, from how it lies here. */
export function outward(place: Place, data: Float32Array, interleaved: boolean): Float32Array {
  const rows = place.lay === "turned" ? transposed(data, place.outside[1]!, place.outside[0]!) : data;
  return interleaved && place.pairs !== undefined ? paired(rows, place, "neighbours") : rows;
}

/** The matrix [rows, columns] as [columns, rows], in tiles that stay in the cache. */
export function transposed(data: Float32Array, rows: number, columns: number): Float32Array {
  const out = new Float32Array(data.length);
  const tile = 32;
  for (let r0 = 0; r0 < rows; r0 += tile) {
    for (let c0 = 0; c0 < columns; c0 += tile) {
      const [r1, c1] = [Math.min(rows, r0 + tile), Math.min(columns, c0 + tile)];
      for (let r = r0; r < r1; r++) for (let c = c0; c < c1; c++) out[c * rows + r] = data[r * columns + c]!;
    }
  }
  return out;
}

/** Rows of heads whose turned pairs are the halves of a head, or neighbours: row 2f + p of a head is row p * k / 2 + f. */
function paired(data: Float32Array, { outside, pairs }: Place, into: "halves" | "neighbours"): Float32Array {
  const k = pairs!;
  const columns = outside[1] ?? 1;
  const out = new Float32Array(data.length);
  for (let row = 0; row < outside[0]!; row++) {
    const [head, at] = [row - (row % k), row % k];
    const side = head + (at % 2) * (k / 2) + (at >> 1);
    const [from, to] = into === "halves" ? [row, side] : [side, row];
    out.set(data.subarray(from * columns, (from + 1) * columns), to * columns);
  }
  return out;
}
