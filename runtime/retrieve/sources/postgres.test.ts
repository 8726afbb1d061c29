// Postgres as a source, on PGlite with pgvector, which speaks the same SQL as a server does.

import type { AddressInfo } from "node:net";
import { createServer } from "node:net";
import { PGlite } from "@electric-sql/pglite";
import { vector } from "@electric-sql/pglite-pgvector";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Embedder } from "../embedder.ts";
import { type Connect, openPostgres, postgresDocuments } from "./postgres.ts";
import { isSkipped } from "./source.ts";

let database: PGlite;
const embedder = {
  questions: async (texts: readonly string[]) => texts.map((text) => Float32Array.from(text.includes("cat") ? [1, 0] : [0, 1])),
} as unknown as Embedder;
const connect: Connect = async (url) => {
  if (!url.startsWith("postgres://")) throw new Error(`cannot connect to ${url}`);
  return {
    query: async (sql, values) => (await database.query(sql, values as never[])) as { rows: Record<string, unknown>[] },
    // A transaction that is left open ends with its connection.
    end: async () => void (await database.query("rollback")),
  };
};
beforeAll(async () => {
  process.env.NEURO_TEST_PG = "postgres://user:secret@host/db";
  process.env.NEURO_TEST_PG_BAD = "nonsense://user:secret@host";
  database = await PGlite.create({ extensions: { vector } });
  await database.exec(`create extension vector;
    create table docs (id int primary key, title text, body text, v vector(2));
    insert into docs values (1, 'Cats', 'A cat sleeps on the sofa.', '[1,0]'), (2, 'Ships', 'Ships leave the harbour.', '[0,1]'), (3, null, 'Кошка ловит мышей.', '[0.9,0.1]');`);
});
afterAll(() => database.close());
const source = (query: string, env = "NEURO_TEST_PG") => ({ kind: "postgres", env, query }) as const;
const words = `select id, title, body as text, ts_rank(to_tsvector('english', body), q) as score
  from docs, websearch_to_tsquery('english', $1) q where to_tsvector('english', body) @@ q order by score desc limit $2`;

test("full text and vectors are asked by queries of the spec; what is asked is a value, never a part of one", async () => {
  const [found] = await openPostgres("rows", source(words), undefined, connect).lists("sleeping cats", 5);
  expect(found).toMatchObject([{ id: "1", title: "Cats", text: "A cat sleeps on the sofa.", score: expect.any(Number) }]);
  const near =
    "select id, title, body as text, 1 - (v <=> $3::vector) as score from docs where $1 <> '' order by v <=> $3::vector limit $2";
  const [close] = await openPostgres("rows", source(near), embedder, connect).lists("a cat", 2);
  expect(close!.map(({ id, title }) => [id, title])).toEqual([
    ["1", "Cats"],
    ["3", "3"],
  ]);
  expect(await openPostgres("rows", source(words), undefined, connect).lists("'; drop table docs; --", 5)).toEqual([[]]);
  expect((await database.query("select count(*)::int as n from docs")).rows).toEqual([{ n: 3 }]);
  await expect(openPostgres("rows", source(near), undefined, connect).lists("x", 1)).rejects.toMatchObject({
    code: "vectors_missing",
  });
});

test("a table is read row by row as documents, and can be indexed", async () => {
  const [part] = await postgresDocuments(
    "rows",
    source("select id, title, body as text from docs order by id;"),
    connect,
  ).parts();
  const read = await Array.fromAsync(part!.read());
  expect(read.map((one) => (isSkipped(one) ? one.why : [one.id, one.title, one.text]))).toEqual([
    ["1", "Cats", "A cat sleeps on the sofa."],
    ["2", "Ships", "Ships leave the harbour."],
    ["3", "3", "Кошка ловит мышей."],
  ]);
});

test("a query that writes, fails or gives no documents, and a server that is not there, are told without the password", async () => {
  const asked = (query: string, env?: string) => openPostgres("rows", source(query, env), undefined, connect).lists("x", 1);
  await expect(asked("delete from docs where $1 <> '' returning id, body as text")).rejects.toMatchObject({
    code: "source_query",
    message: expect.stringContaining("read-only"),
  });
  await expect(asked("select nothing from docs where $1 <> ''")).rejects.toMatchObject({ code: "source_query" });
  await expect(asked("select id as number, body from docs where $1 <> ''")).rejects.toMatchObject({
    code: "source_misfit",
    hint: expect.stringContaining("number, body"),
  });
  await expect(asked(words, "NEURO_TEST_PG_NONE")).rejects.toMatchObject({ code: "secret_missing" });
  const unreachable = await asked(words, "NEURO_TEST_PG_BAD").catch((error) => error);
  expect(unreachable.code).toBe("source_unreachable");
  expect(JSON.stringify([unreachable.message, unreachable.hint])).not.toContain("secret");
});

