// Answers on disk: found by id, also after a restart and beside other servers; half a line and thrown-away files are simply unknown.
import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeEach, expect, test } from "vitest";
import { History } from "./history.ts";
import type { Told } from "./types.ts";

const base = mkdtempSync(join(tmpdir(), "neuro-history-"));
afterAll(() => rmSync(base, { recursive: true }));
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(base, "x-"));
});

const told = (id: string, text = "Ответ «на строке»\nи ещё"): Told => ({
  id,
  created: 1,
  model: "answer",
  prompt: [{ role: "user", content: text }],
  answers: [],
  usage: { read: 1, reused: 0, written: 1 },
});

test("what is kept is found, in any order, and what is not is undefined", async () => {
  const history = new History(folder);
  await Promise.all(["a", "b", "c"].map((id) => history.keep(told(id))));
  expect([await history.find("c"), await history.find("a"), await history.find("d")]).toEqual([told("c"), told("a"), undefined]);
  await history.close();
});

test("a process that comes later, or writes beside it, finds them too", async () => {
  const [first, second] = [new History(folder), new History(folder)];
  await first.keep(told("a"));
  await second.keep(told("b"));
  expect([await first.find("b"), await second.find("a")]).toEqual([told("b"), told("a")]);
  await first.keep(told("later"));
  expect(await second.find("later")).toEqual(told("later"));
  await first.close();
  await second.close();
  const third = new History(folder);
  expect([await third.find("a"), await third.find("b")]).toEqual([told("a"), told("b")]);
});

test("what a killed process left is read up to its half line", async () => {
  const history = new History(folder);
  await history.keep(told("a"));
  await history.close();
  const [file] = readdirSync(folder) as [string];
  const line = readFileSync(join(folder, file), "utf8");
  appendFileSync(join(folder, file), line.slice(0, -20).replace('"a"', '"half"'));
  const next = new History(folder);
  expect([await next.find("a"), await next.find("half")]).toEqual([told("a"), undefined]);
  await next.keep(told("b"));
  expect(await next.find("b")).toEqual(told("b"));
  await next.close();
});

test("files are begun anew when they are long, and the oldest go", async () => {
  const history = new History(folder, { bytes: 500, files: 2 });
  for (const id of ["a", "b", "c", "d", "e", "f", "g", "h"]) {
    await history.keep(told(id));
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  expect(readdirSync(folder).length).toBe(2);
  expect([await history.find("a"), await history.find("h")]).toEqual([undefined, told("h")]);
  await history.close();
});

test("a folder that cannot be written is said with what to do, and what comes after is kept", async () => {
  writeFileSync(join(folder, "file"), "");
  const history = new History(join(folder, "file", "below"));
  await expect(history.keep(told("a"))).rejects.toMatchObject({ code: "cannot_write", hint: expect.any(String) });
  expect(await history.find("a")).toBeUndefined();
  await history.close();
});

test("a name with dots and slashes finds no other file", async () => {
  const history = new History(folder);
  writeFileSync(join(base, "secret.jsonl"), JSON.stringify(told("x")));
  expect(await history.find("../secret.jsonl")).toBeUndefined();
  await history.close();
});
