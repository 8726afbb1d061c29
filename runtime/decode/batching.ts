/**
 * Answers are written as they come: whoever comes joins the running batch between two of its steps, whoever is done leaves it. What a row writes
 * does not depend on who else is there: its randomness is its own. Knows nothing of prompts, text or requests.
 */
import type { Tensor } from "../device/device.ts";
import type { Seed } from "../random.ts";
import { reordering } from "./cache-programs.ts";
import { once } from "./caches.ts";
import { type Allowed, type Beams, chooser, cutOf, type Strategy, uniforms } from "./choose.ts";
import { Choosing, type Chosen } from "./choosing.ts";
import { repeated, type Written } from "./decode.ts";
import { ReadPrefixes } from "./read-prefixes.ts";
import { type ReadRow, ReadSources, type Sources } from "./read-sources.ts";
import { choosable } from "./sampling-programs.ts";
import { Slots } from "./slots.ts";
import type { Model, RowSteps } from "./writer.ts";

/** One row to be written. */
export type Wanted = {
  readonly source: readonly number[];
  readonly strategy: Exclude<Strategy, Beams>;
  /** The most tokens, the end token included. */
  readonly most: number;
  readonly seed: Seed;
  readonly begin: number;
  readonly end: number;
  readonly allow?: (written: readonly number[]) => Allowed | undefined;
  readonly stops?: (written: readonly number[]) => boolean;
  readonly repetition?: number;
  /** So many of the likeliest tokens are told in the place of each. */
  readonly alternatives?: number;
  readonly onToken?: (written: readonly number[]) => void;
  readonly signal?: AbortSignal;
};

/** A token that could have stood in a place, and its log-probability. */
export type Alternative = { readonly id: number; readonly logp: number };

/** A written row, with the alternatives in each place where they were asked for, and how many tokens of its source had been read before. */
export type WrittenRow = Written & { readonly alternatives: readonly (readonly Alternative[])[]; readonly reused: number };

/** What a batch is doing, and what it has done. */
export type BatchFacts = {
  readonly rows: number;
  readonly waiting: number;
  readonly slots: number;
  /** The share of the caches that holds tokens. */
  readonly filled: number;
  readonly steps: number;
  readonly tokens: number;
  /** Sources that were to be read, and of how many at least a part had been read before. */
  readonly sources: number;
  readonly reused: number;
  /** The tokens of these sources, and how many of them had been read before. */
  readonly sourceTokens: number;
  readonly reusedTokens: number;
  /** Bytes that are kept of what was read. */
  readonly kept: number;
};

type Row = Wanted & {
  readonly tokens: number[];
  readonly logps: number[];
  readonly alternativesOf: Alternative[][];
  /** Log-probabilities of what follows a prompt that was prefilled, until its first token is chosen. */
  told?: Float32Array | undefined;
  reused: number;
  ended: boolean;
  readonly resolve: (written: WrittenRow) => void;
  readonly reject: (error: unknown) => void;
};

/** Slots are given back when no more than this share of them is in use. */
const sparse = 0.5;
/** Rows that join at one step at most: who is being written should not wait long for others to be read. */
const joining = 8;
/** They are chosen among the first who wait, so many times as many. */
const choice = 3;

export class Batch {
  readonly #rows: RowSteps;
  readonly #slots: Slots;
  readonly #sources: Sources;
  readonly #choosing: Choosing;
  #row: (Row | undefined)[] = [];
  #waiting: Row[] = [];
  #running = false;
  #steps = 0;
  #tokens = 0;
  readonly #read = { sources: 0, reused: 0, sourceTokens: 0, reusedTokens: 0 };

  constructor(rows: RowSteps) {
    this.#rows = rows;
    this.#slots = new Slots(rows);
    this.#sources = rows.resume ? new ReadPrefixes(rows, rows.resume) : new ReadSources(rows);
    this.#choosing = new Choosing(rows.device, rows.step);
  }

