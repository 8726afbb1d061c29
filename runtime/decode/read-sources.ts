/**
 * Sources that a model's encoder has read lately, by their ids: who asks the same again, or wants several answers, has it read once. Knows nothing of
 * batches or answers.
 */
import type { Tensors } from "../device/device.ts";
import { bytesOf, type Holding, type Kept, keptOn } from "./kept.ts";
import type { Read, RowSteps } from "./writer.ts";

/** Sources are read together when no more than this share of what is read is padding. */
const padding = 0.1;
/** So many at once at most, so that nobody waits long for others. */
const most = 8;

/** What reads the sources of a batch, and keeps what it read. */
export interface Sources {
  /** Bytes that are kept of what was read. */
  readonly bytes: number;
  read(sources: readonly (readonly number[])[]): Promise<ReadRow[]>;
  /** A row was written: the tensors of its slot hold a source and what was written after it. */
  written?(text: readonly number[], held: Tensors, slot: number): Promise<void>;
  close(): void;
}

/** A row of what was read, and how many of its tokens had been read before. It stays until `done` is called. */
export type ReadRow = { readonly read: Read; readonly row: number; readonly reused: number; done(): void };

/** Sources that were read together. */
type Group = Holding & { readonly read: Read; readonly names: readonly string[] };

export class ReadSources implements Sources {
  readonly #rows: RowSteps;
  readonly #kept: Kept;
  readonly #known = new Map<string, Group>();

  /** `kept` is where what was read is kept: by default with everything that was read on the device. */
  constructor(rows: RowSteps, kept = keptOn(rows.device)) {
    this.#rows = rows;
    this.#kept = kept;
  }

  get bytes(): number {
    return [...new Set(this.#known.values())].reduce((sum, group) => sum + group.bytes, 0);
  }

  async read(sources: readonly (readonly number[])[]): Promise<ReadRow[]> {
    const names = sources.map((ids) => ids.join());
    const known = names.map((name) => this.#known.has(name));
    const fresh = new Map(sources.flatMap((ids, i) => (known[i] ? [] : [[names[i]!, ids] as const])));
    const found = new Map<string, Group>();
    // What is wanted now is not let go of while the others are read.
    const use = (name: string, group: Group) => {
      this.#kept.use(group);
      found.set(name, group);
    };
    for (const name of new Set(names)) if (!fresh.has(name)) use(name, this.#known.get(name)!);
    try {
      for (const together of alike([...fresh], ([, ids]) => ids.length)) {
        const group = this.#group(
          together.map(([name]) => name),
          await this.#rows.read(together.map(([, ids]) => ids)),
        );
        for (const name of group.names) use(name, group);
      }
      return names.map((name, i) => {
        const group = found.get(name)!;
        this.#kept.use(group);
        const done = () => this.#kept.done(group);
        const before = known[i] || names.indexOf(name) < i;
        return { read: group.read, row: group.names.indexOf(name), reused: before ? sources[i]!.length : 0, done };
      });
    } finally {
      for (const group of found.values()) this.#kept.done(group);
    }
  }

  close(): void {
    for (const group of new Set(this.#known.values())) this.#kept.drop(group);
  }

  #group(names: readonly string[], read: Read): Group {
    const tensors = [...Object.values(read.tensors), ...(read.next ? [read.next] : [])];
    const group: Group = {
      read,
      names,
      bytes: bytesOf(tensors),
      drop: () => {
        for (const name of names) this.#known.delete(name);
        this.#rows.device.release(...tensors);
      },
    };
    for (const name of names) this.#known.set(name, group);
    return group;
  }
}

/** Groups of what is of nearly one length. */
export function alike<T>(all: readonly T[], length: (one: T) => number): T[][] {
  const groups: T[][] = [];
  for (const one of [...all].sort((a, b) => length(a) - length(b))) {
    const group = groups.at(-1);
    const fits = group !== undefined && group.length < most && length(group[0]!) >= (1 - padding) * length(one);
    if (fits) group.push(one);
    else groups.push([one]);
  }
  return groups;
}
