/**
 * `neuroc index`: reads a source's documents, keeps the passages of those that did not change, and swaps the finished set in. Killed at any
 * moment, the index that was there before stays. It does not know how passages are found.
 */

import { mkdirSync, readdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { NeuroError } from "../error.ts";
import { cannotWrite, sha256, shown } from "../files.ts";
import { type Progress, silent, type Task } from "../progress.ts";
import { terms } from "./analysis/analyse.ts";
import {
  type IndexedDocument,
  type IndexFile,
  type IndexSettings,
  readIndexFile,
  settingsHash,
  writeIndexFile,
} from "./index-file.ts";
import { takeLock } from "./lock.ts";
import { passages, titleWeight } from "./passages.ts";
import type { SourceDocument } from "./sources/document.ts";
import { files, isSkipped, type SkippedFile } from "./sources/files.ts";
import { engineOf, usableEngine } from "./store/engines.ts";
import type { EngineName, PassageRow, StoreWriter } from "./store/store.ts";

/** Passages that are written at once: what is held in memory. */
const batch = 1_000;

/** What is indexed, where, and how. */
export type MakeIndex = {
  readonly name: string;
  /** Where the index lives: `.index/<name>`. */
  readonly folder: string;
  /** What the source's pattern is relative to. */
  readonly root: string;
  readonly settings: IndexSettings;
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
  readonly skipped: readonly SkippedFile[];
  readonly engine: EngineName;
};

/**
 * Brings an index up to date. Throws `no_documents` when nothing matches the pattern, `locked`, `cannot_write`; files that cannot be read
 * are listed in the report.
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
  const { folder, settings, signal } = making;
  const source = files(settings.pattern, { root: making.root });
  const paths = await source.paths();
  if (paths.length === 0) throw nothingMatches(settings.pattern, making.root);
  const engine = making.engine ?? (await usableEngine());
  const before = previous(making, engine);
  sweep(folder, currentData(making));
  const work: Work = {
    making,
    before,
    engine,
    documents: {},
    skipped: [],
    added: 0,
    edited: 0,
    removed: 0,
    passages: 0,
    rows: [],
    stale: [],
  };
  const task = (making.progress ?? silent).task(`index ${making.name}`, paths.length, "documents");
  for (const [at, path] of paths.entries()) {
    signal?.throwIfAborted();
    if (!unchanged(work, path)) await readOne(work, path, await source.read(path));
    task.update(at + 1);
  }
  const known = Object.keys(work.documents).length;
  if (known === 0) throw nothingReadable(settings.pattern, work.skipped);
  await finish(work, task);
  const { added, edited, removed, passages: count, skipped } = work;
  return { documents: known, passages: count, changed: added + edited + removed, added, edited, removed, skipped, engine };
}

type Work = {
  readonly making: MakeIndex;
  readonly before: IndexFile | undefined;
  readonly engine: EngineName;
  readonly documents: Record<string, IndexedDocument>;
  readonly skipped: SkippedFile[];
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

/** Takes over a document whose file has the size and time that it had: it is not read again. */
function unchanged(work: Work, path: string): boolean {
  const known = indexedBefore(work, path);
  const { size, time } = stampOf(work, path);
  if (known === undefined || known.size !== size || known.time !== time) return false;
  work.documents[path] = known;
  work.passages += known.passages;
  return true;
}

function indexedBefore({ before }: Work, id: string): IndexedDocument | undefined {
  return before !== undefined && Object.hasOwn(before.documents, id) ? before.documents[id] : undefined;
}

function stampOf(work: Work, path: string): { size: number; time: number } {
  const { size, mtimeMs } = statSync(join(work.making.root, path), { throwIfNoEntry: false }) ?? { size: 0, mtimeMs: 0 };
  return { size, time: Math.round(mtimeMs) };
}

async function readOne(work: Work, path: string, read: SourceDocument | SkippedFile): Promise<void> {
  if (isSkipped(read)) {
    work.skipped.push(read);
    return;
  }
  const hash = sha256(JSON.stringify([read.title, read.url, read.text, read.headings, read.language ?? ""]));
  const known = indexedBefore(work, read.id);
  const cut = known?.hash === hash ? undefined : passages(read);
  const count = cut?.length ?? known!.passages;
  work.documents[read.id] = { hash, ...stampOf(work, path), passages: count };
  work.passages += count;
  if (cut === undefined) return;
  if (known === undefined) work.added += 1;
  else {
    work.edited += 1;
    work.stale.push(read.id);
  }
  work.rows.push(...rowsOf(read, cut, work.making.settings));
  if (work.rows.length >= batch) await flush(work);
}

/** Takes the old passages of edited documents out before the new ones come in. */
async function flush(work: Work): Promise<void> {
  const writer = await writerOf(work);
  await writer.remove(work.stale.splice(0));
  await writer.add(work.rows.splice(0));
}

async function writerOf(work: Work): Promise<StoreWriter> {
  if (work.writing === undefined) {
    const data = `data-${Date.now().toString(36)}-${process.pid}`;
    const folder = join(work.making.folder, data);
    const from = work.before === undefined ? undefined : join(work.making.folder, work.before.data);
    const writing = <T>(write: () => Promise<T>) => written(folder, write);
    const writer = await writing(async () => {
      mkdirSync(folder);
      return engineOf(work.engine).create(folder, from);
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

async function finish(work: Work, task: Task): Promise<void> {
  const { making, before } = work;
  const gone = Object.keys(before?.documents ?? {}).filter((id) => !Object.hasOwn(work.documents, id));
  work.removed = gone.length;
  work.stale.push(...gone);
  if (work.rows.length > 0 || work.stale.length > 0 || before === undefined) await flush(work);
  if (work.writing !== undefined) {
    task.update(Object.keys(work.documents).length, "writing");
    await work.writing.writer.finish();
  }
  making.signal?.throwIfAborted();
  const data = work.writing?.data ?? before!.data;
  const { name, folder, settings } = making;
  const hash = settingsHash(settings);
  const { engine, documents, skipped, passages: count } = work;
  writeIndexFile(folder, { schema: 1, name, settings: hash, engine, data, passages: count, documents, skipped });
  sweep(folder, data);
  task.end(`${count} passages`);
}

/** The index that is there, when it can be continued: same settings, same engine, its passages in place. */
function previous({ folder, name, settings, fresh }: MakeIndex, engine: EngineName): IndexFile | undefined {
  if (fresh) return undefined;
  try {
    const file = readIndexFile(folder, name);
    const fits = file.settings === settingsHash(settings) && file.engine === engine;
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

function rowsOf(document: SourceDocument, cut: ReturnType<typeof passages>, settings: IndexSettings): PassageRow[] {
  const list = (text: string) => terms(text, settings.language).map((term) => term.text);
  const title = Array.from({ length: titleWeight }, () => list(document.title)).flat();
  return cut.map(({ start, end, path }, at) => {
    const text = document.text.slice(start, end);
    const heading = path.at(-1);
    // The passage's own first heading stands in its text already.
    const above = path.filter((one) => one.at < start).flatMap((one) => list(one.text));
    return {
      id: cut.length === 1 ? document.id : `${document.id}#${at + 1}`,
      document: document.id,
      title: document.title,
      url: heading === undefined ? document.url : `${document.url}#${heading.anchor}`,
      text,
      start,
      end,
      language: document.language ?? "",
      terms: [...title, ...above, ...list(text)].join(" "),
    };
  });
}

function nothingMatches(pattern: string, root: string): NeuroError {
  return new NeuroError("no_documents", `No file matches "${pattern}".`, {
    where: shown(root),
    hint: "Patterns are relative to the spec's folder: `**/*.md` is every Markdown file below it.",
  });
}

function nothingReadable(pattern: string, skipped: readonly SkippedFile[]): NeuroError {
  const { path, why } = skipped[0]!;
  return new NeuroError(
    "no_documents",
    `None of the ${skipped.length} files that match "${pattern}" holds text: ${path}: ${why}.`,
    {
      hint: "Name files of text: Markdown, plain text or HTML.",
    },
  );
}