  /** Writes a row together with whatever else is written now. Throws the signal's reason when it is aborted. */
  write(wanted: Wanted): Promise<WrittenRow> {
    return new Promise((resolve, reject) => {
      wanted.signal?.throwIfAborted();
      this.#waiting.push({ ...wanted, tokens: [], logps: [], alternativesOf: [], reused: 0, ended: false, resolve, reject });
      if (this.#running) return;
      this.#running = true;
      // Those that come in the same turn begin together.
      setImmediate(() => void this.#run());
    });
  }

  /** Gives back what the device holds for it, when nobody is being written. */
  close(): void {
    this.#sources.close();
    this.#choosing.close();
    this.#slots.close();
  }

  get facts(): BatchFacts {
    const rows = this.#row.filter((row) => row !== undefined).length;
    const { size: slots, filled } = this.#slots;
    const done = { steps: this.#steps, tokens: this.#tokens, ...this.#read };
    return { rows, waiting: this.#waiting.length, slots, filled, ...done, kept: this.#sources.bytes };
  }

  async #run(): Promise<void> {
    try {
      while (this.#waiting.length > 0 || this.#row.some((row) => row !== undefined)) await this.#turn();
      await this.#slots.arrange([]);
      this.#row = [];
    } catch (error) {
      this.#fail(error);
    }
    this.#running = false;
    // Somebody may have come while the last slots were given back.
    if (this.#waiting.length > 0) {
      this.#running = true;
      setImmediate(() => void this.#run());
    }
  }

  async #turn(): Promise<void> {
    await this.#leave();
    await this.#join();
    const live = this.#row.map((row) => row !== undefined);
    const first = this.#row.flatMap((row, slot) => (row?.told ? [slot] : []));
    // What follows a prompt is known when it was prefilled: those rows choose without a step.
    for (const slot of first) {
      const row = this.#row[slot]!;
      const next = this.#rows.device.upload("f32", [1, row.told!.length], row.told!);
      row.told = undefined;
      await this.#choose(next, [slot]);
    }
    const stepping = live.map((is, slot) => is && !first.includes(slot));
    if (!stepping.includes(true)) return;
    const tokens = this.#row.map((row) => row?.tokens.at(-1) ?? row?.begin ?? 0);
    const next = await this.#slots.step(tokens, stepping);
    this.#steps += 1;
    await this.#choose(
      next,
      [...stepping.keys()].filter((slot) => stepping[slot]),
      true,
    );
  }

  /** Rows that are done, or whose caller has left, give their slots back. */
  async #leave(): Promise<void> {
    this.#waiting = this.#waiting.filter((row) => {
      if (row.signal?.aborted) row.reject(row.signal.reason);
      return !row.signal?.aborted;
    });
    for (const [slot, row] of this.#row.entries()) {
      if (row === undefined || !(row.ended || row.tokens.length >= row.most || row.signal?.aborted)) continue;
      this.#row[slot] = undefined;
      // The last token was chosen, and not read yet.
      await this.#sources.written?.([...row.source, ...row.tokens.slice(0, -1)], this.#slots.held, slot);
      this.#slots.free(slot);
      if (row.signal?.aborted) row.reject(row.signal.reason);
      else row.resolve(writtenOf(row));
    }
  }

