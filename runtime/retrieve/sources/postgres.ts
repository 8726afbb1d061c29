/**
 * `postgres("DATABASE_URL", "select ..")`: rows of a Postgres database as documents. A query without `$1` is a table of documents, to be indexed here;
 * one with `$1` is asked: `$1` is the question, `$2` how many are wanted, `$3` the question's vector as pgvector writes it. Only reading is allowed.
 */
import { NeuroError } from "../../error.ts";
import type { Doc } from "../../types.ts";
import type { Embedder } from "../embedder.ts";
import type { Searchable } from "../searchable.ts";
import type { SourceDocument } from "./document.ts";
import { secretOf } from "./request.ts";
import { type DocumentSource, isSkipped, type Skipped } from "./source.ts";

/** `postgres(env, query, by: scout)` of a spec. */
export type PostgresSource = { readonly kind: "postgres"; readonly env: string; readonly query: string };

/** A connection: `pg`'s, or PGlite's. */
export type Connection = {
  query(sql: string, values?: unknown[]): Promise<{ rows: Record<string, unknown>[] }>;
  end(): Promise<void>;
};

/** Opens a connection to an address. */
export type Connect = (url: string) => Promise<Connection>;

/** Milliseconds for one query that is asked; for one that is read whole. */
const patience = { asked: 10_000, read: 600_000 };
/** Rows that are fetched at once when all are read. */
const fetched = 1_000;

/** The rows as something to ask. Asking throws `secret_missing`, `source_unreachable`, `source_query`, `source_misfit`. */
export function openPostgres(
  name: string,
  { env, query }: PostgresSource,
  embedder: Embedder | undefined,
  connect: Connect = connectPg,
): Searchable {
  const asks = /\$3\b/.test(query) ? 3 : /\$2\b/.test(query) ? 2 : 1;
  return {
    name,
    async lists(question, top, { signal } = {}) {
      const values: unknown[] = [question, top].slice(0, Math.min(asks, 2));
      if (asks === 3) values.push(await vectorText(name, question, embedder, signal));
      return [
        await reading(name, env, connect, patience.asked, signal, async (connection) => {
          const { rows } = await connection.query(query, values);
          const read = rows.map((row, i) => docOf(name, row, `row ${i + 1}`));
          // A row that says nothing is nothing found.
          return read.flatMap((doc) => (isSkipped(doc) ? [] : [doc])).slice(0, top);
        }),
      ];
    },
  };
}

/** The rows as documents to be indexed. Every run reads them; what did not change is not indexed again. */
export function postgresDocuments(name: string, { env, query }: PostgresSource, connect: Connect = connectPg): DocumentSource {
  return {
    identity: { postgres: env, query },
    shown: `postgres("${env}", ..)`,
    parts: async () => [{ path: `${name}: ${env}`, read: (signal) => rowsOf(name, env, query, connect, signal) }],
  };
}

async function* rowsOf(
  name: string,
  env: string,
  query: string,
  connect: Connect,
  signal: AbortSignal | undefined,
): AsyncGenerator<SourceDocument | Skipped> {
  const connection = await opened(name, env, connect);
  try {
    await begin(connection, patience.read);
    await asking(name, () => connection.query(`declare documents no scroll cursor for ${query.trim().replace(/;\s*$/, "")}`));
    for (let number = 0; ; ) {
      signal?.throwIfAborted();
      const { rows } = await asking(name, () => connection.query(`fetch ${fetched} from documents`));
      if (rows.length === 0) return;
      for (const row of rows) yield readRow(name, row, `row ${++number}`);
    }
  } finally {
    await connection.end().catch(() => {});
  }
}

function readRow(name: string, row: Record<string, unknown>, place: string): SourceDocument | Skipped {
  const doc = docOf(name, row, place);
  if (isSkipped(doc)) return doc;
  const { id, title, url, text, language } = doc;
  if (text.trim() === "" && (row.title ?? "") === "") return { path: id, why: "empty" };
  return { id, title, url, text, headings: [], ...(language !== undefined && { language }) };
}

/**
 * A row is a document by its columns `id`, `title`, `text`, and `url`, `score`, `language` where it has them; without a value as `id` or `text` it is none. Throws
 * `source_misfit` for a query that has no such columns.
 */
