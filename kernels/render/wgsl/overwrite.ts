/** Outputs that take the place of the input of their name, as weights do in training: read and written by one kernel, place by place. */
import type { Kernel, Store } from "../../fuse.ts";
import { type Node, namesOf } from "../../ir/node.ts";
import { inputOf } from "../../ir/program.ts";
import type { Overwritten, Written } from "./module.ts";

/** Whether a store has an input's name, type and order in memory. */
const replaces = (store: Store, old: Store): boolean =>
  store.output !== undefined &&
  old.node.op === "input" &&
  inputOf(old.node).name === store.output &&
  old.node.dtype === store.node.dtype &&
  namesOf(old.axes).join() === namesOf(store.axes).join();

/** Whether a shader reads and writes two bindings at one and the same place. */
function samePlace(body: string, names: readonly string[]): boolean {
  const places = new Set<string>();
  for (const [, name, place] of body.matchAll(/\b(\w+)\[([^\]]*)\]/g)) if (names.includes(name!)) places.add(place!);
  return places.size === 1;
}

/**
 * For each kernel the inputs that its outputs take the place of: it has no loop, reads the input where it writes the output, and no
 * kernel after it reads the input. `written` are the shaders as they are without.
 */
export function overwrites(kernels: readonly Kernel[], written: readonly Written[]): Overwritten[] {
  const last = new Map<Node, number>();
  for (const [i, { bound }] of written.entries())
    for (const { store, write } of bound) if (!write && store.node.op === "input") last.set(store.node, i);
  return written.map(({ body, bound }, i) => {
    if (kernels[i]!.loops.length > 0) return new Map();
    const olds = bound.filter((b) => !b.write && b.store.node.op === "input" && last.get(b.store.node) === i);
    return new Map(
      olds.flatMap((old): [Store, Store][] => {
        const fresh = bound.find((b) => b.write && replaces(b.store, old.store));
        const whole = fresh && fresh.store.node.op !== "input" && samePlace(body, [old.name, fresh.name]);
        return whole ? [[old.store, fresh.store]] : [];
      }),
    );
  });
}
