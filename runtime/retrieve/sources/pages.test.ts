// PDF, HTML and lines of JSON as documents, and what of them cannot be read.
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import fc from "fast-check";
import { afterAll, expect, test } from "vitest";
import { openIndex } from "../library.ts";
import { makeIndex } from "../make-index.ts";
import { files } from "./files.ts";
import { readHtml } from "./html.ts";
import { readPdf } from "./pdf.ts";
import { beirCorpus, records } from "./records.ts";
import type { DocumentSource } from "./source.ts";

const root = mkdtempSync(join(tmpdir(), "neuro-pages-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));
const write = (path: string, content: string | Uint8Array) => {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), content);
};
const readAll = async (source: DocumentSource) =>
  (await Promise.all((await source.parts()).map((part) => Array.fromAsync(part.read())))).flat();

/** A line of a page: its size in points, its height on the page, its text. */
type Line = readonly [size: number, y: number, text: string];
/** A PDF of these pages, as the standard's own smallest examples are written. */
function pdf(pages: readonly (readonly Line[])[], trailer = "", more: readonly string[] = [], font = ""): Uint8Array {
  const kids = pages.map((_, i) => `${4 + 2 * i} 0 R`).join(" ");
  const objects = [
    "<< /Type /Catalog /Pages 2 0 R >>",
    `<< /Type /Pages /Kids [${kids}] /Count ${pages.length} >>`,
    `<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica ${font} >>`,
    ...pages.flatMap((lines, i) => {
      const content = lines.map(([size, y, text]) => `BT /F ${size} Tf 72 ${y} Td (${text}) Tj ET`).join("\n");
      return [
        `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Resources << /Font << /F 3 0 R >> >> /Contents ${5 + 2 * i} 0 R >>`,
        `<< /Length ${content.length} >>\nstream\n${content}\nendstream`,
      ];
    }),
    ...more,
  ];
  let text = "%PDF-1.4\n";
  const places = objects.map((object, i) => {
    const at = text.length;
    text += `${i + 1} 0 obj\n${object}\nendobj\n`;
    return `${String(at).padStart(10, "0")} 00000 n \n`;
  });
  const xref = `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${places.join("")}`;
  return new TextEncoder().encode(
    `${text}${xref}trailer\n<< /Size ${objects.length + 1} /Root 1 0 R ${trailer} >>\nstartxref\n${text.length}\n%%EOF\n`,
  );
}
const book = () =>
  pdf([
    [[9, 760, "A Book of Cats 1"], [20, 700, "Cats"], [11, 670, "A cat sleeps on the sofa, and the night is long and very com-"], [11, 657, "fortable, so that it does not"], [11, 644, "wake before the morning."], [11, 620, "Another paragraph ends with a page"], [9, 40, "1"]],
    [[9, 760, "A Book of Cats 2"], [11, 700, "and goes on here."], [16, 660, "Their food"], [11, 630, "Mice."]],
    [[9, 760, "A Book of Cats 3"], [16, 700, "Their owners"], [11, 670, "People serve them."]],
  ]); // biome-ignore format: pages

test("a PDF becomes paragraphs and headings, without what repeats on its pages, and keeps where each page begins", async () => {
  const read = await readPdf(book());
  if (typeof read === "string") throw new Error(read);
  expect(read.text.split("\n\n")).toEqual([
    "Cats",
    "A cat sleeps on the sofa, and the night is long and very comfortable, so that it does not wake before the morning.",
    "Another paragraph ends with a page and goes on here.",
    "Their food",
    "Mice.",
    "Their owners",
    "People serve them.",
  ]);
  expect(read.title).toBe("Cats");
  expect(read.headings.map(({ text, level, at }) => [text, level, read.text.startsWith(text, at)])).toEqual([
    ["Cats", 1, true],
    ["Their food", 2, true],
    ["Their owners", 2, true],
  ]);
  expect(read.pages.map((at) => read.text.slice(at).trimStart().slice(0, 12))).toEqual([
    "Cats\n\nA cat ",
    "and goes on ",
    "Their owners",
  ]);
});

test("letters of another alphabet are those that the PDF's own table says, on a line that is divided, too", async () => {
  const letters = [..."Кошкаспитндверемяцы"];
  // As programs write fonts of their own: numbers for letters, and beside them a table of what they mean.
  const code = (text: string) =>
    [...text]
      .map((letter) => (letter === " " || letter === "-" ? letter : String.fromCharCode(65 + letters.indexOf(letter))))
      .join("");
  const hex = (n: number, digits: number) => n.toString(16).padStart(digits, "0");
  const pairs = letters.map((letter, i) => `<${hex(65 + i, 2)}> <${hex(letter.charCodeAt(0), 4)}>`);
  const table = `/CIDInit /ProcSet findresource begin begincmap 1 begincodespacerange <00> <ff> endcodespacerange ${pairs.length} beginbfchar\n${pairs.join("\n")}\nendbfchar endcmap end`;
  const page: Line[] = [
    [11, 700, code("Кошка спит на диване и вре-")],
    [11, 687, code("мя идет")],
  ];
  const read = await readPdf(pdf([page], "", [`<< /Length ${table.length} >>\nstream\n${table}\nendstream`], "/ToUnicode 6 0 R"));
  expect(read).toMatchObject({ text: "Кошка спит на диване и время идет" });
});

