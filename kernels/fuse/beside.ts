/** Kernels that run side by side in one dispatch: none reads what another writes, and they read the same or come from the same. */

/** A kernel as far as its neighbours matter. */
export interface Item<T> {
  readonly of: T;
  readonly reads: ReadonlySet<unknown>;
  readonly writes: ReadonlySet<unknown>;
  /** Kernels of one kind may run side by side; one of no kind runs alone. */
  readonly kind: string | undefined;
}

interface Group<T> {
  readonly items: Item<T>[];
  readonly reads: Set<unknown>;
  readonly writes: Set<unknown>;
}

/** How many kernels run side by side at most: q, k and v, and one more. */
const most = 4;

/**
 * Groups kernels, which come in an order in which they may run, so that each still runs after what it reads. A kernel joins an earlier
 * group when everything it reads is there before that group, and together they bind at most `limit` tensors.
 */
export function beside<T>(items: readonly Item<T>[], limit: number): T[][] {
  const groups: Group<T>[] = [];
  const writer = new Map<unknown, number>();
  for (const item of items) {
    const after = Math.max(-1, ...[...item.reads].map((r) => writer.get(r) ?? -1));
    const sources = new Set([...item.reads].map((r) => writer.get(r) ?? r));
    const fits = ({ items: others, reads, writes }: Group<T>): boolean =>
      item.kind !== undefined &&
      others.length < most &&
      others.every((o) => o.kind === item.kind) &&
      new Set([...reads, ...item.reads]).size + writes.size + item.writes.size <= limit &&
      [...reads].some((r) => sources.has(writer.get(r) ?? r));
    let at = groups.findIndex((g, i) => i > after && fits(g));
    if (at < 0) at = groups.push({ items: [], reads: new Set(), writes: new Set() }) - 1;
    const group = groups[at]!;
    group.items.push(item);
    for (const r of item.reads) group.reads.add(r);
    for (const w of item.writes) {
      group.writes.add(w);
      writer.set(w, at);
    }
  }
  return groups.map((g) => g.items.map((i) => i.of));
}
