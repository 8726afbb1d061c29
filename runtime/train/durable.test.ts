import { spawn } from "node:child_process";
import { appendFileSync, existsSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { readCheckpoint, writeCheckpoint } from "./checkpoint.ts";
import { filterJournal, Journal, readJournal } from "./journal.ts";
import { lock } from "./lock.ts";
import { rateAt } from "./schedule.ts";

const folder = (): string => mkdtempSync(join(tmpdir(), "neuro-run-"));

test("a living process keeps its lock, a dead one loses it, and giving it back frees it", async () => {
  const path = join(folder(), "lock");
  const other = spawn(process.execPath, ["-e", "setTimeout(() => {}, 60000)"]);
  writeFileSync(path, JSON.stringify({ pid: other.pid, host: hostname() }));
  expect(() => lock(path)).toThrow(new RegExp(`Process ${other.pid} is at work in this run`));
  const gone = new Promise((resolve) => other.once("exit", resolve));
  other.kill("SIGKILL");
  await gone;
  const release = lock(path);
  expect(() => lock(path)).toThrow(/is at work in this run/);
  expect(JSON.parse(readFileSync(path, "utf8")).pid).toBe(process.pid);
  release();
  expect(existsSync(path)).toBe(false);
});

test("takes over a lock that was half written, and one whose process id lives on in another process", () => {
  const at = folder();
  writeFileSync(join(at, "lock"), '{"pid": 1');
  lock(join(at, "lock"))();
  if (process.platform !== "linux") return;
  writeFileSync(join(at, "lock"), JSON.stringify({ pid: process.ppid, host: hostname(), born: "0" }));
  lock(join(at, "lock"))();
  expect(readdirSync(at)).toEqual([]);
});

test("a journal keeps whole lines, drops a torn end and goes on after it", () => {
  const path = join(folder(), "journal.jsonl");
  const first = new Journal(path);
  first.add({ n: 1 });
  first.add({ n: 2 });
  first.close();
  appendFileSync(path, '{"n": 3, "text": "ha');
  expect(readJournal(path)).toEqual([{ n: 1 }, { n: 2 }]);
  const second = new Journal(path);
  second.add({ n: 4 });
  second.close();
  expect(readJournal(path)).toEqual([{ n: 1 }, { n: 2 }, { n: 4 }]);
  filterJournal(path, (line) => (line as { n: number }).n !== 2);
  expect(readFileSync(path, "utf8")).toBe('{"n":1}\n{"n":4}\n');
});

test("a checkpoint comes back to the bit, belongs to one fit, and is refused when spoiled", () => {
  const path = join(folder(), "checkpoint.safetensors");
  const tensors = new Map([["m.w", { shape: [2], data: Float32Array.of(0.1, -0) }]]);
  const position = { step: 7, batch: 9, tokens: 400, metrics: { loss: 1.5 } };
  expect(readCheckpoint(path, "a")).toBeUndefined();
  writeCheckpoint(path, "a", { position, device: "cpu", tensors });
  expect(readCheckpoint(path, "a")).toEqual({ position, device: "cpu", tensors });
  expect(readCheckpoint(path, "b")).toBeUndefined();
  writeFileSync(path, readFileSync(path).subarray(0, -1));
  expect(() => readCheckpoint(path, "a")).toThrow(/m.w should end at byte 8 of the data and the file ends at 7/);
});

test("the rate climbs in a line, then falls as it was told, and never below its floor", () => {
  const rates = (decay: "linear" | "cosine" | "constant", floor = 0): number[] =>
    [1, 2, 4, 6, 8].map((step) => Number(rateAt({ rate: 1, warmup: 2, steps: 8, decay, floor }, step).toFixed(4)));
  expect(rates("linear")).toEqual([0.5, 1, 0.6667, 0.3333, 0]);
  expect(rates("cosine", 0.1)).toEqual([0.5, 1, 0.75, 0.25, 0.1]);
  expect(rates("constant")).toEqual([0.5, 1, 1, 1, 1]);
});