test("PDFs that hold no text, ask for a password or are broken are named with the reason, and a passage names its page", async () => {
  const locked =
    "<< /Filter /Standard /V 1 /R 2 /O (12345678901234567890123456789012) /U (abcdefghabcdefghabcdefghabcdefgh) /P -4 >>";
  write("pdf/book.pdf", book());
  write("pdf/empty.pdf", pdf([[]]));
  write("pdf/locked.pdf", pdf([[[11, 700, "secret"]]], "/Encrypt 6 0 R /ID [<00> <00>]", [locked]));
  write("pdf/broken.pdf", "%PDF-1.4 and nothing more");
  write("pdf/none.pdf", "");
  const made = {
    name: "books",
    folder: join(root, ".index"),
    source: files("pdf/*.pdf", { root }),
    settings: { language: "en", block: 4, overlap: 0 } as const,
  };
  const report = await makeIndex(made);
  expect(report).toMatchObject({ documents: 1 });
  expect(report.skipped.map(({ path, why }) => [path, why.replace(/\(.*/, "")])).toEqual([
    ["pdf/broken.pdf", "not a PDF that can be read "],
    ["pdf/empty.pdf", "no text in it; are its pages pictures?"],
    ["pdf/locked.pdf", "encrypted: it asks for a password"],
    ["pdf/none.pdf", "not a PDF that can be read "],
  ]);
  const index = openIndex(made);
  const places = async (question: string) => (await index.find(question, 1)).map(({ url, title }) => [url, title]);
  expect(await places("sleeping on a sofa")).toEqual([["pdf/book.pdf#page=1", "Cats"]]);
  expect(await places("people serve")).toEqual([["pdf/book.pdf#page=3", "Cats"]]);
});

test("HTML is read as a browser reads it: headings keep their anchors, tables their columns, code its lines", () => {
  const read = readHtml(`<!doctype html><html lang=en><head><title>The
  &quot;page&quot; &hellip;</title></head><body><nav>menu</nav>
  <main><h1 id=top>Top <small>part</small></h1>intro &notin; text<p>One<br>two <b>three</b>.<script>alert(1)</script><p hidden>no</p>
  <ul><li>a<li>b <i>c</i></ul><table><tr><th>Name<th>Capital</tr><tr><td>Norway<td>Oslo</table><pre>if x:\n    y\n</pre>
  <div aria-hidden=true>icon</div><div style="display: none">hidden</div><img alt="a cat" src=x onerror=alert(1)><h2>Top</h2><h2>End</h2></main>`);
  expect(read).toMatchObject({ title: 'The "page" …', language: "en" });
  expect(read.text.split("\n\n")).toEqual([
    "Top part",
    "intro ∉ text",
    "One\ntwo three.",
    "a\nb c",
    "Name; Capital\nName: Norway; Capital: Oslo",
    "if x:\n    y",
    "a cat",
    "Top",
    "End",
  ]);
  expect(read.headings.map(({ anchor, at, text }) => [anchor, read.text.startsWith(text, at)])).toEqual([
    ["top", true],
    ["top", true],
    ["end", true],
  ]);
});

test("no HTML whatever makes the reader fail", () => {
  const piece = fc.constantFrom(
    "<",
    ">",
    "</",
    "div",
    "<p>",
    "<table>",
    "<td>",
    "<h1>",
    "</h1>",
    "<pre>",
    "<script>",
    "<!--",
    "-->",
    "&amp",
    "&#0;",
    '"',
    "=",
    "x ",
    "\n",
    "<svg>",
    "<template>",
    "\ud800",
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
      const { text, headings } = readHtml(pieces.join(""));
      for (const { at } of headings) expect(at).toBeLessThan(text.length);
      expect(text).toBe(text.trim());
    }),
  );
  expect(readHtml(`${"<div>".repeat(20_000)}deep`).text).toBe("deep");
  write("enc/ru.html", Uint8Array.from([...Buffer.from('<meta charset="windows-1251"><p>'), 0xcf, 0xf0, 0xe8, 0xe2, 0xe5, 0xf2]));
});

test("the encoding that a page names is believed where it fits", async () => {
  expect(await readAll(files("enc/ru.html", { root }))).toMatchObject([{ text: "Привет" }]);
});

