/** In which order a temporary lies in memory: as the output lies that is computed from it place by place, so that both are gone through alike. */
import type { Kernel, Store } from "../fuse.ts";
import type { Node } from "../ir/node.ts";
import { insideOf } from "./needs.ts";

const sameAxes = (a: Store, b: Store): boolean =>
  a.axes.length === b.axes.length && a.axes.every((x) => b.axes.some((y) => y.name === x.name && y.size === x.size));

const sameOrder = (a: Store, b: Store): boolean => a.axes.every((x, i) => b.axes[i]!.name === x.name);

/** Kernels and memory with temporaries in the order of the first output that is computed from them without a loop. */
export function inReadersOrder(
  kernels: readonly Kernel[],
  memory: ReadonlyMap<Node, Store>,
): { kernels: readonly Kernel[]; memory: ReadonlyMap<Node, Store> } {
  const moved = new Map<Store, Store>();
  for (const { stores, loops } of kernels) {
    const output = stores.find((s) => s.output !== undefined);
    if (loops.length > 0 || !output || output.node.op === "input") continue;
    for (const node of insideOf(output.node, (n) => memory.has(n) && !stores.some((s) => s.node === n)).reads) {
      const store = memory.get(node)!;
      const temporary = store.output === undefined && node.op !== "input" && !moved.has(store);
      if (temporary && sameAxes(store, output) && !sameOrder(store, output)) moved.set(store, { ...store, axes: output.axes });
    }
  }
  if (moved.size === 0) return { kernels, memory };
  const now = (store: Store): Store => moved.get(store) ?? store;
  return {
    kernels: kernels.map((k) => ({ ...k, stores: k.stores.map(now) })),
    memory: new Map([...memory].map(([node, store]) => [node, now(store)])),
  };
}