  /** Those who wait are read and put into slots of their own. */
  async #join(): Promise<void> {
    const coming = this.#next();
    try {
      await this.#arrange(coming.length);
      if (coming.length === 0) return;
      const found = await this.#sources.read(coming.map(({ source }) => source));
      try {
        for (const [i, row] of coming.entries()) await this.#put(row, found[i]!);
      } finally {
        for (const { done } of found) done();
      }
    } catch (error) {
      for (const row of coming) row.reject(error);
      throw error;
    }
  }

  async #put(row: Row, { read, row: at, reused }: ReadRow): Promise<void> {
    const slot = this.#row.indexOf(undefined);
    await this.#slots.put(read, at, slot);
    row.told = read.next && (await this.#rowOf(read.next, at));
    row.reused = reused;
    this.#read.sources += 1;
    this.#read.reused += Number(reused > 0);
    this.#read.sourceTokens += row.source.length;
    this.#read.reusedTokens += reused;
    this.#row[slot] = row;
  }

  /** Who waits longest, and of those behind it the ones whose sources are about as long: they are read together. */
  #next(): Row[] {
    const [first, ...others] = this.#waiting.slice(0, choice * joining);
    if (first === undefined) return [];
    const far = ({ source }: Row) => Math.abs(source.length - first.source.length);
    const coming = new Set([first, ...others.toSorted((a, b) => far(a) - far(b)).slice(0, joining - 1)]);
    this.#waiting = this.#waiting.filter((row) => !coming.has(row));
    return [...coming];
  }

  /** As many slots as rows need: twice as many as before when they are too few, fewer when most are free. */
  async #arrange(coming: number): Promise<void> {
    const live = [...this.#row.keys()].filter((slot) => this.#row[slot] !== undefined);
    const needed = live.length + coming;
    const { size } = this.#slots;
    if (needed === 0 || (needed <= size && needed > sparse * size)) return;
    const slots = needed > size && size > 0 ? Math.max(needed, Math.ceil(1.5 * size)) : needed;
    const places = Array.from({ length: slots }, (_, slot) => live[slot] ?? -1);
    const rows = places.map((place) => this.#row[place]);
    await this.#slots.arrange(places);
    this.#row = rows;
  }

  /**
   * Chooses a token for each of the slots. `next` holds log-probabilities of all slots where `whole`, else of these alone, and is released. Rows that
   * are drawn alike are drawn together where the log-probabilities lie; others, and those with penalties, from all of them.
   */
  async #choose(next: Tensor, slots: readonly number[], whole = false): Promise<void> {
    const places = whole ? slots : slots.map((_, place) => place);
    const groups = Map.groupBy([...slots.keys()], (i) => groupOf(this.#row[slots[i]!]!));
    const told = slots.some((slot) => (this.#row[slot]!.alternatives ?? 0) > 0);
    const all = told || groups.has(byHost) ? ((await this.#rows.device.read(next)) as Float32Array) : undefined;
    for (const [name, members] of groups) {
      const rows = members.map((i) => this.#row[slots[i]!]!);
      const odds = all && members.map((i) => all.subarray(places[i]! * next.shape[1]!, (places[i]! + 1) * next.shape[1]!));
      if (name === byHost) this.#took(rows, chosenHere(rows, odds!), odds);
      else if (members.length === next.shape[0]) return this.#took(rows, await this.#drawn(next, rows), odds);
      else {
        const own = await this.#picked(
          next,
          members.map((i) => places[i]!),
        );
        this.#took(rows, await this.#drawn(own, rows), odds);
      }
    }
    this.#rows.device.release(next);
  }

  /** Draws on the device from log-probabilities of these rows, which are released. */
  #drawn(next: Tensor, rows: readonly Row[]): Promise<Chosen> {
    const cut = cutOf(rows[0]!.strategy);
    const drawn = cut.temperature > 0;
    return this.#choosing.choose(next, {
      cut,
      // As numbers of 32 bits, which may not round up to 1.
      uniforms: Float32Array.from(rows, ({ seed, tokens }) =>
        drawn ? Math.min(uniforms(seed)(0, tokens.length), 1 - 2 ** -24) : 0,
      ),
      allowed: rows.map(({ allow, tokens }) => allow?.(tokens)),
    });
  }

  async #picked(next: Tensor, places: readonly number[]): Promise<Tensor> {
    const { device, step } = this.#rows;
    const port = step.outputs.find(({ name }) => name === "next")!;
    const program = await device.prepare(once(step, "pick next", () => reordering(`${step.name}.pick`, [port])));
    const to = device.upload("i32", [places.length], Int32Array.from(places));
    const out = await device.run(program, { next, places: to });
    device.release(to);
    return out.next!;
  }

  async #rowOf(next: Tensor, row: number): Promise<Float32Array> {
    const picked = await this.#picked(next, [row]);
    const values = (await this.#rows.device.read(picked)) as Float32Array;
    this.#rows.device.release(picked);
    return values;
  }

  /** Each row gets its token, and whoever watches is told. `odds` are the log-probabilities of each row, where they are at hand. */
  #took(rows: readonly Row[], { ids, logps }: Chosen, odds: readonly Float32Array[] | undefined): void {
    for (const [i, row] of rows.entries()) {
      const id = ids[i]!;
      row.tokens.push(id);
      row.logps.push(logps[i]!);
      this.#tokens += 1;
      if (row.alternatives) row.alternativesOf.push(likeliest(odds![i]!, row.alternatives));
      try {
        row.ended = id === row.end || row.stops?.(row.tokens) === true;
        row.onToken?.(row.tokens);
      } catch (error) {
        // Whoever watches a row fails alone.
        row.ended = true;
        row.reject(error);
      }
    }
  }

  /** A fault of the device is told to everybody who is being written; the batch begins anew. */
  #fail(error: unknown): void {
    for (const row of [...this.#row, ...this.#waiting]) row?.reject(error);
    this.#waiting = [];
    this.#row = [];
    this.#slots.close();
  }
}

const byHost = "host";

/** Rows of one name are drawn by one program. */
function groupOf({ strategy, repetition = 1 }: Row): string {
  const cut = cutOf(strategy);
  return repetition === 1 && choosable(cut) ? JSON.stringify(cut) : byHost;
}

function chosenHere(rows: readonly Row[], odds: readonly Float32Array[]): Chosen {
  const ids = rows.map(({ strategy, seed, tokens, allow, repetition = 1 }, i) =>
    chooser(strategy, seed)(repeated(odds[i]!, tokens, repetition), 0, tokens.length, allow?.(tokens)),
  );
  return { ids: Int32Array.from(ids), logps: Float32Array.from(ids, (id, i) => odds[i]![id]!) };
}

/** The likeliest tokens, best first; the smaller id first among equals. */
function likeliest(odds: Float32Array, most: number): Alternative[] {
  const top: Alternative[] = [];
  for (const [id, logp] of odds.entries()) {
    if (top.length === most && logp <= top.at(-1)!.logp) continue;
    const at = top.findIndex((other) => other.logp < logp);
    top.splice(at < 0 ? top.length : at, 0, { id, logp });
    if (top.length > most) top.pop();
  }
  return top;
}

const writtenOf = ({ tokens, logps, alternativesOf, ended, reused }: Row): WrittenRow => ({
  tokens,
  logps,
  ended,
  alternatives: alternativesOf,
  reused,
});

const batches = new WeakMap<Model, Batch>();

/** Closes a model that nobody uses any more, and its batch. */
export function closeModel(model: Model): void {
  batches.get(model)?.close();
  batches.delete(model);
  model.close();
}

/** The batch that a model runs; undefined where its rows cannot come and go. */
export function batchOf(model: Model): Batch | undefined {
  const known = batches.get(model);
  if (known !== undefined || model.rows === undefined) return known;
  const made = new Batch(model.rows);
  batches.set(model, made);
  return made;
}
