/**
 * Passages in LanceDB: Arrow files in a folder, with a full-text index over terms that are already analysed, so that Lance only splits at
 * spaces and counts. LanceDB is heavy (native code), so it is loaded when the first index is touched.
 */

import { copyFile, link, mkdir, readdir } from "node:fs/promises";
import { join } from "node:path";
import { lucene } from "../bm25.ts";
import { type CellSizes, cellSizes, cellsOf, makeCells, nearest } from "./lance-cells.ts";
import { held } from "./memory.ts";
import { type Engine, type PassageRow, ranked, type Store, type StoreWriter, type Weighing } from "./store.ts";

type Lance = typeof import("@lancedb/lancedb");
type Table = Awaited<ReturnType<Awaited<ReturnType<Lance["connect"]>>["openTable"]>>;

const table = "passages";
const tableFolder = `${table}.lance`;
const columns = ["id", "document", "title", "url", "text", "start", "end", "language"] as const;
/** LanceDB multiplies by k1 + 1 where Lucene no longer does. */
const constant = 2.2;
/** Ties at the last place are broken by id, so a few more are asked for than are wanted. */
const spare = 16;

let loading: Promise<Lance> | undefined;
function load(): Promise<Lance> {
  // Its advice to developers ("no existing dataset, it will be created") is nothing to users.
  process.env.LANCEDB_LOG ??= "error";
  loading ??= import("@lancedb/lancedb");
  return loading;
}

/** Whether LanceDB has native code for this machine; the reason when not. */
export async function lanceMissing(): Promise<string | undefined> {
  try {
    await load();
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message.split("\n")[0] : String(error);
  }
}

/** The engine over LanceDB. It counts words with Lucene's k1 and b alone; for others the terms are held in memory. */
export const lance: Engine = lanceOf(cellSizes);

/** The same, with vectors in cells from other sizes on. */
export function lanceOf(sizes: CellSizes): Engine {
  return { name: "lancedb", create: (folder, width, from) => create(folder, width, from, sizes), open };
}

async function create(folder: string, width: number, from: string | undefined, sizes: CellSizes): Promise<StoreWriter> {
  if (from !== undefined) await takeOver(join(from, tableFolder), join(folder, tableFolder));
  const lancedb = await load();
  const connection = await lancedb.connect(folder);
  const open = from === undefined ? undefined : await connection.openTable(table);
  return writer(lancedb, open ?? (await connection.createEmptyTable(table, await schema(width))), folder, sizes);
}

/**
 * A table's files under another name: LanceDB writes a file once and never into it again, so both may have the same one. Where a disk knows no links they are
 * copied.
 */
async function takeOver(from: string, to: string): Promise<void> {
  await mkdir(to, { recursive: true });
  for (const entry of await readdir(from, { withFileTypes: true })) {
    const [here, there] = [join(from, entry.name), join(to, entry.name)];
    if (entry.isDirectory()) await takeOver(here, there);
    else await link(here, there).catch(() => copyFile(here, there));
  }
}

async function open(folder: string, weighing: Weighing): Promise<Store> {
  const lancedb = await load();
  const opened = await (await lancedb.connect(folder)).openTable(table);
  const rows = await opened.countRows();
  const cells = cellsOf(folder);
  const others = weighing.k1 !== lucene.k1 || weighing.b !== lucene.b;
  let kept: Promise<Store> | undefined;
  // What LanceDB does not count by itself is counted over all terms, held in memory from the first time that it is asked for.
  const inMemory = (): Promise<Store> => {
    kept ??= everything(opened).then((all) => held(all, weighing));
    return kept;
  };
  const own = others ? (await inMemory()).search : undefined;
  const words = async (terms: readonly string[], top: number) => {
    if (terms.length === 0 || rows === 0 || top < 1) return [];
    const query = new lancedb.MatchQuery(terms.join(" "), "terms");
    const asked = opened
      .query()
      .fullTextSearch(query)
      .limit(top + spare)
      .select([...columns, "_score"]);
    const found = await asked.toArray();
    return ranked(
      found.map((row) => ({ row: plain(row), score: Number(row._score) / constant })),
      top,
    );
  };
  return {
    search: own ?? words,
    weighed: async (terms, top) => (await inMemory()).weighed(terms, top),
    rarity: async () => (await inMemory()).rarity(),
    async near(vector, top) {
      if (rows === 0 || top < 1) return [];
      const asked = nearest(opened, vector, top + spare, cells);
      const found = await asked.select([...columns, "_distance"]).toArray();
      // Lance's distance is 1 minus the product.
      return ranked(
        found.map((row) => ({ row: plain(row), score: 1 - Number(row._distance) })),
        top,
      );
    },
    async of(document) {
      const asked = opened
        .query()
        .where(`document = ${quoted(document)}`)
        .select([...columns]);
      return (await asked.toArray()).map(plain).sort((a, b) => a.start - b.start);
    },
    close: () => opened.close(),
  };
}

/** A name as a text of a condition. */
const quoted = (name: string): string => `'${name.replaceAll("'", "''")}'`;

/** Every passage with its terms, without its vector. */
async function everything(opened: Table): Promise<PassageRow[]> {
  const found = await opened
    .query()
    .select([...columns, "terms"])
    .toArray();
  return found.map((row) => ({ ...plain(row), terms: String(row.terms) }));
}

function writer(lancedb: Lance, open: Table, folder: string, sizes: CellSizes): StoreWriter {
  return {
    async add(rows) {
      if (rows.length > 0) await open.add(rows.map((row) => ({ ...row })));
    },
    async remove(documents) {
      for (let i = 0; i < documents.length; i += 200) {
        const names = documents.slice(i, i + 200).map(quoted);
        await open.delete(`document IN (${names.join(", ")})`);
      }
    },
    async finish() {
      // Words are counted anew, so that scores are those of a set made in one go; rows that old counts know and rows that they do not would not be joined.
      for (const { name } of await open.listIndices()) await open.dropIndex(name);
      await open.optimize();
      if ((await open.countRows()) > 0) await open.createIndex("terms", { config: fullText(lancedb), replace: true });
      const { recall } = await makeCells(lancedb, open, folder, sizes);
      // Last: what was joined and indexed anew leaves files behind that nobody needs.
      await open.optimize({ cleanupOlderThan: new Date() });
      open.close();
      return recall === undefined ? {} : { recall };
    },
  };
}

function fullText(lancedb: Lance) {
  const asWritten = { lowercase: false, stem: false, removeStopWords: false, asciiFolding: false, withPosition: false };
  return lancedb.Index.fts({ ...asWritten, baseTokenizer: "whitespace", maxTokenLength: 10_000 });
}

async function schema(width: number) {
  const arrow = await import("apache-arrow");
  const whole = new Set<string>(["start", "end"]);
  const names = [...columns, "terms"];
  const fields = names.map((name) => new arrow.Field(name, whole.has(name) ? new arrow.Int32() : new arrow.Utf8(), false));
  const item = new arrow.Field("item", new arrow.Float32(), true);
  const vector = width === 0 ? [] : [new arrow.Field("vector", new arrow.FixedSizeList(width, item), true)];
  return new arrow.Schema<never>([...fields, ...vector] as never);
}

function plain(row: Record<string, unknown>): PassageRow {
  const text = (name: string) => String(row[name]);
  return {
    id: text("id"),
    document: text("document"),
    title: text("title"),
    url: text("url"),
    text: text("text"),
    start: Number(row.start),
    end: Number(row.end),
    language: text("language"),
    terms: "",
  };
}
