// Folders as strangers have them: whatever lies there, what can be read is read, what cannot is told, and nothing stops the rest.
import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeEach, expect, test } from "vitest";
import { openIndex } from "../library.ts";
import { makeIndex } from "../make-index.ts";
import { passages } from "../passages.ts";
import type { SourceDocument } from "./document.ts";
import { files } from "./files.ts";
import { readHtml } from "./html.ts";
import { readMarkdown } from "./markdown.ts";
import { records } from "./records.ts";
import { type DocumentSource, isSkipped } from "./source.ts";

const base = mkdtempSync(join(tmpdir(), "neuro-strangers-"));
afterAll(() => rmSync(base, { recursive: true, force: true }));
let root = "";
let count = 0;
beforeEach(() => {
  root = join(base, String(count++));
  mkdirSync(root);
});
const write = (path: string, bytes: string | Uint8Array) => {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), bytes);
};
async function read(source: DocumentSource): Promise<{ read: Record<string, SourceDocument>; told: Record<string, string> }> {
  const all = { read: {} as Record<string, SourceDocument>, told: {} as Record<string, string> };
  for (const part of await source.parts())
    for await (const one of part.read()) {
      if (isSkipped(one)) all.told[one.path] = one.why;
      else all.read[one.id] = one;
    }
  return all;
}
const texts = (found: Record<string, SourceDocument>) =>
  Object.fromEntries(Object.entries(found).map(([id, { text }]) => [id, text]));

test("a folder that links to itself is read once; a second name of a file is told with the first, a link that leads nowhere is no file", async () => {
  write("docs/a.md", "Text of a.");
  write("docs/deep/er/b.md", "Text of b.");
  symlinkSync(".", join(root, "docs/again"));
  symlinkSync("../..", join(root, "docs/deep/er/up"));
  symlinkSync("a.md", join(root, "docs/c.md"));
  symlinkSync("nothing.md", join(root, "docs/d.md"));
  symlinkSync("e.md", join(root, "docs/e.md"));
  const { read: found, told } = await read(files("docs/**", { root }));
  expect(Object.keys(found)).toEqual(["docs/a.md", "docs/deep/er/b.md"]);
  expect(told).toEqual({ "docs/c.md": "the same file as docs/a.md" });
});

test("names of any script, with spaces, brackets and marks of patterns, are ids and are found", async () => {
  const names = ["Привет мир.txt", "שלום.md", "مرحبا.txt", "odd [x] {y} (z)#1?.md", "猫😀.txt", "e\u0301.txt"];
  for (const [i, name] of names.entries()) write(`docs/${name}`, `Number ${i} sleeps.`);
  const made = {
    name: "names",
    folder: join(root, ".index"),
    source: files("docs/**", { root }),
    settings: { language: "mixed" as const },
  };
  expect(await makeIndex(made)).toMatchObject({ documents: names.length, skipped: [] });
  const index = openIndex(made);
  expect((await index.find("sleeps", 20)).map(({ id }) => id).sort()).toEqual(names.map((name) => `docs/${name}`).sort());
  for (const name of names) expect((await index.document(`docs/${name}`))?.text).toMatch(/^Number \d sleeps\.$/);
  index.close();
});

test("a file and a folder that may not be read are told", () => {
  write("docs/open.md", "Open.");
  write("docs/closed/in.md", "Closed.");
  write("docs/own.md", "Own.");
  for (const folder of [base, root, join(root, "docs")]) chmodSync(folder, 0o755);
  chmodSync(join(root, "docs/closed"), 0);
  chmodSync(join(root, "docs/own.md"), 0);
  const script = `
    const { files } = await import(${JSON.stringify(new URL("./files.ts", import.meta.url).href)});
    const told = [];
    for (const part of await files("docs/**", { root: ${JSON.stringify(root)} }).parts()) for await (const one of part.read()) told.push([one.id ?? one.path, one.why ?? "read"]);
    console.log(JSON.stringify(told));`;
  // Who runs this may be one who may read everything.
  const other = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};
  const out = execFileSync(process.execPath, ["--input-type=module", "-e", script], { ...other, cwd: "/" });
  chmodSync(join(root, "docs/closed"), 0o700);
  expect(JSON.parse(out.toString())).toEqual([
    ["docs/open.md", "read"],
    ["docs/own.md", "no permission to read it"],
    ["docs/closed", "no permission to read this folder"],
  ]);
});

test("what is named as text and is none is told; a stray zero is left out of a text", async () => {
  write("docs/picture.md", Uint8Array.from([0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10, 0, 0, 0, 13]));
  write("docs/archive.zip", Uint8Array.from([0x50, 0x4b, 3, 4, 20, 0, 0, 0, 8, 0, 1, 2, 3]));
  write("docs/blank.txt", " \n\t\n");
  write("docs/mark.txt", "\ufeff");
  write("docs/zero.txt", `A long text with a stray\0 zero.${" More of it.".repeat(50)}`);
  const { read: found, told } = await read(files("docs/**", { root }));
  expect(Object.keys(found)).toEqual(["docs/zero.txt"]);
  expect(found["docs/zero.txt"]!.text).toMatch(/^A long text with a stray zero\./);
  expect(told).toEqual({
    "docs/archive.zip": "not a text file",
    "docs/blank.txt": "empty",
    "docs/mark.txt": "empty",
    "docs/picture.md": "not a text file",
  });
});

