/**
 * Passages in LanceDB: Arrow files in a folder, with a full-text index over terms that are already analysed, so that Lance only splits at
 * spaces and counts. LanceDB is heavy (native code), so it is loaded when the first index is touched.
 */

import { cp } from "node:fs/promises";
import { lucene } from "../bm25.ts";
import { held } from "./memory.ts";
import { type Engine, type PassageRow, ranked, type Store, type StoreWriter } from "./store.ts";

type Lance = typeof import("@lancedb/lancedb");
type Table = Awaited<ReturnType<Awaited<ReturnType<Lance["connect"]>>["openTable"]>>;

const table = "passages";
const columns = ["id", "document", "title", "url", "text", "start", "end", "language"] as const;
/** LanceDB multiplies by k1 + 1 where Lucene no longer does. */
const constant = 2.2;
/** Ties at the last place are broken by id, so a few more are asked for than are wanted. */
const spare = 16;

let loading: Promise<Lance> | undefined;
function load(): Promise<Lance> {
  // Its advice to developers ("no existing dataset, it will be created") is nothing to users.
  process.env.LANCE_LOG ??= "error";
  process.env.RUST_LOG ??= "error";
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
export const lance: Engine = {
  name: "lancedb",
  async create(folder, width, from) {
    if (from !== undefined) await cp(from, folder, { recursive: true });
    const lancedb = await load();
    const connection = await lancedb.connect(folder);
    const open = from === undefined ? undefined : await connection.openTable(table);
    return writer(lancedb, open ?? (await connection.createEmptyTable(table, await schema(width))));
  },
  async open(folder, weighing) {
    const lancedb = await load();
    const opened = await (await lancedb.connect(folder)).openTable(table);
    const rows = await opened.countRows();
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
        const asked = opened
          .query()
          .nearestTo(vector)
          .distanceType("dot")
          .limit(top + spare);
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
  },
};

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

function writer(lancedb: Lance, open: Table): StoreWriter {
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
      await open.optimize({ cleanupOlderThan: new Date() });
      if ((await open.countRows()) > 0) await open.createIndex("terms", { config: fullText(lancedb), replace: true });
      open.close();
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
