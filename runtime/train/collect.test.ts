import { existsSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { resumable } from "../data/resume.ts";
import { silent } from "../progress.ts";
import { forgetRows, made } from "./collect.ts";
import { Store } from "./store.ts";

const file = (): string => join(mkdtempSync(join(tmpdir(), "neuro-rows-")), "rows.jsonl");

test("rows that were written are kept, whole batches of them, and the rest follows", async () => {
  const begun: number[] = [];
  async function* count(from = 0): AsyncGenerator<{ n: number }> {
    begun.push(from);
    for (let n = from; n < 10; n++) yield { n };
  }
  resumable(count, (_, rows) => ({ kept: rows - (rows % 4), rest: count(rows - (rows % 4)) }));
  const path = file();
  const control = new AbortController();
  const job = { name: "count", fn: count as never, given: [], path: () => path, lives: () => false };
  const watching = { ...silent, task: () => ({ update: (done: number) => void (done === 6 && control.abort()), end: () => {} }) };
  await expect(made({ ...job, progress: watching, signal: control.signal })).rejects.toThrow(/saved, and 6 rows of this one/);
  writeFileSync(path, `${readFileSync(path, "utf8")}{"n": 6, "to`);
  expect(await made({ ...job, progress: silent })).toEqual(Array.from({ length: 10 }, (_, n) => ({ n })));
  expect(begun).toEqual([0, 4]);
  forgetRows(path);
  expect(existsSync(path)).toBe(false);
});

test("what a generator gives are rows, whether it waits between them or not; a list is a value", async () => {
  const rows = [{ n: 1 }, { n: 2 }];
  const fns = {
    waiting: async function* () {
      yield* rows;
    },
    plain: function* () {
      yield* rows;
    },
    list: () => rows,
  };
  for (const [name, fn] of Object.entries(fns))
    expect(await made({ name, fn, given: [], path: file, lives: () => false, progress: silent }), name).toEqual(rows);
});

test("a step that another run finished is taken from there, weights and all, and only once", () => {
  const runs = mkdtempSync(join(tmpdir(), "neuro-runs-"));
  const first = new Store(join(runs, "neuro", "1", "steps"));
  const tensors = new Map([["w", { shape: [1], data: Float32Array.of(3) }]]);
  const file = first.keep("k", "policy", tensors);
  first.write("k", { step: "fit", label: "policy by fit", weights: [{ model: "policy", file, origins: [] }] });
  const from: string[] = [];
  const second = new Store(join(runs, "other", "a", "steps"), (key, _, run) => from.push(`${key} ${run}`));
  expect(second.read("k")?.label).toBe("policy by fit");
  expect(second.read("k")?.label).toBe("policy by fit");
  expect([...second.tensors("k", file).get("w")!.data]).toEqual([3]);
  expect(from).toEqual([`k ${join(runs, "neuro", "1")}`]);
  expect(second.read("unknown")).toBeUndefined();
});