test("a text of one line, of one word, and one of many megabytes are cut into passages that are the text", () => {
  const huge = "The quick brown fox jumps over the lazy dog and says something new. ".repeat(150_000);
  for (const text of [
    huge,
    "word ".repeat(200_000).trim(),
    "x".repeat(300_000),
    "😀".repeat(50_000),
    `${"[1,2,3],".repeat(50_000)}`,
  ]) {
    const cut = passages({ text, headings: [] });
    expect(cut.length).toBeGreaterThan(10);
    expect(Math.max(...cut.map(({ start, end }) => end - start))).toBeLessThan(9_000);
    expect(
      cut
        .map(({ start, end }) => text.slice(start, end))
        .join("")
        .replace(/\s/g, ""),
    ).toBe(text.replace(/\s/g, ""));
    for (const { start } of cut) expect(text.charCodeAt(start) & 0xfc00).not.toBe(0xdc00);
  }
});

test("Markdown keeps what is said in footnotes and after a rule, and reads fields of YAML and TOML", () => {
  const { text } = readMarkdown(
    "A claim[^1].\n\n[^1]: The footnote says this.\n[^long]: Another\n    that goes on.\n\n[ref]: http://x.y\n",
  );
  expect(text).toBe("A claim.\n\nThe footnote says this.\n\nAnother that goes on.");
  expect(readMarkdown("---\n\nBegins with a rule.\n\n---\n\nGoes on.").text).toBe("Begins with a rule.\n\nGoes on.");
  expect(readMarkdown("---\nNote: what follows is a field\n---\nText").text).toBe("Text");
  expect(readMarkdown('+++\ntitle = "Of TOML"\nlanguage = "ru"\n+++\n\nText')).toMatchObject({
    title: "Of TOML",
    language: "ru",
    text: "Text",
  });
  expect(readMarkdown("---\n---\nText").text).toBe("Text");
});

test("HTML of frames and of XHTML keeps its text", () => {
  const frames =
    '<html><frameset cols="1,2"><frame src="a"><noframes><body><p>See the <b>index</b>.</p></body></noframes></frameset></html>';
  expect(readHtml(frames).text).toBe("See the index.");
  const strict =
    '<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"><head><title>X</title><script src="a.js"/></head><body><div/><p>Body</p></body></html>';
  expect(readHtml(strict)).toMatchObject({ title: "X", text: "Body" });
});

test("lines of JSON: each that is a document is read, each that is none is told with its number", async () => {
  write(
    "rows.jsonl",
    [
      '\ufeff{"id":"a","text":"one"}',
      "not json",
      '{"id":"b"}',
      '{"text":"without a name"}',
      '{"id":"","text":"an empty name"}',
      '{"id":7,"text":"a number","title":"T"}\r',
      '{"id":{"nested":1},"text":"x"}',
      '{"id":"t","text":{"nested":"x"}}',
      "[1]",
      '{"id":"__proto__","text":"an odd name"}',
      '{"id":"half","text":"half \\ud800 a character"}',
      '{"id":"a","text":"again"}',
      "",
      '{"id":"cut","text":"cut of',
    ].join("\n"),
  );
  const source = records("rows.jsonl", { root });
  const { read: found, told } = await read(source);
  expect(texts(found)).toMatchObject({
    "rows.jsonl:4": "without a name",
    "rows.jsonl:5": "an empty name",
    "7": "a number",
    half: "half \ufffd a character",
  });
  expect(Object.keys(told).map((place) => place.replace("rows.jsonl:", ""))).toEqual(["2", "3", "7", "8", "9", "14"]);
  const made = { name: "rows", folder: join(root, ".index"), source, settings: { language: "en" as const } };
  const report = await makeIndex(made);
  expect(report).toMatchObject({ documents: 6, passages: 6, added: 6 });
  expect(report.skipped.at(-1)!.path).toBe("rows.jsonl:14");
  expect(report.skipped.map(({ path, why }) => `${path}: ${why}`)).toContain("a: a document of this id came before it");
  write("rows.jsonl", '{"id":"__proto__","text":"an odd name"}\n');
  expect(await makeIndex(made)).toMatchObject({ documents: 1, added: 0, edited: 0, removed: 5 });
  expect(await openIndex(made).document("__proto__")).toMatchObject({ text: "an odd name" });
});

test("files that are no lines of JSON are told once, other encodings line by line, and packed ones are unpacked", async () => {
  write("list.jsonl", '[{"id":"a","text":"x"},\n{"id":"b","text":"y"}]\n');
  expect((await read(records("list.jsonl", { root }))).told).toEqual({
    "list.jsonl": "a list of JSON over several lines: write each document on a line of its own",
  });
  write("wide.jsonl", Buffer.from('\ufeff{"id":"a","text":"x"}\n', "utf16le"));
  expect((await read(records("wide.jsonl", { root }))).told).toEqual({ "wide.jsonl": "written in UTF-16: save it as UTF-8" });
  write(
    "old.jsonl",
    Buffer.concat([Buffer.from('{"id":"a","text":"'), Buffer.from([0xcf, 0xf0]), Buffer.from('"}\n{"id":"b","text":"y"}')]),
  );
  expect(await read(records("old.jsonl", { root }))).toMatchObject({
    read: { b: { text: "y" } },
    told: { "old.jsonl:1": "not UTF-8" },
  });
  write("packed.jsonl.gz", gzipSync('{"id":"g","text":"packed"}\n'));
  expect(texts((await read(records("packed.jsonl.gz", { root }))).read)).toEqual({ g: "packed" });
  write("broken.jsonl.gz", gzipSync('{"id":"g","text":"packed"}\n').subarray(0, 20));
  expect((await read(records("broken.jsonl.gz", { root }))).told).toEqual({ "broken.jsonl.gz": expect.stringMatching(/\S/) });
});
