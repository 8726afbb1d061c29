import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { stemEnglish } from "./analysis/stem-english.ts";
import { stemRussian } from "./analysis/stem-russian.ts";
import { openIndex } from "./library.ts";
import { makeIndex } from "./make-index.ts";
import { files } from "./sources/files.ts";
import { lance } from "./store/lance.ts";
import type { EngineName } from "./store/store.ts";

const base = mkdtempSync(join(tmpdir(), "neuro-index-"));
afterAll(() => rmSync(base, { recursive: true, force: true }));
let root = "";
let count = 0;
beforeEach(() => {
  root = join(base, String(count++));
  mkdirSync(join(root, "pages"), { recursive: true });
  page("oslo.md", "# Oslo\n\nOslo is the capital of Norway. Ships leave the harbour daily.");
  page("chad.md", "# Chad\n\nN'Djamena is the capital of Chad.");
  page("kot.md", "# Кошки\n\nКошка ловит мышей. Ёлка стоит в углу.");
});
const page = (name: string, text: string) => writeFileSync(join(root, "pages", name), text);
const opening = (language: "en" | "mixed" = "mixed") => ({
  name: "library",
  folder: join(root, ".index", "library"),
  source: files("pages/**/*.md", { root }),
  settings: { language },
});
const found = async (question: string, top = 5) => (await openIndex(opening()).find(question, top)).map((doc) => doc.id);

describe.each(["lancedb", "memory"] as const)("with the engine %s", (engine) => {
  const make = (more: object = {}) => makeIndex({ ...opening(), engine, ...more });

  test("pages in both languages are found by other forms of their words, best first", async () => {
    expect(await make()).toMatchObject({ documents: 3, passages: 3, changed: 3, added: 3, skipped: [], engine });
    expect(await found("Norwegian ships, harbours and capitals of norway")).toEqual(["pages/oslo.md", "pages/chad.md"]);
    expect(await found("кошкой")).toEqual(["pages/kot.md"]);
    expect(await found("елки в Oslo")).toEqual(["pages/oslo.md", "pages/kot.md"]);
    expect(await found("capital", 1)).toHaveLength(1);
  });

  test("a document is told whole, as it was indexed, and only one that is held", async () => {
    const paragraph = (n: number) =>
      `Paragraph ${n} tells of ships. ${"It goes on about the sea and its waves. ".repeat(9).trim()}`;
    page("long.md", `# Ships\n\n${Array.from({ length: 12 }, (_, n) => paragraph(n)).join("\n\n")}\n`);
    await make();
    const index = openIndex(opening());
    const found = await index.find("paragraph 7 of ships", 20);
    const long = found.filter((doc) => doc.passage?.of === "pages/long.md");
    expect(long.length).toBeGreaterThan(2);
    const whole = (await index.document("pages/long.md"))!;
    expect(whole).toMatchObject({ id: "pages/long.md", title: "Ships" });
    for (const { passage, text } of long) expect(whole.text.slice(passage!.start, passage!.end)).toBe(text);
    expect(whole.text).toContain(`${paragraph(3)}\n\n${paragraph(4)}`);
    expect(await index.document("pages/oslo.md")).toMatchObject({
      title: "Oslo",
      text: expect.stringContaining("harbour daily."),
    });
    for (const id of ["pages/long.md#1", "../secret.md", "pages/oslo.md' OR 1 = 1 --", ""])
      expect(await index.document(id)).toBeUndefined();
  });

  test("what did not change is kept; what did is found anew; what is gone is not found", async () => {
    await make();
    expect(await make()).toMatchObject({ changed: 0, documents: 3 });
    page("oslo.md", "# Oslo\n\nIt is a city of trams.");
    page("it's new.md", "# New\n\nZanzibar.");
    rmSync(join(root, "pages", "chad.md"));
    const index = openIndex(opening());
    expect(await index.drift()).toBe("Documents of library differ from its index: 1 new, 1 changed, 1 gone. Run `neuroc index`.");
    expect(await make()).toMatchObject({ changed: 3, added: 1, edited: 1, removed: 1, documents: 3 });
    expect(await index.drift()).toBeUndefined();
    expect((await index.find("Zanzibar", 5)).map((doc) => doc.id)).toEqual(["pages/it's new.md"]);
    expect(await found("Norway Chad harbour")).toEqual([]);
    page("it's new.md", "# New\n\nMadagascar.");
    expect(await make()).toMatchObject({ edited: 1, changed: 1 });
    expect(await found("Zanzibar")).toEqual([]);
    expect(await make({ fresh: true })).toMatchObject({ changed: 3, added: 3 });
    expect(readdirSync(opening().folder).filter((name) => name.startsWith("data-"))).toHaveLength(1);
  });

  test("no question whatever makes it fail", async () => {
    await make();
    const index = openIndex(opening());
    for (const question of [
      "",
      " ",
      '"',
      '"open quote',
      "a:b",
      "(((",
      "[x]",
      "NOT AND OR",
      "*",
      "~3",
      "\\",
      "😀",
      "capital^9",
      "'; DROP TABLE",
      "\u0000",
      "a".repeat(50_000),
    ]) {
      expect(Array.isArray(await index.find(question, 5))).toBe(true);
    }
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: "binary", maxLength: 30 }), async (question) => {
        expect(Array.isArray(await index.find(question, 3))).toBe(true);
      }),
      { numRuns: 50 },
    );
    expect((await index.find('"capital of: (Norway)"', 1))[0]!.id).toBe("pages/oslo.md");
  });

  test("a long document is found by its paragraph, with its place and the anchor of its section", async () => {
    const filler = Array.from({ length: 40 }, (_, i) => `Sentence ${i} says nothing of interest to anybody at all.`).join(" ");
    page("long.md", `# Long\n\n${filler}\n\n## The needle\n\nA needle lies in the haystack.\n\n${filler}`);
    await make();
    const [doc] = await openIndex(opening()).find("needle in a haystack", 3);
    expect(doc).toMatchObject({ title: "Long", url: "pages/long.md#the-needle", passage: { of: "pages/long.md" } });
    expect(doc!.text).toContain("A needle lies in the haystack.");
    expect(doc!.text.length).toBeLessThan(3000);
  });
});

