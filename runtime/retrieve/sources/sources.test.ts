import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import fc from "fast-check";
import { afterAll, expect, test } from "vitest";
import { passages } from "../passages.ts";
import { decodeText } from "./decode-text.ts";
import { files } from "./files.ts";
import { readHtml } from "./html.ts";
import { inline, readMarkdown } from "./markdown.ts";
import { readPlain } from "./plain.ts";
import { type DocumentSource, isSkipped } from "./source.ts";

const root = mkdtempSync(join(tmpdir(), "neuro-sources-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));
const write = (path: string, content: string | Uint8Array) => {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), content);
};
const readAll = async (source: DocumentSource) =>
  (await Promise.all((await source.parts()).map((part) => Array.fromAsync(part.read())))).flat();

test("Markdown becomes what a reader would say", () => {
  const read = readMarkdown(`---\r\ntitle: "The page"\r\nlang: ru\r\n---\r\n# Hello *world*\r\n
A paragraph with \`co*d*e\`, a [link](http://a.b/c_(d)) and\nwrapped **bold** text.  \nA hard break, snake_case_word, 2\\*3 &amp; <b>a tag</b>, 1 < 2.[^1]\n
- one\n  more\n- [x] two\n\n| Name | Capital |\n|---|:--:|\n| Norway | Oslo |\n| Chad | |\n
Under\n-----\n> quoted\n> more\n\n\`\`\`js\nconst a = 1;\n\nlet b;\n\`\`\`\n<!-- hidden -->\n[x]: http://foo\n![a cat](cat.png)`);
  expect(read.title).toBe("The page");
  expect(read.language).toBe("ru");
  expect(read.text.split("\n\n")).toEqual([
    "Hello world",
    "A paragraph with co*d*e, a link and wrapped bold text.\nA hard break, snake_case_word, 2*3 & a tag, 1 < 2.",
    "one more\ntwo",
    "Name: Norway; Capital: Oslo\nName: Chad",
    "Under",
    "quoted more",
    "const a = 1;",
    "let b;",
    "a cat",
  ]);
  expect(read.headings.map(({ text, level, anchor, at }) => [text, level, anchor, read.text.startsWith(text, at)])).toEqual([
    ["Hello world", 1, "hello-world", true],
    ["Under", 2, "under", true],
  ]);
});

test("the first heading names a page without front matter, and is not said again", () => {
  expect(readMarkdown("# Oslo\n\nA city.\n\n## Oslo\n\nAgain.\n\n## Oslo")).toMatchObject({
    title: "Oslo",
    text: "A city.\n\nOslo\n\nAgain.\n\nOslo",
    headings: [{ anchor: "oslo-1" }, { anchor: "oslo-2" }],
  });
});

test("a page is named by what names it: its first words when they are a heading, or its first great heading", () => {
  expect(readMarkdown("## Small\n\nText.\n\n# Great")).toMatchObject({ title: "Small", text: "Text.\n\nGreat" });
  expect(readMarkdown("A badge\n\n## Small\n\n# Great")).toMatchObject({ title: "Great" });
  expect(readMarkdown("A badge\n\n## Small")).toMatchObject({ title: undefined });
  expect(readMarkdown('<p align="center">\n<h1 align="center">Great</h1>\n\nText.')).toMatchObject({ title: "Great" });
});

test("no Markdown whatever makes the reader fail or take long", () => {
  const piece = fc.constantFrom(
    "[",
    "]",
    "(",
    ")",
    "*",
    "_",
    "`",
    "```",
    "\n",
    "#",
    "|",
    "-",
    "> ",
    "<",
    ">",
    "!",
    "&",
    ";",
    "a",
    " ",
    "\\",
    "~~",
    "---",
    "\u0000",
    "\ud800",
  );
  fc.assert(fc.property(fc.array(piece, { maxLength: 60 }), (pieces) => void readMarkdown(pieces.join(""))));
  const before = process.cpuUsage();
  readMarkdown("[".repeat(300_000));
  readMarkdown("[".repeat(19_000));
  readMarkdown("*a".repeat(9_000));
  expect(process.cpuUsage(before).user / 1000).toBeLessThan(2000);
  expect(inline("`` a`b `` **c**")).toBe("a`b c");
});

test("wrapped lines of plain text are joined, lists are not", () => {
  const read = readPlain(
    "The quick brown fox now jumps over the\nlazy dog, and then it runs away from him.\n\nMilk\nEggs\n\n- a\n- b",
  );
  expect(read.text).toBe(
    "The quick brown fox now jumps over the lazy dog, and then it runs away from him.\n\nMilk\nEggs\n\n- a\n- b",
  );
});

test("HTML loses its markup and keeps its headings", () => {
  const read = readHtml(
    "<html lang=ru><head><title>T &amp; U</title><style>x{}</style></head><body><nav>menu</nav><h1>Top</h1><p>One<br>two <b>three</b></p><ul><li>a</li><li>b</li></ul><script>bad()</script></body>",
  );
  expect(read).toMatchObject({
    title: "T & U",
    language: "ru",
    text: "Top\n\nOne\ntwo three\n\na\nb",
    headings: [{ text: "Top", level: 1, at: 0 }],
  });
});

