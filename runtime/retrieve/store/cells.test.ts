// Many vectors in LanceDB: in cells, and yet what is found is what comparing all of them finds.
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { stream } from "../../random.ts";
import { lucene } from "../bm25.ts";
import { unit } from "../embedder.ts";
import { lance, lanceOf } from "./lance.ts";
import { held } from "./memory.ts";
import type { PassageRow } from "./store.ts";

const base = mkdtempSync(join(tmpdir(), "neuro-cells-"));
afterAll(() => rmSync(base, { recursive: true, force: true }));
beforeAll(() => {
  for (const name of ["plain", "all", "some", "more"]) mkdirSync(join(base, name));
});

const drawn = (seed: string): Float32Array => {
  const random = stream(seed, "vectors");
  return unit(Float32Array.from({ length: 16 }, () => random.normal()))!;
};
const row = (i: number): PassageRow => {
  const name = `d${i}`;
  return {
    id: name,
    document: name,
    title: "",
    url: name,
    text: name,
    start: 0,
    end: 2,
    language: "",
    terms: `t${i % 7}`,
    vector: drawn(name),
  };
};
const rows = Array.from({ length: 3000 }, (_, i) => row(i));
const questions = Array.from({ length: 20 }, (_, i) => drawn(`q${i}`));
const oracle = held(rows, lucene);

async function made(name: string, engine: typeof lance): Promise<{ recall?: number }> {
  const writer = await engine.create(join(base, name), 16);
  for (let i = 0; i < rows.length; i += 1000) await writer.add(rows.slice(i, i + 1000));
  return writer.finish();
}
/** The share of the nearest of all that a set finds, and how far its scores are from theirs. */
async function against(name: string, all = oracle): Promise<{ share: number; error: number }> {
  const store = await lance.open(join(base, name), lucene);
  let [right, error] = [0, 0];
  for (const question of questions) {
    const exact = new Map((await all.near(question, 10)).map(({ row: { id }, score }) => [id, score]));
    for (const {
      row: { id },
      score,
    } of await store.near(question, 10)) {
      if (!exact.has(id)) continue;
      right += 1;
      error = Math.max(error, Math.abs(exact.get(id)! - score));
    }
  }
  store.close();
  return { share: right / (10 * questions.length), error };
}

test("all cells are looked at, and what is found is what comparing one by one finds, score by score", async () => {
  expect(await made("plain", lance)).toEqual({});
  expect(await made("all", lanceOf({ plain: 0, exact: 1 << 30 }))).toEqual({});
  for (const name of ["plain", "all"]) {
    const { share, error } = await against(name);
    expect(share).toBe(1);
    expect(error).toBeLessThan(1e-6);
  }
});

test("of too many, so many cells are looked at that 99 of 100 are found, and that is told", async () => {
  const { recall } = await made("some", lanceOf({ plain: 0, exact: 0 }));
  expect(recall).toBeGreaterThanOrEqual(0.99);
  const { share, error } = await against("some");
  expect(share).toBeGreaterThanOrEqual(0.95);
  expect(error).toBeLessThan(1e-6);
});

test("a set that continues another shares its files, leaves it as it is, and has its own cells", async () => {
  const engine = lanceOf({ plain: 0, exact: 1 << 30 });
  const writer = await engine.create(join(base, "more"), 16, join(base, "all"));
  await writer.remove(["d1", "d2"]);
  const added = Array.from({ length: 300 }, (_, i) => row(10_000 + i));
  await writer.add(added);
  await writer.finish();
  expect((await against("more", held([...rows.filter(({ id }) => id !== "d1" && id !== "d2"), ...added], lucene))).share).toBe(1);
  expect((await against("all")).share).toBe(1);
});

test("what joining and indexing leave behind is gone: a set holds its rows once", async () => {
  const held = (name: string) =>
    ["data", "_indices", "_versions"].map((part) => readdirSync(join(base, name, "passages.lance", part)).length);
  expect([held("all"), held("more")]).toEqual([
    [1, 2, 2],
    [1, 2, 2],
  ]);
  const data = join(base, "all", "passages.lance");
  const size = (folder: string): number =>
    readdirSync(folder, { withFileTypes: true }).reduce(
      (sum, entry) => sum + (entry.isDirectory() ? size(join(folder, entry.name)) : statSync(join(folder, entry.name)).size),
      0,
    );
  expect(size(data)).toBeLessThan(3000 * 400);
});