test("the two engines find the same, with the same scores", async () => {
  const names = "алый красный city harbour river mountain ships trade winter море лес".split(" ");
  for (let i = 0; i < 60; i++)
    page(
      `n${i}.md`,
      `# ${names[i % 11]}\n\n${Array.from({ length: 5 + (i % 7) }, (_, k) => names[(i * 7 + k * 5 + ((i * k) % 3)) % 11]).join(" ")}.`,
    );
  const questions = names.flatMap((name, i) => [
    name,
    `${name} ${names[(i + 3) % 11]}`,
    `${name} ${names[(i + 1) % 11]} ${names[(i + 5) % 11]} capital`,
  ]);
  const answers: Record<string, unknown>[] = [];
  for (const engine of ["lancedb", "memory"] as EngineName[]) {
    await makeIndex({ ...opening(), engine });
    const index = openIndex(opening());
    const all: Record<string, unknown> = {};
    for (const question of questions)
      all[question] = (await index.find(question, 80)).map((doc) => [doc.id, doc.score!.toFixed(4)]).sort();
    answers.push(all);
  }
  expect(answers[0]).toEqual(answers[1]);
});

test("the stemmers are LanceDB's own", async () => {
  const english =
    "running runs ran easily fairly generously organizations happiness national relational conditional hopeful goodness adoption dying sky news added adding past paste evening geologists";
  const russian =
    "бегавший бегавшая прекрасного важнейшими судостроительный радостями городов читаешь пишут кошками странный длинный стоявшись лучами чтение";
  for (const [language, words, stem] of [
    ["English", english.split(" "), stemEnglish],
    ["Russian", russian.split(" "), stemRussian],
  ] as const) {
    const folder = join(root, language);
    mkdirSync(folder);
    // Stored as they are, and found by our stem only where Lance's stemmer gives the same one: it stems questions, and a stem of a stem of these is itself.
    const writer = await lance.create(folder, 0);
    const row = (term: string) => ({
      id: term,
      document: term,
      title: "",
      url: "",
      text: "",
      start: 0,
      end: 0,
      language: "",
      terms: term,
    });
    await writer.add(words.map(row));
    await writer.finish();
    const lancedb = await import("@lancedb/lancedb");
    const table = await (await lancedb.connect(folder)).openTable("passages");
    await table.createIndex("terms", {
      config: lancedb.Index.fts({
        language,
        stem: true,
        removeStopWords: false,
        asciiFolding: false,
        baseTokenizer: "whitespace",
      }),
      replace: true,
    });
    for (const word of words) {
      const same = await table
        .query()
        .fullTextSearch(new lancedb.MatchQuery(word, "terms"))
        .limit(50)
        .select(["id", "_score"])
        .toArray();
      expect([word, same.map((one) => String(one.id)).sort()]).toEqual([
        word,
        words.filter((other) => stem(other) === stem(word)).sort(),
      ]);
    }
  }
});