/** PGlite behind a port, speaking the protocol of servers: to each message what the database says. */
async function served(): Promise<{ port: number; close(): void }> {
  // It has one session: who leaves gives up what was begun, before anybody else is heard.
  let line: Promise<unknown> = Promise.resolve();
  const server = createServer((socket) => {
    const answer = async (data: Buffer) => {
      // A request for TLS, which PGlite does not speak.
      const out = data.length === 8 && data.readInt32BE(4) === 80877103 ? Buffer.from("N") : await database.execProtocolRaw(data);
      if (socket.writable) socket.write(out);
    };
    socket.on("data", (data) => {
      line = line.then(() => answer(data as Buffer)).catch(() => {});
    });
    socket.on("close", () => {
      line = line.then(() => database.exec("rollback"));
    });
    socket.on("error", () => {});
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { port: (server.address() as AddressInfo).port, close: () => server.close() };
}

test("the driver for servers asks the same, and reads a table by its cursor", async () => {
  const { port, close } = await served();
  process.env.NEURO_TEST_PG_SERVED = `postgres://postgres:secret@127.0.0.1:${port}/postgres`;
  const asked = (query: string, by?: Embedder) =>
    openPostgres("rows", source(query, "NEURO_TEST_PG_SERVED"), by).lists("cats", 5);
  expect(await asked(words)).toEqual(await openPostgres("rows", source(words), undefined, connect).lists("cats", 5));
  const near =
    "select id, title, body as text, 1 - (v <=> $3::vector) as score from docs where $1 <> '' order by v <=> $3::vector limit $2";
  expect((await asked(near, embedder))[0]!.map(({ id }) => id)).toEqual(["1", "3", "2"]);
  await expect(asked("delete from docs where $1 <> '' returning id, body as text")).rejects.toMatchObject({
    code: "source_query",
  });
  const all = postgresDocuments("rows", source("select id, body as text from docs order by id", "NEURO_TEST_PG_SERVED"));
  const [part] = await all.parts();
  expect((await Array.fromAsync(part!.read())).map((one) => (isSkipped(one) ? one.why : one.id))).toEqual(["1", "2", "3"]);
  const odd = `select * from (values
    (12345678901234567890::numeric, '2026-01-02'::date, '{"a": [1, 2]}'::jsonb::text, 0.5::float8),
    (2, null, null, null), (null, null, 'x', 1), (4, '2026-01-03', '', 2), (5, null, '  ', 3)) as t (id, title, text, score)`;
  const [rest] = await postgresDocuments("rows", source(odd, "NEURO_TEST_PG_SERVED")).parts();
  expect(
    (await Array.fromAsync(rest!.read())).map((one) => (isSkipped(one) ? [one.path, one.why] : [one.id, one.title, one.text])),
  ).toEqual([
    ["12345678901234567890", "2026-01-02", '{"a": [1, 2]}'],
    ["2", "its `text` is null"],
    ["rows: row 3", "its `id` is null"],
    ["4", "2026-01-03", ""],
    ["5", "empty"],
  ]);
  expect((await asked(`${odd} where $1 <> '' order by score desc nulls last`))[0]!.map(({ id, score }) => [id, score])).toEqual([
    ["5", 3],
    ["4", 2],
    ["12345678901234567890", 0.5],
  ]);
  close();
});

test("a server that goes away while a table is read is told as such", async () => {
  const leaving: Connect = async (url) => {
    const connection = await connect(url);
    const query = async (sql: string, values?: unknown[]) => {
      if (sql.startsWith("fetch")) throw new Error("Connection terminated unexpectedly");
      return connection.query(sql, values);
    };
    return { ...connection, query };
  };
  const [part] = await postgresDocuments("rows", source("select id, body as text from docs"), leaving).parts();
  await expect(Array.fromAsync(part!.read())).rejects.toMatchObject({
    code: "source_unreachable",
    message: "The source rows went away while it was read (Connection terminated unexpectedly).",
  });
});

test("the driver for servers says why it cannot connect", async () => {
  process.env.NEURO_TEST_PG_CLOSED = "postgres://user:secret@127.0.0.1:1/db";
  const closed = await openPostgres("rows", source(words, "NEURO_TEST_PG_CLOSED"), undefined)
    .lists("x", 1)
    .catch((error) => error);
  expect(closed).toMatchObject({ code: "source_unreachable", message: expect.stringContaining("ECONNREFUSED") });
});
