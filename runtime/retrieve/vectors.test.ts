// Vectors in an index: found by meaning, fused with words, embedded only where something changed, and never lost by a kill.
import { appendFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { NeuroError } from "../error.ts";
import { dot, type Embedder } from "./embedder.ts";
import { fuseLists } from "./fuse.ts";
import { openIndex } from "./library.ts";
import { makeIndex } from "./make-index.ts";
import { files } from "./sources/files.ts";
import { openVectorLog } from "./vector-log.ts";

const base = mkdtempSync(join(tmpdir(), "neuro-vectors-"));
afterAll(() => rmSync(base, { recursive: true, force: true }));
let root = "";
let count = 0;
beforeEach(() => {
  root = join(base, String(count++));
  mkdirSync(join(root, "pages"), { recursive: true });
  page("boat.md", "# Ferries\n\nA vessel leaves the harbour.");
  page("cat.md", "# Cats\n\nA feline sleeps on the sofa.");
  page("both.md", "# Pets at sea\n\nA feline on a vessel.");
});
const page = (name: string, text: string) => writeFileSync(join(root, "pages", name), text);

/** Knows two meanings, whatever words they have. */
const meanings = [/boat|ship|vessel|ferr/gi, /cat|feline|kitten/gi];
function embedder(more: { key?: string; fail?: () => void } = {}): Embedder & { read: string[]; version: string } {
  const of = (text: string) => {
    const counts = [...meanings.map((one) => text.match(one)?.length ?? 0), 0.1];
    const length = Math.hypot(...counts);
    return Float32Array.from(counts, (x) => x / length);
  };
  const own = {
    name: "scout",
    version: more.key ?? "1".repeat(40),
    read: [] as string[],
    key: async () => own.version,
    questions: async (texts: readonly string[]) => texts.map(of),
    passages: async (texts: readonly { title: string; text: string }[]) => {
      more.fail?.();
      own.read.push(...texts.map(({ title }) => title));
      return texts.map(({ title, text }) => of(`${title} ${text}`));
    },
  };
  return own;
}
const opening = (by?: Embedder) => ({
  name: "library",
  folder: join(root, ".index", "library"),
  source: files("pages/*.md", { root }),
  settings: { language: "en" as const },
  ...(by && { embedder: by }),
});
const ids = async (lists: Promise<readonly (readonly { id: string }[])[]>) =>
  (await lists).map((list) => list.map(({ id }) => id));

describe.each(["lancedb", "memory"] as const)("with the engine %s", (engine) => {
  test("a question is answered by what it means, with the cosine as score; both sides are fused by their ranks", async () => {
    const by = embedder();
    expect(await makeIndex({ ...opening(by), engine })).toMatchObject({ embedded: 3, passages: 3 });
    const index = openIndex(opening(by));
    const near = (await index.vectors.lists("kitten", 5))[0]!;
    expect(near.map(({ id }) => id)).toEqual(["pages/cat.md", "pages/both.md", "pages/boat.md"]);
    const [asked] = await by.questions(["kitten"]);
    const [cat] = await by.passages([{ title: "Cats", text: "A feline sleeps on the sofa." }]);
    expect(near[0]!.score).toBeCloseTo(dot(asked!, cat!), 6);
    expect(await ids(index.text.lists("kitten", 5))).toEqual([[]]);
    const [text, vectors] = [await index.text.lists("feline sofa", 5), await index.vectors.lists("feline sofa", 5)];
    expect(await index.find("feline sofa", 5)).toEqual(fuseLists([text[0]!, vectors[0]!], 60, 5));
    expect(await index.find("", 5)).toEqual([]);
    index.close();
  });

  test("only passages that changed are embedded again, also in a document that did", async () => {
    const by = embedder();
    await makeIndex({ ...opening(by), engine });
    by.read.length = 0;
    page("cat.md", "# Cats\n\nA kitten plays.");
    page("new.md", "# Ships\n\nA boat.");
    expect(await makeIndex({ ...opening(by), engine })).toMatchObject({ embedded: 2, changed: 2 });
    expect(by.read.sort()).toEqual(["Cats", "Ships"]);
    // What comes back is known.
    page("cat.md", "# Cats\n\nA feline sleeps on the sofa.");
    expect(await makeIndex({ ...opening(by), engine })).toMatchObject({ embedded: 0, edited: 1 });
    expect((await openIndex(opening(by)).vectors.lists("kitten", 1))[0]!.map(({ id }) => id)).toEqual(["pages/cat.md"]);
    expect(await makeIndex({ ...opening(by), engine })).toMatchObject({ embedded: 0, changed: 0 });
  });

  test("other weights make the vectors outdated, the words not; indexing makes them anew and drops the old ones", async () => {
    const by = embedder();
    await makeIndex({ ...opening(by), engine });
    by.version = "2".repeat(40);
    const index = openIndex(opening(by));
    await expect(index.find("kitten", 3)).rejects.toMatchObject({
      code: "index_stale",
      message: "The index library was made with vectors of other weights than scout has now.",
    });
    expect(await ids(index.text.lists("sofa", 1))).toEqual([["pages/cat.md"]]);
    expect(await makeIndex({ ...opening(by), engine })).toMatchObject({ embedded: 3 });
    expect(await ids(index.vectors.lists("kitten", 1))).toEqual([["pages/cat.md"]]);
    expect(readdirSync(opening().folder).filter((name) => name.endsWith(".log"))).toEqual([`vectors-${"2".repeat(16)}.log`]);
    index.close();
  });
});

test("questions are answered while the index is made anew, over and over", async () => {
  const by = embedder();
  await makeIndex(opening(by));
  const index = openIndex(opening(by));
  let making = true;
  const asking = Array.from({ length: 4 }, async () => {
    let answered = 0;
    while (making) {
      expect((await index.find("feline sofa", 3))[0]!.id).toBe("pages/cat.md");
      answered += 1;
      // An engine in memory answers without ever leaving the floor to others.
      await new Promise(setImmediate);
    }
    return answered;
  });
  for (let i = 0; i < 8; i++) {
    page("more.md", `# More\n\nNumber ${i}.`);
    await makeIndex({ ...opening(by), fresh: i % 2 === 0 });
  }
  making = false;
  expect(Math.min(...(await Promise.all(asking)))).toBeGreaterThan(0);
  index.close();
});

test("a model without weights leaves an index of words, which says what it lacks; with weights the vectors come", async () => {
  const by = embedder();
  const key = by.key;
  by.key = async () => {
    throw new NeuroError("weights_missing", "no weights");
  };
  expect(await makeIndex(opening(by))).toMatchObject({
    passages: 3,
    lacking: "There are no vectors yet, because scout has no weights: train it, then index again.",
  });
  expect(await ids(openIndex(opening(by)).text.lists("sofa", 1))).toEqual([["pages/cat.md"]]);
  by.key = key;
  await expect(openIndex(opening(by)).find("feline", 1)).rejects.toMatchObject({ code: "vectors_missing" });
  expect(await makeIndex(opening(by))).toMatchObject({ embedded: 3 });
  await expect(openIndex(opening()).vectors.lists("x", 1)).rejects.toMatchObject({ code: "vectors_missing" });
});

test("a run that ends while it embeds leaves the old index, and the next one goes on where it was", async () => {
  const first = embedder();
  await makeIndex(opening(first));
  for (let i = 0; i < 600; i++) page(`more${i}.md`, `# More ${i}\n\nA ship ${i}.`);
  let calls = 0;
  const killed = embedder({
    fail: () => {
      if (++calls === 3) throw new Error("killed");
    },
  });
  await expect(makeIndex(opening(killed))).rejects.toThrow("killed");
  expect(await ids(openIndex(opening(first)).vectors.lists("kitten", 1))).toEqual([["pages/cat.md"]]);
  const last = embedder();
  expect(await makeIndex(opening(last))).toMatchObject({ documents: 603, embedded: 600 - 512 });
});

test("a record that was cut off is as if it were not there; a file that is no log is begun anew", () => {
  const path = join(root, "vectors.log");
  const hash = (i: number) => String(i).padStart(64, "0");
  const vector = (i: number) => Float32Array.from([i, i + 1, i + 2]);
  const log = openVectorLog(path);
  log.put([1, 2, 3].map((i) => [hash(i), vector(i)] as const));
  log.close();
  truncateSync(path, statSync(path).size - 5);
  const again = openVectorLog(path);
  expect([again.size(), again.get(hash(2)), again.get(hash(3))]).toEqual([2, vector(2), undefined]);
  again.put([[hash(4), vector(4)]]);
  again.close();
  const third = openVectorLog(path);
  expect([third.size(), third.get(hash(4)), third.get(hash(1))]).toEqual([3, vector(4), vector(1)]);
  third.close();
  writeFileSync(path, "something else");
  appendFileSync(path, "x".repeat(100));
  const fresh = openVectorLog(path);
  expect(fresh.size()).toBe(0);
  fresh.close();
});

test("weights of words are what the index says, on both engines", async () => {
  const found: unknown[] = [];
  for (const engine of ["lancedb", "memory"] as const) {
    await makeIndex({ ...opening(), engine });
    const of = async (weighing: { k1: number; b: number }) =>
      (await openIndex({ ...opening(), settings: { language: "en", weighing } }).find("feline vessel feline", 3)).map(
        ({ id, score }) => [id, score!.toFixed(4)],
      );
    const [usual, other] = [await of({ k1: 1.2, b: 0.75 }), await of({ k1: 0.9, b: 0.4 })];
    expect(usual).not.toEqual(other);
    found.push([usual, other]);
  }
  expect(found[0]).toEqual(found[1]);
});
