/**
 * Texts that a model without an encoder has read or written lately, with their caches: a text that begins like one of them is read from where it first
 * differs, whether it goes on with a conversation or shares instructions with others. The answer is what it is when all is read. Knows nothing of batches
 * or answers.
 */
import type { Tensor, Tensors } from "../device/device.ts";
import { Caches } from "./caches.ts";
import { bytesOf, type Holding, type Kept, keptOn } from "./kept.ts";
import { OneRow } from "./one-row.ts";
import { alike, type ReadRow, type Sources } from "./read-sources.ts";
import type { Read, Resume, RowSteps } from "./writer.ts";

/** Fewer tokens than these are read again: to copy them is no less work. */
const worth = 8;

type Ids = readonly number[];

/** A text, and its caches in tensors of one row. */
type Known = Holding & { readonly text: Ids; readonly tensors: Tensors };

/** A text to be read, and the one whose first `shared` tokens it begins with. */
type Beginning = { readonly text: Ids; readonly shared: number; readonly known?: Known };

/** A row of what was read. */
type Row = Omit<ReadRow, "done">;

export class ReadPrefixes implements Sources {
  readonly #rows: RowSteps;
  readonly #resume: Resume;
  readonly #row: OneRow;
  readonly #kept: Kept;
  readonly #known = new Set<Known>();

  /** `kept` is where what was read is kept: by default with everything that was read on the device. */
  constructor(rows: RowSteps, resume: Resume, kept = keptOn(rows.device)) {
    this.#rows = rows;
    this.#resume = resume;
    this.#row = new OneRow(rows.device, rows.step);
    this.#kept = kept;
  }

  get bytes(): number {
    return [...this.#known].reduce((sum, { bytes }) => sum + bytes, 0);
  }

  async read(sources: readonly Ids[]): Promise<ReadRow[]> {
    const texts = new Map(sources.map((source) => [source.join(), [this.#resume.begin, ...source]]));
    const rows = new Map<string, Row>();
    // What others among them begin with is read before them.
    for (let rest = [...texts]; rest.length > 0; rest = rest.filter(([name]) => !rows.has(name))) {
      const begun = rest.map(([name, text]) => ({ name, ...this.#beginning(text) }));
      const now = begun.filter(
        ({ text, shared }, i) => !begun.slice(0, i).some((other) => alikeIn(text, other.text) >= shared + worth),
      );
      await this.#using(now, async () => {
        const groups = alike(now, ({ text, shared }) => text.length - shared).flatMap((group) =>
          alike(group, ({ text }) => text.length),
        );
        for (const group of groups) {
          const read = await this.#group(group);
          for (const [i, { name }] of group.entries()) rows.set(name, read[i]!);
        }
      });
    }
    const names = sources.map((source) => source.join());
    const found = names.map((name, i) => {
      const row = rows.get(name)!;
      return names.indexOf(name) < i ? { ...row, reused: sources[i]!.length } : row;
    });
    return shared(found, ({ tensors, next }) => this.#rows.device.release(...Object.values(tensors), next!));
  }

  async written(source: Ids, held: Tensors, slot: number): Promise<void> {
    await this.#keep([this.#resume.begin, ...source], held, slot);
  }

  close(): void {
    for (const known of this.#known) this.#kept.drop(known);
  }

  /** What a text begins with that is known. Its last token is always read: what follows it is to be told. */
  #beginning(text: Ids): Beginning {
    let best: Beginning = { text, shared: 0 };
    for (const known of this.#known) {
      const shared = Math.min(alikeIn(text, known.text), text.length - 1);
      if (shared >= Math.max(worth, best.shared + 1)) best = { text, shared, known };
    }
    return best;
  }

  /** Does something while nothing that the texts begin with goes away. */
  async #using(texts: readonly Beginning[], work: () => Promise<void>): Promise<void> {
    const all = texts.flatMap(({ known }) => (known ? [known] : []));
    for (const known of all) this.#kept.use(known);
    await work().finally(() => {
      for (const known of all) this.#kept.done(known);
    });
  }

  /** Reads texts together, each from its own place on. */
  async #group(texts: readonly Beginning[]): Promise<Row[]> {
    const { device, step } = this.#rows;
    const longest = (of: (one: Beginning) => number) => texts.reduce((most, one) => Math.max(most, of(one)), 0);
    const room = longest(({ shared }) => shared) + longest(({ text, shared }) => text.length - shared);
    const { held } = new Caches(device, step, texts.length, room, new Map());
    for (const [row, { known }] of texts.entries()) if (known) await this.#row.put(known.tensors, held, row);
    const next = await this.#resume.read(
      held,
      texts.map(({ shared }) => shared),
      texts.map(({ text, shared }) => text.slice(shared)),
    );
    for (const [row, { text }] of texts.entries()) await this.#keep(text, held, row);
    const at = texts.map(({ text }) => text.length);
    const read: Read = { tensors: held, lengths: at, at, next };
    // The begin token is nobody's.
    return texts.map(({ shared }, row) => ({ read, row, reused: Math.max(0, shared - 1) }));
  }

  /** Keeps the caches of a text that a row holds, in the place of all that it begins with; a text that is known in a longer one is only used. */
  async #keep(text: Ids, held: Tensors, row: number): Promise<void> {
    if (this.#row.bytes(held, text.length) > this.#kept.room) return;
    const longer = [...this.#known].find((known) => alikeIn(text, known.text) === text.length);
    const known = longer ?? (await this.#taken(text, held, row));
    for (const other of this.#known)
      if (other !== known && alikeIn(text, other.text) === other.text.length) this.#kept.drop(other);
    this.#kept.use(known);
    this.#kept.done(known);
  }

  async #taken(text: Ids, held: Tensors, row: number): Promise<Known> {
    const tensors: Readonly<Record<string, Tensor>> = await this.#row.taken(held, row, text.length);
    const known: Known = {
      text,
      tensors,
      bytes: bytesOf(Object.values(tensors)),
      drop: () => {
        this.#known.delete(known);
        this.#rows.device.release(...Object.values(tensors));
      },
    };
    this.#known.add(known);
    return known;
  }
}

/** Rows with what each is told to call when it is done with; the last of those that were read together releases them. */
function shared(rows: readonly Row[], release: (read: Read) => void): ReadRow[] {
  const users = new Map<Read, number>();
  for (const { read } of rows) users.set(read, (users.get(read) ?? 0) + 1);
  return rows.map((row) => ({
    ...row,
    done: () => {
      const left = users.get(row.read)! - 1;
      users.set(row.read, left);
      if (left === 0) release(row.read);
    },
  }));
}

/** How many tokens two texts begin with alike. */
function alikeIn(a: Ids, b: Ids): number {
  const most = Math.min(a.length, b.length);
  for (let i = 0; i < most; i++) if (a[i] !== b[i]) return i;
  return most;
}
