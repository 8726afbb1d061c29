// What the best documents say beside the question's words is asked, too; weights are RM3's.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { StageContext } from "../types.ts";
import { feedback } from "./feedback.ts";
import { fuse } from "./fuse.ts";
import { openIndex } from "./library.ts";
import { makeIndex } from "./make-index.ts";
import { files } from "./sources/files.ts";

const root = mkdtempSync(join(tmpdir(), "neuro-feedback-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));
const opening = (engine: string) => ({
  name: "library",
  folder: join(root, ".index", engine),
  source: files("pages/*.txt", { root }),
  settings: { language: "en" as const, title: 0 },
});
beforeAll(() => {
  mkdirSync(join(root, "pages"));
  const pages = {
    a: "Ferries cross the strait. Ferries carry trams.",
    b: "Ferries and trams.",
    c: "Trams run at night.",
    d: "Cheese is made of milk.",
  };
  for (const [name, text] of Object.entries(pages)) writeFileSync(join(root, "pages", `${name}.txt`), text);
});
const notes: Record<string, unknown> = {};
const context = {
  note: (name: string, value: unknown) => (notes[name] = value),
  signal: new AbortController().signal,
} as unknown as StageContext;
const usual = { documents: 10, terms: 10, own: 0.5, top: 10 };
const ids = (docs: readonly { id: string }[]) => docs.map(({ id }) => id.replace("pages/", ""));

describe.each(["lancedb", "memory"] as const)("with the engine %s", (engine) => {
  test("what shares no word with the question is found by the words of what does", async () => {
    await makeIndex({ ...opening(engine), engine });
    const index = openIndex(opening(engine));
    const found = await index.find("ferries", 10);
    expect(ids(found).sort()).toEqual(["a.txt", "b.txt"]);
    const wider = await feedback(index, ["ferries"], found, usual, context);
    expect(ids(wider)).toEqual(["a.txt", "b.txt", "c.txt"]);
    expect(notes.words).toContain("tram");
    expect(wider[2]!.found).toEqual({ feedback: { score: wider[2]!.score, place: 3 } });
    // The question alone orders as it did; its score is shared by its weight.
    const alone = await feedback(index, ["ferries"], found, { ...usual, own: 1 }, context);
    expect(alone.map(({ id, score }) => [id, score])).toEqual(found.map(({ id, score }) => [id, expect.closeTo(score!, 5)]));
    expect(ids(await feedback(index, ["ferries"], [], usual, context)).sort()).toEqual(["a.txt", "b.txt"]);
    expect(await feedback(index, [], [], usual, context)).toEqual([]);
    index.close();
  });
});

test("a source elsewhere cannot be asked by weighed words, and says so", async () => {
  const web = { name: "web", lists: async () => [] };
  await expect(feedback(web, ["x"], [], usual, context)).rejects.toMatchObject({ code: "feedback_elsewhere" });
});

test("lists are fused by their scores, each brought to 0..1, or one after another; what lists gave is kept", () => {
  const doc = (id: string, score: number, list: string, place: number) => ({
    id,
    title: "",
    url: "",
    text: "",
    score,
    found: { [list]: { score, place } },
  });
  const words = [doc("a", 30, "words", 1), doc("b", 20, "words", 2), doc("c", 10, "words", 3)];
  const vectors = [doc("c", 0.9, "vectors", 1), doc("a", 0.5, "vectors", 2)];
  const fused = fuse([words, vectors], { by: { kind: "scores", weights: [0.6, 0.4] }, top: 10 }, context);
  expect(fused.map(({ id, score }) => [id, score])).toEqual([
    ["a", 0.6],
    ["c", 0.4],
    ["b", 0.3],
  ]);
  expect(fused[0]!.found).toEqual({ words: { score: 30, place: 1 }, vectors: { score: 0.5, place: 2 } });
  expect(ids(fuse([vectors, words], { by: { kind: "after" }, top: 10 }, context))).toEqual(["c", "a", "b"]);
  const same = [doc("a", 1, "words", 1), doc("b", 1, "words", 2)];
  expect(fuse([same, same], { by: { kind: "scores" }, top: 1 }, context)).toMatchObject([{ id: "a", score: 2 }]);
  expect(() => fuse([words], { by: { kind: "scores", weights: [1, 2] }, top: 1 }, context)).toThrow(/1 lists and 2 weights/);
});

test("passages of indexes that cut otherwise are fused as their documents, each at its best one's place, whole where a list has it whole", () => {
  const passage = (of: string, at: number, score: number) => ({
    ...{ id: `${of}#${at}`, title: "", url: "", text: `${of} in part ${at}`, score },
    passage: { of, start: 0, end: 1 },
  });
  const document = (id: string, score: number) => ({ id, title: "", url: "", text: `all of ${id}`, score });
  const blocks = [passage("b", 2, 0.9), passage("b", 1, 0.8), passage("a", 1, 0.7), passage("c", 3, 0.1)];
  const documents = [document("a", 30), document("b", 10)];
  const fused = fuse([blocks, documents], { by: { kind: "scores", weights: [0.5, 0.5] }, top: 10, whole: true }, context);
  // b is the best block's document, a is 0.6 / 0.8 on the way from the worst to the best; the second block of b counts for nothing.
  expect(fused.map(({ id, text, score }) => [id, text, Number(score!.toFixed(9))])).toEqual([
    ["a", "all of a", 0.875],
    ["b", "all of b", 0.5],
    ["c#3", "c in part 3", 0],
  ]);
  const places = fuse([blocks, documents], { by: { kind: "rrf", k: 60 }, top: 10, whole: true }, context);
  expect(places[0]).toMatchObject({ id: "b", score: 1 / 61 + 1 / 62 });
  const after = fuse([blocks, documents], { by: { kind: "after" }, top: 10, whole: true }, context);
  expect(ids(after)).toEqual(["b#2", "a#1", "c#3"]);
  // Without it, each passage is itself.
  expect(fuse([blocks, documents], { by: { kind: "rrf", k: 60 }, top: 10 }, context)).toHaveLength(6);
});
