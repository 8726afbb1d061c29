/**
 * An index as a pipeline uses it: opened when it is first asked, opened anew when it was made anew meanwhile, and every way in which it can
 * be unusable told in one sentence. What is found are passages, as documents: by words, by meaning, or both.
 */

import { statSync } from "node:fs";
import { join } from "node:path";
import { NeuroError } from "../error.ts";
import { canonicalJson, sha256 } from "../files.ts";
import type { Doc, Docs } from "../types.ts";
import type { Language } from "./analysis/analyse.ts";
import { lucene } from "./bm25.ts";
import type { Embedder } from "./embedder.ts";
import { fuseLists } from "./fuse.ts";
import { corrupt, type IndexFile, type IndexSettings, outdated, readIndexFile, settingsHash } from "./index-file.ts";
import { documentTerms, questionTerms } from "./rows.ts";
import type { FindOptions, Searchable } from "./searchable.ts";
import type { DocumentSource } from "./sources/source.ts";
import { engineOf, isEngine } from "./store/engines.ts";
import type { FoundRow, PassageRow, Store, WeighedTerm } from "./store/store.ts";

/**
 * `index` of the language: the handle that `search` takes. Its own lists are those of its sides. Searching throws `index_missing`, `index_stale`
 * (its settings, or the weights of its embedder, changed), `index_corrupt` or `vectors_missing`.
 */
export type Index = Searchable & {
  readonly language: Language;
  /** The passages that share terms with the question, best first, `score` being BM25. No terms find nothing. */
  readonly text: Searchable;
  /** The passages whose vectors are nearest to the question's, `score` being the cosine. */
  readonly vectors: Searchable;
  /** As `text`, for terms of this index that count as much as they are said to: what feedback asks. */
  weighed(terms: readonly WeighedTerm[], top: number): Promise<Docs>;
  /** The terms of a document's title and text, as this index holds them, and those of a question. */
  termsOf(doc: Pick<Doc, "title" | "text">): string[];
  questionTerms(question: string): string[];
  /** What terms tell, among its passages, and what stands for them in keys. */
  rarity(): Promise<(term: string) => number>;
  stamp(): string;
  /** The lists for a question as one, by reciprocal ranks where there are several. */
  find(question: string, top: number, options?: FindOptions): Promise<Docs>;
  /**
   * A document as it was indexed, whole: its passages at their places, and space where nothing was kept between them. `undefined` for one that this index
   * does not hold, whatever it is called.
   */
  document(id: string): Promise<Doc | undefined>;
  /** How the documents differ from those indexed, in a sentence for a person; `undefined` when they do not. Compares stamps. */
  drift(): Promise<string | undefined>;
  close(): void;
};

/** Which index, and what it must have been made with. */
export type OpenIndex = {
  readonly name: string;
  /** `.index/<name>`. */
  readonly folder: string;
  readonly source: DocumentSource;
  readonly settings: IndexSettings;
  readonly embedder?: Embedder;
  /** Whether it is asked by its words; where it has vectors it may not be. */
  readonly words?: boolean;
};

/** Each list is at least so long before two are fused: what only one of them finds far down may still come first. */
const depth = 100;

type Opened = { readonly store: Store; readonly file: IndexFile };

/** The index in a folder. Nothing is read before it is asked. */
export function openIndex(opening: OpenIndex): Index {
  const { name, settings, embedder, words = true } = opening;
  const { ask, forget } = opener(opening);
  const text: Searchable = {
    name: `${name}.text`,
    lists: (question, top) =>
      ask(async ({ store }) => [
        documents(await asking(opening, () => store.search(questionTerms(question, settings), top)), "words"),
      ]),
  };
  const vectors: Searchable = {
    name: `${name}.vectors`,
    lists: (question, top, { signal } = {}) =>
      ask(async ({ store, file }) => {
        const vector = await vectorOf(opening, file, question, signal);
        return [vector === undefined ? [] : documents(await asking(opening, () => store.near(vector, top)), "vectors")];
      }),
  };
  const sides = embedder === undefined ? [text] : words ? [text, vectors] : [vectors];
  const lists: Searchable["lists"] = async (question, top, options) =>
    (
      await Promise.all(sides.map((side) => side.lists(question, sides.length === 1 ? top : Math.max(top, depth), options)))
    ).flat();
  return {
    name,
    language: settings.language,
    text,
    vectors,
    lists,
    weighed: (terms, top) =>
      ask(async ({ store }) => documents(await asking(opening, () => store.weighed(terms, top)), "feedback")),
    termsOf: ({ title, text: body }) => documentTerms(title, body, settings),
    questionTerms: (question) => questionTerms(question, settings),
    rarity: () => ask(async ({ store }) => asking(opening, () => store.rarity())),
    stamp: () => contentOf(opening),
    find: async (question, top, options) => joined(await lists(question, top, options), top),
    document: (id) => ask(async ({ store }) => wholeOf(await asking(opening, () => store.of(id)))),
    drift: () => drift(opening),
    close: forget,
  };
}

type Held = { readonly stamp: string; readonly opened: Promise<Opened>; busy: number; stale: boolean };