test.each([
  ["UTF-8 with a mark", [0xef, 0xbb, 0xbf, 0x41], "A"],
  ["UTF-16, little end first", [0xff, 0xfe, 0x41, 0, 0x16, 4], "AЖ".replace("Ж", "\u0416")],
  ["UTF-16, big end first", [0xfe, 0xff, 0, 0x41], "A"],
  ["windows-1251", [...new Uint8Array([0xcf, 0xf0, 0xe8, 0xe2, 0xe5, 0xf2, 0x20, 0xec, 0xe8, 0xf0])], "Привет мир"],
  ["KOI8-R", [0xf0, 0xd2, 0xc9, 0xd7, 0xc5, 0xd4, 0x20, 0xcd, 0xc9, 0xd2], "Привет мир"],
  [
    "KOI8-R in small letters",
    [0xcb, 0xcf, 0xdb, 0xcb, 0xc1, 0x20, 0xc5, 0xd3, 0xd4, 0x20, 0xd2, 0xd9, 0xc2, 0xd5],
    "кошка ест рыбу",
  ],
  ["DOS's Russian", [0x8a, 0xae, 0xe8, 0xaa, 0xa0, 0x20, 0xa5, 0xe1, 0xe2, 0x20, 0xe0, 0xeb, 0xa1, 0xe3], "Кошка ест рыбу"],
  ["UTF-8 whose last letter was cut off", [...new TextEncoder().encode("Кошка ест рыбу").subarray(0, -1)], "Кошка ест рыб\ufffd"],
  ["UTF-8 with one damaged byte", [...new TextEncoder().encode("«Кошка» "), 0xff, 0x21], "«Кошка» \ufffd!"],
  ["UTF-16 without a mark", [...Buffer.from("Кошка ест рыбу, she said.", "utf16le")], "Кошка ест рыбу, she said."],
  ["windows-1252", [0x63, 0x61, 0x66, 0xe9, 0x20, 0x6e, 0x6f, 0x69, 0x72], "café noir"],
] as const)("%s is read", (_name, bytes, text) => {
  expect(decodeText(Uint8Array.from(bytes))).toBe(text);
});

test("binary files are told from text", () => {
  expect(decodeText(Uint8Array.from([0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10, 0, 0]))).toEqual({ why: "not a text file" });
  expect(decodeText(Uint8Array.from({ length: 4000 }, (_, i) => (i * 7919) % 251 || 1))).toEqual({ why: "not a text file" });
});

test("an encoding that cannot be told is said to be one, and never guessed", () => {
  const chinese = Uint8Array.from([0xc3, 0xa8, 0xd4, 0xda, 0xc9, 0xb3, 0xb7, 0xa2, 0xc9, 0xcf, 0xcb, 0xaf, 0xbe, 0xf5]);
  expect(decodeText(chinese)).toMatchObject({ why: expect.stringContaining("save it as UTF-8") });
  expect(decodeText(Uint8Array.from([0xff, 0xfe, 0, 0, 0x41, 0, 0, 0]))).toEqual({ why: "written in UTF-32: save it as UTF-8" });
});

test("files come in the order of their names, with stable ids; what holds no text is named with the reason", async () => {
  write("docs/b.md", "no heading here");
  write("docs/a/мой файл.md", "\ufeff# Заголовок\r\n\r\nТекст.\r\n");
  write("docs/c.png.md", Uint8Array.from([1, 2, 3, 0, 4]));
  write("docs/empty.md", "");
  write("docs/node_modules/x.md", "# no");
  const source = files("docs/**/*.md", { root });
  const parts = await source.parts();
  expect(parts.map(({ path }) => path)).toEqual(["docs/a/мой файл.md", "docs/b.md", "docs/c.png.md", "docs/empty.md"]);
  const read = await readAll(source);
  expect(read[0]).toEqual({
    id: "docs/a/мой файл.md",
    url: "docs/a/мой файл.md",
    title: "Заголовок",
    text: "Текст.",
    headings: [],
  });
  expect(read[1]).toMatchObject({ title: "b", text: "no heading here" });
  expect(read.slice(2).map((one) => (isSkipped(one) ? one.why : ""))).toEqual(["not a text file", "empty"]);
  rmSync(join(root, "docs/b.md"));
  expect((await Array.fromAsync(parts[1]!.read()))[0]).toEqual({ path: "docs/b.md", why: "it is gone" });
});

test("passages are whole sentences, in order, and together the document; sections begin new ones", () => {
  const sentence = (n: number) => `Sentence number ${n} of a long text has exactly eleven words here.`;
  const long = Array.from({ length: 50 }, (_, n) => sentence(n)).join(" ");
  const { text, headings } = readMarkdown(`# T\n\n${long}\n\n## Part\n\n${long}`);
  const cut = passages({ text, headings });
  expect(cut.length).toBeGreaterThan(4);
  expect(
    cut
      .map(({ start, end }) => text.slice(start, end))
      .join(" ")
      .replace(/\s+/g, " "),
  ).toBe(text.replace(/\s+/g, " "));
  for (const { start, end } of cut) expect(text.slice(start, end)).toMatch(/^(?:Part\s+)?Sentence number[\s\S]*here\.$/);
  const part = cut.find(({ start }) => text.startsWith("Part", start))!;
  expect(part.path.map((heading) => heading.anchor)).toEqual(["part"]);
  expect(passages({ text: "", headings: [] })).toEqual([{ start: 0, end: 0, path: [] }]);
});
