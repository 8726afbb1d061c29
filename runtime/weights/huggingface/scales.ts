/**
 * Weights kept in 8-bit floats lie beside their scales: one number for a tensor, for each row, or for each block of it. A reader gets the
 * product. Knows nothing of models.
 */

import type { Fields } from "../../fields.ts";
import type { Archive, Stored } from "../archive.ts";
import { disagreement } from "../foreign.ts";
import { elements, shapeText } from "../tensors.ts";

const suffix = /(_scale_inv|_scale)$/;
/** Scales of activations, which a product in 32 bits does not need. */
const unneeded = /\.(input_scale|input_activation_scale|k_scale|v_scale)$/;

/** The archive with its scales multiplied into what they scale. Throws `weights_differ` for scales that do not fit. */
export function descaled(archive: Archive, config: Fields): Archive {
  const block = config.inner("quantization_config")?.get("weight_block_size");
  const [high, wide] = Array.isArray(block) && block.length === 2 ? (block as [number, number]) : [undefined, undefined];
  const tensors = new Map<string, Stored>();
  for (const [name, stored] of archive.tensors) {
    if (unneeded.test(name) || (suffix.test(name) && archive.tensors.has(name.replace(suffix, "")))) continue;
    const scale = archive.tensors.get(`${name}_scale_inv`) ?? archive.tensors.get(`${name}_scale`);
    tensors.set(name, scale === undefined ? stored : product(archive.path, stored, scale, { high, wide }));
  }
  return { ...archive, tensors };
}

function product(
  path: string,
  stored: Stored,
  scale: Stored,
  block: { high?: number | undefined; wide?: number | undefined },
): Stored {
  const [rows = 1, columns = 1] = stored.shape;
  const [down, across] = scale.shape.length === 2 ? [scale.shape[0]!, scale.shape[1]!] : [elements(scale.shape), 1];
  const high = down === 1 ? rows : down === rows ? 1 : (block.high ?? 0);
  const wide = across === 1 ? columns : across === columns ? 1 : (block.wide ?? 0);
  if (Math.ceil(rows / high) !== down || Math.ceil(columns / wide) !== across) {
    throw disagreement(path, [
      `${scale.name} ${shapeText(scale.shape)} does not scale ${stored.name} ${shapeText(stored.shape)}`,
    ]);
  }
  const read = (): Float32Array => {
    const [data, scales] = [stored.read(), scale.read()];
    for (let row = 0; row < rows; row++) {
      const line = Math.floor(row / high) * across;
      for (let column = 0; column < columns; column++) data[row * columns + column]! *= scales[line + Math.floor(column / wide)]!;
    }
    return data;
  };
  return { ...stored, dtype: `${stored.dtype} scaled`, read };
}