test("an index that was not made, was made for other settings, or is damaged, says so and what to do", async () => {
  const ask = (language: "en" | "mixed" = "mixed") => openIndex(opening(language)).find("capital", 3);
  await expect(ask()).rejects.toMatchObject({ code: "index_missing", hint: "Run `neuroc index`." });
  await makeIndex(opening());
  await expect(ask("en")).rejects.toMatchObject({ code: "index_stale", hint: "Run `neuroc index`." });
  const file = join(opening().folder, "index.json");
  const whole = readFileSync(file, "utf8");
  for (const broken of ["", "{", "null", "[1]", '{"schema":9}', whole.slice(0, 80)]) {
    writeFileSync(file, broken);
    await expect(ask()).rejects.toMatchObject({ code: "index_corrupt", hint: "Run `neuroc index`." });
  }
  writeFileSync(file, whole);
  const data = join(opening().folder, (JSON.parse(whole) as { data: string }).data);
  const passages = readdirSync(data, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  for (const entry of passages) writeFileSync(join(entry.parentPath, entry.name), "garbage");
  await expect(ask()).rejects.toMatchObject({ code: "index_corrupt" });
  rmSync(data, { recursive: true });
  await expect(ask()).rejects.toMatchObject({ code: "index_corrupt" });
  expect(await makeIndex(opening())).toMatchObject({ documents: 3 });
  expect((await ask()).length).toBeGreaterThan(0);
});

test("an interrupted or failing run leaves the index as it was, and nothing behind", async () => {
  await makeIndex(opening());
  page("oslo.md", "# Oslo\n\nChanged.");
  const stop = new AbortController();
  stop.abort(new Error("left"));
  await expect(makeIndex({ ...opening(), signal: stop.signal })).rejects.toThrow("left");
  expect(await found("Norway")).toEqual(["pages/oslo.md"]);
  expect(existsSync(join(opening().folder, "lock"))).toBe(false);
  await expect(makeIndex({ ...opening(), source: files("nothing/*.md", { root }) })).rejects.toMatchObject({
    code: "no_documents",
  });
  expect(await found("Norway")).toEqual(["pages/oslo.md"]);
});

test("an index that cannot be written says so, and a file in its place stays", async () => {
  writeFileSync(join(root, ".index"), "not a folder");
  await expect(makeIndex(opening())).rejects.toMatchObject({
    code: "cannot_write",
    hint: expect.stringContaining("Nothing was changed"),
  });
  expect(readFileSync(join(root, ".index"), "utf8")).toBe("not a folder");
});

test("one writer at a time; the lock of a process that is gone is taken over", async () => {
  mkdirSync(opening().folder, { recursive: true });
  writeFileSync(join(opening().folder, "lock"), String(process.ppid));
  await expect(makeIndex(opening())).rejects.toMatchObject({ code: "locked" });
  writeFileSync(join(opening().folder, "lock"), "999999999");
  expect(await makeIndex(opening())).toMatchObject({ documents: 3 });
});

test("files that hold no text are listed and do not stop the others", async () => {
  writeFileSync(join(root, "pages", "bad.md"), Uint8Array.from([0, 1, 2]));
  expect(await makeIndex(opening())).toMatchObject({ documents: 3, skipped: [{ path: "pages/bad.md", why: "not a text file" }] });
  expect(await openIndex(opening()).drift()).toBeUndefined();
});
