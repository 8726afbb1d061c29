import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openState, type State, statePlace } from "./state.ts";

const folder = mkdtempSync(join(tmpdir(), "neuro-state-"));
let first: State;
let second: State;
beforeAll(async () => {
  first = await openState({ folder });
  second = await openState({ folder });
  await first.query("create table counted (n int primary key)");
}, 60_000);
afterAll(async () => {
  await second.close();
  await first.close();
  rmSync(folder, { recursive: true, force: true });
});
const numbers = async (state: State) => (await state.query<{ n: number }>("select n from counted order by n")).map(({ n }) => n);

test("what one writes the other reads, and each has the tables of the migrations", async () => {
  await first.query("insert into counted values ($1)", [1]);
  await second.query("insert into counted values (2); insert into counted values (3)");
  expect(await numbers(second)).toEqual([1, 2, 3]);
  expect((await second.query("select step from neuro.migrations order by step")).length).toBeGreaterThan(0);
});

test("while one has a transaction open nobody else is heard, and one that is broken off leaves nothing", async () => {
  const slow = first.query("begin; insert into counted values (4); select pg_sleep(0.3); rollback");
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(await numbers(second)).toEqual([1, 2, 3]);
  await slow;
  await expect(first.query("begin; insert into counted values (5); select 1 / 0; commit")).rejects.toThrow("division by zero");
  expect(await numbers(first)).toEqual([1, 2, 3]);
});

test("the socket is a server for any client of Postgres", async () => {
  const { default: pg } = await import("pg");
  const client = new pg.Client({ connectionString: `postgres://postgres@/postgres?host=${folder}` });
  await client.connect();
  expect((await client.query("select count(*)::int as n from counted where n < $1", [3])).rows).toEqual([{ n: 2 }]);
  await client.end();
  const state = await openState(statePlace(`postgres://postgres@localhost/postgres?host=${folder}`, "unused"));
  expect(await numbers(state)).toEqual([1, 2, 3]);
  await state.close();
});

test("when whoever lends it leaves, the next who asks takes over, and nothing is lost", async () => {
  await first.close();
  const third = await openState({ folder });
  await second.query("insert into counted values (6)");
  expect(await numbers(third)).toEqual([1, 2, 3, 6]);
  first = third;
}, 30_000);

test("a state of a later version is refused; so is what is no address, without its password", async () => {
  await first.query("insert into neuro.migrations (step) values (1000)");
  await expect(openState({ folder })).rejects.toMatchObject({ code: "state_newer" });
  await first.query("delete from neuro.migrations where step = 1000");
  expect(() => statePlace("mysql://me:secret@db/x", folder)).toThrow(expect.objectContaining({ code: "state_address" }));
  const closed = await openState({ url: "postgres://me:secret@127.0.0.1:1/x", folder }).catch((error) => error);
  expect(closed).toMatchObject({ code: "state_unreachable", message: expect.stringContaining("ECONNREFUSED") });
  expect(`${closed.message} ${closed.hint}`).not.toContain("secret");
});