function docOf(name: string, row: Record<string, unknown>, place: string): Doc | Skipped {
  const lacks = ["id", "text"].find((column) => !Object.hasOwn(row, column));
  if (lacks !== undefined) {
    throw new NeuroError("source_misfit", `The source ${name} gives a ${place} without \`${lacks}\`.`, {
      hint: `It has ${Object.keys(row).join(", ")}: name columns with \`as\`, such as \`select number as id, body as text\`.`,
    });
  }
  const said = (column: string): string | undefined => textOf(row[column]);
  const [id, text] = [said("id"), said("text")];
  if (id === undefined) return { path: `${name}: ${place}`, why: "its `id` is null" };
  if (text === undefined) return { path: id, why: "its `text` is null" };
  const score = Number(row.score);
  const language = said("language");
  return {
    id,
    title: said("title") ?? id,
    url: said("url") ?? id,
    text,
    ...(row.score !== undefined && row.score !== null && Number.isFinite(score) && { score }),
    ...(language !== undefined && { language }),
  };
}

/** A value as a text: servers write theirs themselves; nothing for null. */
function textOf(value: unknown): string | undefined {
  if (value === undefined || value === null) return undefined;
  if (value instanceof Date) return value.toISOString();
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

async function vectorText(name: string, question: string, embedder: Embedder | undefined, signal: AbortSignal | undefined) {
  const [vector] = (await embedder?.questions([question], signal)) ?? [];
  if (vector !== undefined) return `[${vector.join(",")}]`;
  throw new NeuroError("vectors_missing", `The source ${name} asks for a vector by $3, and names no model that makes one.`, {
    hint: "Write `by: scout`, an Embedder.",
  });
}

/** One transaction in which nothing can be written. */
async function reading<T>(
  name: string,
  env: string,
  connect: Connect,
  timeout: number,
  signal: AbortSignal | undefined,
  work: (connection: Connection) => Promise<T>,
): Promise<T> {
  signal?.throwIfAborted();
  const connection = await opened(name, env, connect);
  const stop = () => void connection.end().catch(() => {});
  signal?.addEventListener("abort", stop, { once: true });
  try {
    await begin(connection, timeout);
    return await asking(name, () => work(connection));
  } catch (error) {
    signal?.throwIfAborted();
    throw error;
  } finally {
    signal?.removeEventListener("abort", stop);
    await connection.end().catch(() => {});
  }
}

async function begin(connection: Connection, timeout: number): Promise<void> {
  await connection.query("begin read only");
  await connection.query(`set local statement_timeout = ${timeout}`);
}

async function opened(name: string, env: string, connect: Connect): Promise<Connection> {
  const url = secretOf(name, env === "" ? "DATABASE_URL" : env)!;
  try {
    return await connect(url);
  } catch (error) {
    // The address holds a password: only what the driver says is told.
    throw new NeuroError("source_unreachable", `The source ${name} cannot be reached (${reason(error).replaceAll(url, env)}).`, {
      hint: `Check the address in ${env}, and that the server runs.`,
    });
  }
}

async function asking<T>(name: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof NeuroError) throw error;
    if (isGone(error))
      throw new NeuroError("source_unreachable", `The source ${name} went away while it was read (${reason(error)}).`, {
        hint: "Try again when its server is back; what was there before stays.",
        cause: error,
      });
    throw new NeuroError("source_query", `The query of the source ${name} failed: ${reason(error)}.`, {
      hint: "Try it with psql; sources may only read.",
      cause: error,
    });
  }
}

/** Whether a connection ended, rather than a query failed. */
function isGone(error: unknown): boolean {
  const { code, message = "" } = (error ?? {}) as { code?: string; message?: string };
  return (
    ["ECONNRESET", "EPIPE", "57P01", "57P02", "57P03"].includes(code ?? "") || /Connection terminated|not queryable/.test(message)
  );
}

function reason(error: unknown): string {
  const { code, message } = (error ?? {}) as { code?: string; message?: string };
  return (message || code || String(error)).split("\n")[0]!.slice(0, 200);
}

/** A connection of the npm package `pg`. */
async function connectPg(url: string): Promise<Connection> {
  const { default: pg } = await import("pg");
  // Values come as the server writes them: a date stays its day, a number keeps its digits.
  const types = { getTypeParser: () => (value: unknown) => value };
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: patience.asked, types: types as never });
  // A server that goes away while nothing is asked is told by the next query.
  client.on("error", () => {});
  await client.connect();
  return client as unknown as Connection;
}