test("lines of JSON are documents; a broken one is named with its number and stops nothing", async () => {
  const lines = [
    '\ufeff{"id": "a", "title": "A", "text": "one"}',
    "",
    "{broken",
    '{"_id": 7, "text": "two", "url": "https://e.example"}',
    '{"title": "no text"}',
    "[1]",
    '{"id": {}, "text": "x"}',
    '{"text": "no name", "language": "ru"}',
    '{"id": "e", "text": " "}',
  ];
  write("data/docs.jsonl", lines.join("\r\n"));
  expect(await readAll(records("data/docs.jsonl", { root }))).toEqual([
    { id: "a", title: "A", url: "a", text: "one", headings: [] },
    { path: "data/docs.jsonl:3", why: expect.stringContaining("not JSON") },
    { id: "7", title: "", url: "https://e.example", text: "two", headings: [] },
    { path: "data/docs.jsonl:5", why: "it has no `text`" },
    { path: "data/docs.jsonl:6", why: "not an object" },
    { path: "data/docs.jsonl:7", why: "its `id` is no name" },
    { id: "docs.jsonl:8", title: "", url: "docs.jsonl:8", text: "no name", headings: [], language: "ru" },
    { path: "data/docs.jsonl:9", why: "empty" },
  ]);
  await expect(records("data/none.jsonl", { root }).parts()).rejects.toMatchObject({ code: "file_missing" });
});

test("a collection in one file is indexed by its lines, kept while the file is the same, and updated by its lines", async () => {
  const corpus = (texts: readonly string[]) =>
    write("beir/corpus.jsonl", texts.map((text, i) => JSON.stringify({ _id: `d${i}`, title: `T${i}`, text })).join("\n"));
  corpus(["red apples", "green pears", "blue plums"]);
  const made = {
    name: "fruit",
    folder: join(root, ".fruit"),
    source: beirCorpus("beir", { root }),
    settings: { language: "en", block: "whole" } as const,
  };
  expect(await makeIndex(made)).toMatchObject({ documents: 3, passages: 3, added: 3 });
  expect(await makeIndex(made)).toMatchObject({ documents: 3, changed: 0 });
  corpus(["red apples", "yellow pears"]);
  expect(await openIndex(made).drift()).toBe("Documents of fruit differ from its index: 1 changed. Run `neuroc index`.");
  expect(await makeIndex(made)).toMatchObject({ documents: 2, edited: 1, removed: 1, added: 0 });
  const index = openIndex(made);
  expect((await index.find("plums", 3)).length).toBe(0);
  expect(await index.find("yellow", 3)).toMatchObject([{ id: "d1", title: "T1", text: "yellow pears" }]);
  corpus(["twice", "x"]);
  write("beir/corpus.jsonl", '{"_id":"d0","text":"one"}\n{"_id":"d0","text":"two"}');
  expect(await makeIndex(made)).toMatchObject({
    documents: 1,
    skipped: [{ path: "d0", why: "a document of this id came before it" }],
  });
});

test("a link among the documents leads to no file outside of them; a pattern may name folders beside the spec's", async () => {
  write("linked/docs/own.md", "# Own");
  write("linked/secret.md", "# Secret");
  write("linked/beside/b.md", "# Beside");
  symlinkSync("../secret.md", join(root, "linked/docs/link.md"));
  symlinkSync("own.md", join(root, "linked/docs/same.md"));
  write("linked/docs/spec/x.md", "# X");
  const source = files("../*.md, ../../beside/**/*.md", { root: join(root, "linked/docs/spec") });
  expect((await readAll(source)).map((one) => ("why" in one ? [one.path, one.why] : [one.id, one.title]))).toEqual([
    ["../../beside/b.md", "Beside"],
    ["../link.md", "a link that leads out of its folder"],
    ["../own.md", "Own"],
    ["../same.md", "the same file as ../own.md"],
  ]);
});

test("whole documents, blocks of tokens with an overlap, and sentences are cut as the index says", async () => {
  const text = Array.from({ length: 30 }, (_, i) => `word${i}`).join(" ");
  write("cuts/a.md", `# Title\n\n${text}`);
  const passages = async (settings: object) => {
    const made = {
      name: "cuts",
      folder: join(root, ".cuts"),
      source: files("cuts/*.md", { root }),
      settings: { language: "none" as const, ...settings },
    };
    // One word is two tokens of the rough count.
    const report = await makeIndex({
      ...made,
      offsets: async () => (one: string) => [...one.matchAll(/\S+/g)].map(({ index }) => index),
    });
    const found = await openIndex(made).find("title", 50);
    return {
      count: report.passages,
      found: found.map((doc) => doc.text.split(" ").filter(Boolean).length),
      ids: found.map(({ id }) => id),
    };
  };
  expect(await passages({ block: "whole" })).toMatchObject({ count: 1, found: [30], ids: ["cuts/a.md"] });
  const blocks = await passages({ block: 12, overlap: 4 });
  expect([blocks.count, blocks.found.sort((a, b) => b - a)]).toEqual([4, [12, 12, 12, 6]]);
  expect(blocks.ids).toContain("cuts/a.md#2");
});
