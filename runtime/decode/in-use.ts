/** A model that is replaced is closed when the last answer that it writes is done. Knows nothing of answers. */
import { closeModel } from "./batching.ts";
import type { Model } from "./writer.ts";

type Use = { count: number; retired: boolean };

const uses = new WeakMap<Model, Use>();

/** Uses a model for a while; it is not closed before. */
export async function whileUsed<T>(model: Model, work: () => Promise<T>): Promise<T> {
  const use = useOf(model);
  use.count += 1;
  try {
    return await work();
  } finally {
    use.count -= 1;
    closeUnused(model, use);
  }
}

/** Closes a model that nobody will ask any more: at once, or when the last who uses it is done. */
export function retire(model: Model): void {
  const use = useOf(model);
  use.retired = true;
  closeUnused(model, use);
}

function useOf(model: Model): Use {
  const use = uses.get(model) ?? { count: 0, retired: false };
  uses.set(model, use);
  return use;
}

function closeUnused(model: Model, use: Use): void {
  if (!use.retired || use.count > 0) return;
  use.retired = false;
  // The batch gives its last slots back in this turn.
  setTimeout(() => closeModel(model), 100).unref();
}
