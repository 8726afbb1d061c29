/** The tables of steps over many tensors: those that lie in the same buffers share a dispatch. Knows the plan's words for it, no operation. */
import type { Step } from "../../kernels/render/wgsl-plan.ts";
import type { Range } from "./webgpu-program.ts";

/** One dispatch of such a step. */
export interface Tabled {
  readonly table: GPUBuffer;
  /** What stands in the places of the tensors' bindings. */
  readonly bound: readonly GPUBufferBinding[];
  /** How many workgroups it takes. */
  readonly count: number;
}

/** The dispatches of a step: `ranges` says for each tensor where its operands lie. */
export function tables(
  device: GPUDevice,
  { each, list }: NonNullable<Step["shares"]>,
  ranges: readonly (readonly Range[])[],
): Tabled[] {
  const together = new Map<string, number[]>();
  for (const [i, operands] of ranges.entries()) {
    const ids = operands.map(({ block }) => block.id);
    // WebGPU binds no buffer twice where one binding writes: such a tensor is bound alone, by its very ranges.
    const key = new Set(ids).size === ids.length ? ids.join() : `alone ${i}`;
    together.set(key, [...(together.get(key) ?? []), i]);
  }
  let first = 0;
  return [...together].map(([key, places]) => {
    const alone = key.startsWith("alone");
    const words = [places.length, 0, first];
    let count = 0;
    for (const i of places) {
      const share = list[i]!;
      words.push(count, share.count, share.formula, ...ranges[i]!.map((r) => (alone ? 0 : r.offset / 4)));
      count += Math.ceil(share.count / each);
    }
    words[1] = count;
    first += count;
    const bound = ranges[places[0]!]!.map(({ block, offset, bytes }) =>
      alone && bytes !== undefined ? { buffer: block.buffer, offset, size: bytes } : { buffer: block.buffer },
    );
    return { table: tableOf(device, words), bound, count };
  });
}

function tableOf(device: GPUDevice, words: readonly number[]): GPUBuffer {
  const table = device.createBuffer({ size: words.length * 4, usage: GPUBufferUsage.STORAGE, mappedAtCreation: true });
  new Uint32Array(table.getMappedRange()).set(words);
  table.unmap();
  return table;
}
