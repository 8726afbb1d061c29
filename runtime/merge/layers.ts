/** The number of a layer in a tensor's name, as models of the world and of std write it: `model.layers.3.mlp.up_proj.weight`, `block.3.attention.wq`. */
const numbered = /^((?:.*\.)?(?:layers|h|blocks?|blk|layer)\.)(\d+)(\..*)$/;

/** Which layer a tensor belongs to, or undefined for those outside of the stack. */
export function layerOf(name: string): number | undefined {
  const found = numbered.exec(name);
  return found ? Number(found[2]) : undefined;
}

/** The same tensor of another layer. */
export const ofLayer = (name: string, layer: number): string =>
  name.replace(numbered, (_, before, __, after) => `${before}${layer}${after}`);

/** How many layers there are: one more than the largest number. */
export const layersIn = (names: Iterable<string>): number =>
  [...names].reduce((n, name) => Math.max(n, (layerOf(name) ?? -1) + 1), 0);

/** Whether a tensor outside of the stack stands before it (embeddings) or after it (the last norm, the head). */
export const standsBefore = (name: string): boolean => /embed|wte|wpe|token|table/i.test(name);
