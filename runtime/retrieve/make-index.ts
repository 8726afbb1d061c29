/**
 * `neuroc index`: reads a source's documents, keeps the passages of those that did not change, and swaps the finished set in. Killed at any
 * moment, the index that was there before stays, and what was embedded so far is not embedded again. It does not know how passages are found.
 */

import { mkdirSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { NeuroError } from "../error.ts";
import { cannotWrite } from "../files.ts";
import { type Progress, silent, type Task } from "../progress.ts";
import type { TokenOffsets } from "../types.ts";
import { beginEmbedding, type Embedding, keyOf } from "./embed-rows.ts";
import type { Embedder } from "./embedder.ts";
import {
  type IndexedDocument,
  type IndexFile,
  type IndexSettings,
  readIndexFile,
  settingsHash,
  writeIndexFile,
} from "./index-file.ts";
import { roughOffsets } from "./infocontext.ts";
import { takeLock } from "./lock.ts";
import { type Prepared, type Preparing, preparing } from "./prepare.ts";
import { type DocumentSource, isSkipped, type Skipped, type SourcePart } from "./sources/source.ts";
import { engineOf, usableEngine } from "./store/engines.ts";
import type { EngineName, PassageRow, StoreWriter } from "./store/store.ts";

/** Passages that are written at once: what is held in memory. */
const batch = 1_000;

/** What is indexed, where, and how. */
export type MakeIndex = {
  readonly name: string;
  /** Where the index lives: `.index/<name>`. */
  readonly folder: string;
  readonly source: DocumentSource;
  readonly settings: IndexSettings;
  /** What turns passages into vectors, where the index is to have them. */
  readonly embedder?: Embedder;
  /** How `block:` counts tokens. */
  readonly offsets?: () => Promise<TokenOffsets>;
  /** Who reads and cuts the documents; done here without it. */
  readonly prepare?: Preparing;
  /** The engine to use; by default LanceDB, or memory where it has no native code. */
  readonly engine?: EngineName;
  /** Makes everything anew, also what did not change. */
  readonly fresh?: boolean;
  readonly progress?: Progress;
  readonly signal?: AbortSignal;
};

/** What making an index did, in documents. */
export type IndexReport = {
  readonly documents: number;
  readonly passages: number;
  /** Documents that differ from those indexed before: the sum of the next three. */
  readonly changed: number;
  readonly added: number;
  readonly edited: number;
  readonly removed: number;
  /** Passages that a model turned into vectors; the others had theirs. */
  readonly embedded: number;
  /** The share of the nearest vectors that are found, where they are so many that not all are compared. */
  readonly recall?: number;
  /** Why the index has no vectors though the spec asks for them, as a sentence. */
  readonly lacking?: string;
  readonly skipped: readonly Skipped[];
  readonly engine: EngineName;
};

/**
 * Brings an index up to date. Throws `no_documents` when the source has none, `locked`, `cannot_write`, and what a source throws that cannot be
 * asked; files and lines that cannot be read are listed in the report.
 */
export async function makeIndex(making: MakeIndex): Promise<IndexReport> {
  try {
    mkdirSync(making.folder, { recursive: true });
  } catch (error) {
    throw cannotWrite(making.folder, error);
  }
  const release = takeLock(join(making.folder, "lock"), `The index ${making.name}`);
  try {
    return await update(making);
  } finally {
    release();
  }
}

async function update(making: MakeIndex): Promise<IndexReport> {
  const { folder, name, signal, source } = making;
  const parts = await source.parts();
  if (parts.length === 0) throw nothingThere(source);
  const { key, lacking } = await keyOf(making.embedder);
  const engine = making.engine ?? (await usableEngine());
  const before = previous(making, engine, key);
  sweep(folder, currentData(making));
  const progress = making.progress ?? silent;
  const embedding = key === undefined ? undefined : beginEmbedding({ embedder: making.embedder!, key, folder, name, progress });
  const prepare = making.prepare ?? preparing(making.settings, (await making.offsets?.()) ?? roughOffsets);
  const work: Work = { making, before, engine, prepare, embedding, ...begun() };
  const task = progress.task(`index ${name}`, source.single ? parts.length : undefined, "documents");
  try {
    const known = documentsByPart(before);
    for (const [at, part] of parts.entries()) {
      signal?.throwIfAborted();
      if (!takenOver(work, part, known)) await readPart(work, part, task);
      if (source.single) task.update(at + 1);
    }
    const count = Object.keys(work.documents).length;
    if (count === 0) throw nothingReadable(source, work.skipped);
    const { recall } = await finish(work, task);
    const { added, edited, removed, passages } = work;
    const skipped = work.skipped.map(({ path, why }) => ({ path, why }));
    const changed = added + edited + removed;
    const made = { documents: count, passages, changed, added, edited, removed, embedded: embedding?.embedded() ?? 0 };
    return { ...made, ...(recall !== undefined && { recall }), ...(lacking && { lacking }), skipped, engine };
  } finally {
    embedding?.close();
  }
}

type Work = {
  readonly making: MakeIndex;
  readonly before: IndexFile | undefined;
  readonly engine: EngineName;
  readonly prepare: Preparing;
  readonly embedding: Embedding | undefined;
} & Begun;

type Begun = {
  readonly documents: Record<string, IndexedDocument>;
  readonly parts: Record<string, string>;
  readonly skipped: (Skipped & { readonly part: string })[];
  /** Documents that were read of parts that hold several. */
  seen: number;
  added: number;
  edited: number;
  removed: number;
  passages: number;
  /** Passages to be written, and edited documents whose old ones are to go. */
  rows: PassageRow[];
  stale: string[];
  /** The set being written, once something has to be. */
  writing?: { readonly data: string; readonly writer: StoreWriter };
};

/** Nothing yet, whatever names come: one may be `__proto__`. */
const none = <T>(): Record<string, T> => Object.create(null) as Record<string, T>;

const begun = (): Begun => ({
  documents: none(),
  parts: none(),
  skipped: [],
  seen: 0,
  added: 0,
  edited: 0,
  removed: 0,
  passages: 0,
  rows: [],
  stale: [],
});

function documentsByPart(before: IndexFile | undefined): ReadonlyMap<string, readonly string[]> {
  const all = Object.entries(before?.documents ?? {});
  const grouped = Map.groupBy(all, ([, { part }]) => part);
  return new Map([...grouped].map(([part, own]) => [part, own.map(([id]) => id)]));
}

/** What an index would be made from: the parts that would be read, and the hash by which a document is known that was indexed before. */
export async function toBeRead(
  making: MakeIndex,
): Promise<{ parts: SourcePart[]; known(id: string): string | undefined; key: string }> {
  const { key } = await keyOf(making.embedder);
  const before = previous(making, making.engine ?? (await usableEngine()), key);
  const parts = (await making.source.parts()).filter(({ path, stamp }) => stamp === undefined || before?.parts[path] !== stamp);
  return { parts, known: (id) => indexedBefore({ before }, id)?.hash, key: key ?? "" };
}

/** Takes over the documents of a part whose stamp is the one that it had: it is not read again. */
function takenOver(work: Work, { path, stamp }: SourcePart, known: ReadonlyMap<string, readonly string[]>): boolean {
  const { before } = work;
  if (before === undefined || stamp === undefined || before.parts[path] !== stamp) return false;
  work.parts[path] = stamp;
  work.skipped.push(...before.skipped.filter(({ part }) => part === path));
  for (const id of known.get(path) ?? []) {
    work.documents[id] = before.documents[id]!;
    work.passages += before.documents[id]!.passages;
  }
  return true;
}

async function readPart(work: Work, part: SourcePart, task: Task): Promise<void> {
  const { path, stamp } = part;
  let whole = true;
  for await (const read of work.prepare(part, work.making.signal)) {
    work.making.signal?.throwIfAborted();
    if (isSkipped(read)) {
      work.skipped.push({ ...read, part: path });
      // What cannot be read at all may be readable next time without another stamp.
      whole &&= read.path !== path;
    } else if (Object.hasOwn(work.documents, read.id))
      work.skipped.push({ path: read.id, why: "a document of this id came before it", part: path });
    else await readOne(work, path, read);
    if (!work.making.source.single) task.update(++work.seen);
  }
  if (stamp !== undefined && whole) work.parts[path] = stamp;
}

function indexedBefore({ before }: Pick<Work, "before">, id: string): IndexedDocument | undefined {
  return before !== undefined && Object.hasOwn(before.documents, id) ? before.documents[id] : undefined;
}

async function readOne(work: Work, part: string, { id, hash, rows: cut }: Prepared): Promise<void> {
  const known = indexedBefore(work, id);
  const rows = known?.hash === hash ? undefined : cut();
  const count = rows?.length ?? known!.passages;
  work.documents[id] = { hash, part, passages: count };
  work.passages += count;
  if (rows === undefined) return;
  if (known === undefined) work.added += 1;
  else {
    work.edited += 1;
    work.stale.push(id);
  }
  for (const row of rows) work.rows.push(row);
  if (work.rows.length >= batch) await flush(work);
}

/** Takes the old passages of edited documents out before the new ones come in. */
async function flush(work: Work): Promise<void> {
  const rows = work.rows.splice(0);
  const embedded = (await work.embedding?.embed(rows, work.making.signal)) ?? rows;
  const writer = await writerOf(work, embedded[0]?.vector?.length ?? 0);
  await writer.remove(work.stale.splice(0));
  await writer.add(embedded);
}

async function writerOf(work: Work, width: number): Promise<StoreWriter> {
  if (work.writing === undefined) {
    const data = `data-${Date.now().toString(36)}-${process.pid}`;
    const folder = join(work.making.folder, data);
    const from = work.before === undefined ? undefined : join(work.making.folder, work.before.data);
    const writing = <T>(write: () => Promise<T>) => written(folder, write);
    const writer = await writing(async () => {
      mkdirSync(folder);
      return engineOf(work.engine).create(folder, width, from);
    });
    work.writing = {
      data,
      writer: {
        add: (rows) => writing(() => writer.add(rows)),
        remove: (documents) => writing(() => writer.remove(documents)),
        finish: () => writing(() => writer.finish()),
      },
    };
  }
  return work.writing.writer;
}

/** An engine's failure to write is the disk's: full, read-only, gone. */
async function written<T>(folder: string, write: () => Promise<T>): Promise<T> {
  try {
    return await write();
  } catch (error) {
    throw cannotWrite(folder, error);
  }
}

async function finish(work: Work, task: Task): Promise<{ readonly recall?: number }> {
  const { making, before } = work;
  const gone = Object.keys(before?.documents ?? {}).filter((id) => !Object.hasOwn(work.documents, id));
  work.removed = gone.length;
  work.stale.push(...gone);
  if (work.rows.length > 0 || work.stale.length > 0 || before === undefined) await flush(work);
  if (work.writing !== undefined) task.update(Object.keys(work.documents).length, "writing");
  const finished = (await work.writing?.writer.finish()) ?? {};
  making.signal?.throwIfAborted();
  const data = work.writing?.data ?? before!.data;
  const { name, folder, settings, source } = making;
  const hash = settingsHash(source.identity, settings);
  const { engine, documents, parts, skipped, passages: count } = work;
  const vectors = work.embedding?.made() ?? before?.vectors;
  const file: IndexFile = { schema: 2, name, settings: hash, engine, data, passages: count, documents, parts, skipped };
  writeIndexFile(folder, vectors === undefined ? file : { ...file, vectors });
  sweep(folder, data);
  work.embedding?.tidy(count);
  task.end(`${count} passages`);
  return finished;
}

/** The index that is there, when it can be continued: same settings, engine and weights of the embedder, its passages in place. */
function previous({ folder, name, settings, source, fresh }: MakeIndex, engine: EngineName, key?: string): IndexFile | undefined {
  if (fresh) return undefined;
  try {
    const file = readIndexFile(folder, name);
    const fits = file.settings === settingsHash(source.identity, settings) && file.engine === engine && file.vectors?.key === key;
    return fits && engineOf(engine).holds(join(folder, file.data)) ? file : undefined;
  } catch (error) {
    if (error instanceof NeuroError) return undefined;
    throw error;
  }
}

/** The folder that the index in place reads, continued or not. */
function currentData({ folder, name }: MakeIndex): string | undefined {
  try {
    return readIndexFile(folder, name).data;
  } catch {
    return undefined;
  }
}

/** Removes sets that are not the current one: what killed runs and earlier versions left. */
function sweep(folder: string, current: string | undefined): void {
  for (const name of readdirSync(folder)) {
    if (!name.startsWith("data-") || name === current) continue;
    try {
      rmSync(join(folder, name), { recursive: true, force: true });
    } catch {
      // Open in another process, on systems that forbid removing such files: the next run removes it.
    }
  }
}

function nothingThere(source: DocumentSource): NeuroError {
  return new NeuroError("no_documents", `There is nothing in ${source.shown}.`, {
    hint: "Patterns and paths are relative to the spec's folder: `**/*.md` is every Markdown file below it.",
  });
}

function nothingReadable(source: DocumentSource, skipped: readonly Skipped[]): NeuroError {
  const first = skipped[0];
  const why = first === undefined ? "it is empty" : `${skipped.length} left out: ${first.path}: ${first.why}`;
  return new NeuroError("no_documents", `Nothing in ${source.shown} holds text (${why}).`, {
    hint: "Name files of text: Markdown, HTML, PDF, plain text or lines of JSON.",
  });
}
