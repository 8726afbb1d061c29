// Answers in a shared state: found by any server of the name, the oldest thrown away; a state that is away keeps nobody from being answered.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openState, type State } from "../state/state.ts";
import { SharedHistory } from "./shared-history.ts";
import { serveFake } from "./tests/fake.ts";
import type { Told } from "./types.ts";

const folder = mkdtempSync(join(tmpdir(), "neuro-shared-"));
let state: State;
beforeAll(async () => {
  state = await openState({ folder });
}, 60_000);
afterAll(async () => {
  await state.close();
  rmSync(folder, { recursive: true, force: true });
});

const told = (id: string): Told => ({
  id,
  created: 1,
  model: "answer",
  prompt: [{ role: "user", content: "Ответ «на строке»\nи ещё \u2028" }],
  answers: [],
  usage: { read: 1, reused: 0, written: 1 },
});

test("what one server keeps another of its name finds, and no other; the oldest go", async () => {
  const [one, same, other] = ["zoo site", "zoo site", "zoo admin"].map(
    (name) => new SharedHistory(state, name, { most: 3, every: 1 }),
  );
  await other!.keep(told("other"));
  for (const id of ["a", "b", "c", "d", "e"]) await one!.keep(told(id));
  expect(await Promise.all(["a", "b", "c", "d", "e", "other"].map(async (id) => (await same!.find(id))?.id))).toEqual([
    undefined,
    undefined,
    "c",
    "d",
    "e",
    undefined,
  ]);
  expect(await same!.find("e")).toEqual(told("e"));
  expect(await other!.find("other")).toEqual(told("other"));
});

test("answers are told where the state went away, which is counted", async () => {
  const server = await serveFake({}, { state: `postgres://postgres@localhost/postgres?host=${folder}` });
  const ask = async () => {
    const body = JSON.stringify({ model: "answer", messages: [{ role: "user", content: "What is the capital?" }] });
    const headers = { "content-type": "application/json" };
    const response = await fetch(`${server.url}/v1/chat/completions`, { method: "POST", headers, body });
    return { status: response.status, id: ((await response.json()) as { id: string }).id };
  };
  const { id } = await ask();
  expect((await fetch(`${server.url}/v1/answers/${id}`)).status).toBe(200);
  await state.close();
  expect(await ask()).toMatchObject({ status: 200 });
  expect(await (await fetch(`${server.url}/metrics`)).text()).toMatch(/neuro_lost_total\{what="answer"\} 1/);
  await server.end();
}, 30_000);
