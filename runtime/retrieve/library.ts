/**
 * An index as a pipeline uses it: opened when it is first asked, opened anew when it was made anew meanwhile, and every way in which it can
 * be unusable told in one sentence. What is found are passages, as documents.
 */

import { statSync } from "node:fs";
import { join } from "node:path";
import { NeuroError } from "../error.ts";
import type { Doc } from "../types.ts";
import { type Language, queryTerms } from "./analysis/analyse.ts";
import { corrupt, type IndexFile, type IndexSettings, outdated, readIndexFile, settingsHash } from "./index-file.ts";
import { files } from "./sources/files.ts";
import { engineOf, isEngine } from "./store/engines.ts";
import type { PassageRow, Store } from "./store/store.ts";

/** `index` of the language: the handle that `search` takes. */
export type Index = {
  readonly name: string;
  readonly language: Language;
  /**
   * The passages that share terms with the question, best first, `score` being BM25. No terms find nothing. Throws `index_missing`,
   * `index_stale` (its settings changed) or `index_corrupt`.
   */
  find(question: string, top: number): Promise<Doc[]>;
  /** How the documents differ from those indexed, in a sentence for a person; `undefined` when they do not. Compares sizes and times. */
  drift(): Promise<string | undefined>;
  close(): void;
};

/** Which index, and what it must have been made with. */
export type OpenIndex = {
  readonly name: string;
  /** `.index/<name>`. */
  readonly folder: string;
  readonly root: string;
  readonly settings: IndexSettings;
};

/** The index in a folder. Nothing is read before it is asked. */
export function openIndex(opening: OpenIndex): Index {
  const { name, settings } = opening;
  let open: { readonly stamp: string; readonly store: Store } | undefined;
  const current = async () => {
    const stamp = stampOf(opening.folder);
    if (open !== undefined && open.stamp === stamp && stamp !== "") return open.store;
    open?.store.close();
    open = undefined;
    const store = await openStore(opening, checked(opening));
    open = { stamp, store };
    return store;
  };
  return {
    name,
    language: settings.language,
    find: async (question, top) => {
      const store = await current();
      const found = await asking(opening, () => store.search(queryTerms(question, settings.language), top));
      return found.map(({ row, score }) => docOf(row, score));
    },
    drift: () => drift(opening),
    close: () => {
      open?.store.close();
      open = undefined;
    },
  };
}

function checked({ folder, name, settings }: OpenIndex): IndexFile {
  const file = readIndexFile(folder, name);
  if (file.settings !== settingsHash(settings)) throw outdated(name, folder);
  return file;
}

async function openStore(opening: OpenIndex, file: IndexFile): Promise<Store> {
  const data = join(opening.folder, file.data);
  if (!isEngine(file.engine) || !engineOf(file.engine).holds(data)) throw corrupt(opening.name, data, "its passages are missing");
  return asking(opening, () => engineOf(file.engine).open(data));
}

async function asking<T>(opening: OpenIndex, ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof NeuroError) throw error;
    const why = error instanceof Error ? error.message.split("\n")[0]! : String(error);
    throw corrupt(opening.name, opening.folder, `its passages cannot be read (${why.slice(0, 160)})`, error);
  }
}

/** Changes when the index is made anew. */
function stampOf(folder: string): string {
  const stat = statSync(join(folder, "index.json"), { throwIfNoEntry: false });
  return stat === undefined ? "" : `${stat.mtimeMs} ${stat.ino} ${stat.size}`;
}

/** A passage as a document; a document of one passage is itself. */
function docOf(row: PassageRow, score: number): Doc {
  return {
    id: row.id,
    title: row.title,
    url: row.url,
    text: row.text,
    score,
    ...(row.id === row.document ? {} : { passage: { of: row.document, start: row.start, end: row.end } }),
    ...(row.language === "" ? {} : { language: row.language }),
  };
}

async function drift(opening: OpenIndex): Promise<string | undefined> {
  const file = checked(opening);
  const skipped = new Set(file.skipped.map((one) => one.path));
  const paths = await files(opening.settings.pattern, { root: opening.root }).paths();
  const here = new Set(paths);
  const changed = paths.filter((path) => Object.hasOwn(file.documents, path) && !same(opening.root, path, file));
  const added = paths.filter((path) => !Object.hasOwn(file.documents, path) && !skipped.has(path));
  const gone = Object.keys(file.documents).filter((path) => !here.has(path));
  const counts = [
    [added.length, "new"],
    [changed.length, "changed"],
    [gone.length, "gone"],
  ] as const;
  const said = counts.filter(([count]) => count > 0).map(([count, word]) => `${count} ${word}`);
  return said.length === 0
    ? undefined
    : `Documents of ${opening.name} differ from its index: ${said.join(", ")}. Run \`neuroc index\`.`;
}

function same(root: string, path: string, file: IndexFile): boolean {
  const stat = statSync(join(root, path), { throwIfNoEntry: false });
  const indexed = file.documents[path]!;
  return stat !== undefined && stat.size === indexed.size && Math.round(stat.mtimeMs) === indexed.time;
}