/**
 * Opens an index for the first who asks, and anew once it was made anew; what is asked meanwhile is answered from the one that it began with, or, where
 * that was swept away, from the new one.
 */
function opener(opening: OpenIndex) {
  let open: Held | undefined;
  const letGo = (held: Held): void => {
    if (held.stale && held.busy === 0) held.opened.then(({ store }) => store.close()).catch(() => {});
  };
  const forget = (): void => {
    if (open === undefined) return;
    open.stale = true;
    letGo(open);
    open = undefined;
  };
  const current = (): Held => {
    const stamp = stampOf(opening.folder);
    if (open !== undefined && open.stamp === stamp && stamp !== "") return open;
    forget();
    const opened = (async () => {
      const file = checked(opening);
      return { file, store: await openStore(opening, file) };
    })();
    const held: Held = { stamp, opened, busy: 0, stale: false };
    open = held;
    opened.catch(() => {
      if (open === held) open = undefined;
    });
    return held;
  };
  const ask = async <T>(work: (opened: Opened) => Promise<T>): Promise<T> => {
    for (let tries = 1; ; tries++) {
      const held = current();
      held.busy += 1;
      try {
        return await work(await held.opened);
      } catch (error) {
        if (tries === 3 || stampOf(opening.folder) === held.stamp) throw error;
      } finally {
        held.busy -= 1;
        letGo(held);
      }
    }
  };
  return { ask, forget };
}

/** One list as it is; several by reciprocal ranks. */
export function joined(lists: readonly Docs[], top: number): Docs {
  return lists.length === 1 ? lists[0]!.slice(0, top) : fuseLists(lists, 60, top);
}

/** The vector of a question, where the index has vectors of the weights that would make it; undefined for an empty question. */
async function vectorOf(
  { name, folder, embedder }: OpenIndex,
  file: IndexFile,
  question: string,
  signal: AbortSignal | undefined,
): Promise<Float32Array | undefined> {
  if (embedder === undefined) {
    throw new NeuroError("vectors_missing", `The index ${name} has no vectors.`, {
      hint: "Declare them: `vectors: embed(by: scout)`, then run `neuroc index`.",
    });
  }
  const key = await embedder.key();
  if (file.vectors === undefined) {
    throw new NeuroError(
      "vectors_missing",
      `The index ${name} was made before ${embedder.name} had weights, so it has no vectors.`,
      {
        hint: "Run `neuroc index`.",
      },
    );
  }
  if (file.vectors.key !== key) throw outdated(name, folder, `with vectors of other weights than ${embedder.name} has now`);
  if (question.trim() === "") return undefined;
  const [vector] = await embedder.questions([question], signal);
  return vector;
}

function checked({ folder, name, settings, source }: OpenIndex): IndexFile {
  const file = readIndexFile(folder, name);
  if (file.settings !== settingsHash(source.identity, settings)) throw outdated(name, folder);
  return file;
}

async function openStore(opening: OpenIndex, file: IndexFile): Promise<Store> {
  const data = join(opening.folder, file.data);
  const { engine } = file;
  if (!isEngine(engine) || !engineOf(engine).holds(data)) throw corrupt(opening.name, data, "its passages are missing");
  return asking(opening, () => engineOf(engine).open(data, opening.settings.weighing ?? lucene));
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

const documents = (found: readonly FoundRow[], list: string): Doc[] =>
  found.map(({ row, score }, at) => ({ ...docOf(row, score), found: { [list]: { score, place: at + 1 } } }));

/** What an index holds, as a hash: its settings, documents and vectors; empty where it was not made. */
function contentOf({ folder, name }: OpenIndex): string {
  try {
    const { settings, documents: all, vectors } = readIndexFile(folder, name);
    return sha256(canonicalJson([settings, Object.entries(all).map(([id, { hash }]) => [id, hash]), vectors?.key ?? ""]));
  } catch (error) {
    if (error instanceof NeuroError) return "";
    throw error;
  }
}

/** The document that passages were cut from, in order; they may overlap. */
function wholeOf(rows: readonly PassageRow[]): Doc | undefined {
  const [first] = rows;
  if (first === undefined) return undefined;
  let text = "";
  for (const { start, text: passage } of rows) {
    // Sentences stand a space apart, paragraphs a line or more.
    if (start > text.length) text = text.padEnd(start, start === text.length + 1 ? " " : "\n");
    text += passage.slice(text.length - start);
  }
  const { document, title, url, language } = first;
  return { id: document, title, url, text, ...(language !== "" && { language }) };
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
  const left = new Set(file.skipped.map(({ path }) => path));
  const parts = (await opening.source.parts()).filter(({ stamp }) => stamp !== undefined);
  const here = new Set(parts.map(({ path }) => path));
  const known = (path: string) => Object.hasOwn(file.parts, path);
  const changed = parts.filter(({ path, stamp }) => known(path) && file.parts[path] !== stamp);
  const added = parts.filter(({ path }) => !known(path) && !left.has(path));
  const gone = Object.keys(file.parts).filter((path) => !here.has(path));
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
