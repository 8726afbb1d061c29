/**
 * Sources that a model has read lately, by their ids: who asks the same again, or wants several answers, has it read once. The longest unused go
 * when the room is full. Knows nothing of batches or answers.
 */
import type { Tensor } from "../device/device.ts";
import { arrayOf, lengthOf } from "../device/device.ts";
import type { Read, RowSteps } from "./writer.ts";

/** Sources are read together when no more than this share of what is read is padding. */
const padding = 0.1;
/** So many at once at most, so that nobody waits long for others. */
const most = 8;

/** A row of what was read, and whether it had been read before. */
export type ReadRow = { readonly read: Read; readonly row: number; readonly reused: boolean };

export class ReadSources {
  /** How many sources were asked for, and how many of them had been read. */
  asked = 0;
  reused = 0;
  readonly #rows: RowSteps;
  readonly #room: number;
  /** By ids, the longest unused first. */
  readonly #known = new Map<string, { readonly read: Read; readonly row: number }>();

  /** `room` is how many bytes of what was read are kept. */
  constructor(rows: RowSteps, room = 256 * 2 ** 20) {
    this.#rows = rows;
    this.#room = room;
  }

  /** Reads sources. What it gives may be gone after the next call. */
  async read(sources: readonly (readonly number[])[]): Promise<ReadRow[]> {
    const names = sources.map((ids) => ids.join());
    const fresh = new Map(sources.flatMap((ids, i) => (this.#known.has(names[i]!) ? [] : [[names[i]!, ids] as const])));
    this.asked += sources.length;
    this.reused += sources.length - fresh.size;
    this.#forget(new Set(names));
    for (const group of alike([...fresh])) {
      const read = await this.#rows.read(group.map(([, ids]) => ids));
      group.forEach(([name], row) => void this.#known.set(name, { read, row }));
    }
    return names.map((name) => {
      const found = this.#known.get(name)!;
      this.#known.delete(name);
      this.#known.set(name, found);
      return { ...found, reused: !fresh.has(name) };
    });
  }

  close(): void {
    const reads = new Set([...this.#known.values()].map(({ read }) => read));
    this.#known.clear();
    for (const read of reads) this.#release(read);
  }

  /** Lets go of the longest unused until there is room; what is wanted now stays. */
  #forget(wanted: ReadonlySet<string>): void {
    let held = [...new Set([...this.#known.values()].map(({ read }) => read))].reduce((sum, read) => sum + bytesOf(read), 0);
    for (const { read } of [...this.#known.values()]) {
      if (held <= this.#room) return;
      const names = [...this.#known].filter(([, row]) => row.read === read).map(([name]) => name);
      if (names.length === 0 || names.some((name) => wanted.has(name))) continue;
      for (const name of names) this.#known.delete(name);
      this.#release(read);
      held -= bytesOf(read);
    }
  }

  #release({ tensors, next }: Read): void {
    this.#rows.device.release(...Object.values(tensors), ...(next ? [next] : []));
  }
}

/** Groups of sources of nearly one length. */
function alike(sources: readonly (readonly [string, readonly number[]])[]): (readonly [string, readonly number[]])[][] {
  const sorted = [...sources].sort(([, a], [, b]) => a.length - b.length);
  const groups: (readonly [string, readonly number[]])[][] = [];
  for (const source of sorted) {
    const group = groups.at(-1);
    const fits = group !== undefined && group.length < most && group[0]![1].length >= (1 - padding) * source[1].length;
    if (fits) group.push(source);
    else groups.push([source]);
  }
  return groups;
}

const sizeOf = ({ dtype, shape }: Tensor): number => lengthOf(dtype, shape) * arrayOf(dtype).BYTES_PER_ELEMENT;

const bytesOf = ({ tensors, next }: Read): number =>
  [...Object.values(tensors), ...(next ? [next] : [])].reduce((sum, tensor) => sum + sizeOf(tensor), 0);
