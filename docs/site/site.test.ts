// The site, made whole: no dead link, a page for everything that has a name, nothing from another host, and search that works from a folder.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, posix } from "node:path";
import { pathToFileURL } from "node:url";
import MiniSearch from "minisearch";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { verbs } from "../../cli/verbs.ts";
import { knownCodes } from "../../compiler/index.ts";
import { kinds } from "../../compiler/kinds/index.ts";
import { openBrowser, openPage } from "../../runtime/serve/tests/browser.ts";
import { writeFiles } from "./build.ts";
import { pathOf, readLibrary } from "./library.ts";
import { arxiv } from "./papers.ts";
import { searchOptions } from "./search.ts";
import { site } from "./site.ts";

let files: ReadonlyMap<string, string | Uint8Array>;
const text = (path: string): string => String(files.get(path));
let pages: [path: string, html: string][];

beforeAll(async () => {
  files = await site();
  pages = [...files].flatMap(([path, html]) => (path.endsWith(".html") ? [[path, String(html)] as [string, string]] : []));
}, 180_000);

/** What a page links to or loads, from the root of the site. */
const targets = (path: string, html: string): string[] =>
  [...html.matchAll(/\s(?:href|src)="([^"]*)"/g)]
    .map(([, to]) => to!.replaceAll("&amp;", "&"))
    .filter((to) => !/^https?:/.test(to))
    .map((to) => (to.startsWith("#") ? `${path}${to}` : posix.join(posix.dirname(path), decodeURI(to))));

test("no link is dead, no place in a page that a link names is missing", () => {
  const dead = pages.flatMap(([path, html]) =>
    targets(path, html).flatMap((to) => {
      const [file, hash] = to.split("#") as [string, string?];
      const there = files.has(file) && (hash === undefined || text(file).includes(`id="${hash}"`));
      return there ? [] : [`${path} -> ${to}`];
    }),
  );
  expect([...new Set(dead)]).toEqual([]);
});

test("every Markdown link of the project's documentation leads to a page", () => {
  const lost = pages.flatMap(([path, html]) =>
    [...html.matchAll(/class="elsewhere" title="([^"]*)"/g)].map(([, to]) => `${path}: ${to}`),
  );
  expect(lost).toEqual([]);
});

test("each declaration, diagnostic, verb and kind of setting has its page, and each page one heading", () => {
  const wanted = [
    ...readLibrary().flatMap(({ declarations }) => declarations.map(pathOf)),
    ...knownCodes().map(({ code }) => `diagnostics/${code}.html`),
    ...Object.keys(verbs).map((verb) => `cli/${verb}.html`),
  ];
  expect(wanted.length).toBeGreaterThan(250);
  expect(wanted.filter((path) => !files.has(path))).toEqual([]);
  for (const word of kinds.keys()) expect(text("settings.html")).toContain(`<section id="${word}">`);
  expect(pages.filter(([, html]) => html.match(/<h1[ >]/g)?.length !== 1).map(([path]) => path)).toEqual([]);
});

test("nothing is loaded from another host", () => {
  const loading = pages.flatMap(([path, html]) =>
    [...html.matchAll(/<(?:script|link|img|iframe)[^>]*(?:src|href)="(https?:[^"]*)"/g)].map(([, to]) => `${path} -> ${to}`),
  );
  expect(loading).toEqual([]);
});

test("a page of the library says how it is written, what it takes, its formula, its source, and who uses it", () => {
  const page = text("stdlib/objectives/dpo.html");
  expect(page).toContain("Signature</h2>");
  expect(page).toMatch(/<td><code>β<\/code><\/td><td><code>.*Float.*<\/code><\/td><td><code>.*0\.1/);
  expect(page).toContain('<a href="https://arxiv.org/abs/2305.18290">');
  expect(page).toMatch(/<math[\s\S]*maximize[\s\S]*<\/math>|<math[\s\S]*minimize[\s\S]*<\/math>/);
  expect(page).toContain('href="../../source/objectives.html#L');
  expect(text("stdlib/answering/infocontext.html")).toMatch(/<td><code>budget<\/code><\/td>.*1500/);
});

test("numbers of papers become links, and other numbers do not", () => {
  expect(arxiv("arXiv 2406.16768, 2402.14740")).toBe(
    '<a href="https://arxiv.org/abs/2406.16768">arXiv 2406.16768</a>, <a href="https://arxiv.org/abs/2402.14740">2402.14740</a>',
  );
  expect(arxiv("1.030478754 nats")).toBe("1.030478754 nats");
});

describe("search", () => {
  const find = (words: string): string[] => {
    const json = /self\.neuroIndex = (.*);/.exec(text("assets/search-index.js"))![1]!;
    const index = MiniSearch.loadJSON(JSON.parse(json), searchOptions);
    return index
      .search(words, { boost: { title: 5, summary: 2 }, prefix: true, combineWith: "AND" })
      .map(({ path }) => String(path));
  };

  test.each([
    ["dpo", "stdlib/objectives/dpo.html"],
    ["cross entropy", "stdlib/objectives/cross_entropy.html"],
    ["axes_differ", "diagnostics/axes_differ.html"],
    ["neuroc serve", "cli/serve.html"],
    ["softmax", "mathematics.html"],
    ["searxng", "guides/sources.html"],
  ])("%s finds %s", (words, path) => {
    expect(
      find(words)
        .slice(0, 5)
        .map((found) => found.split("#")[0]),
    ).toContain(path);
  });
});

describe("in a browser, from a folder", () => {
  const folder = mkdtempSync(join(tmpdir(), "neuro-site-"));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test("a reader finds a page with the keyboard alone, and goes from light to dark", async () => {
    writeFiles(join(folder, "site"), files);
    const browser = await openBrowser();
    try {
      const { page, faults } = await openPage(browser, pathToFileURL(join(folder, "site/index.html")).href);
      await page.keyboard.press("/");
      await page.keyboard.type("grpo");
      await page.getByRole("option").first().waitFor();
      await page.keyboard.press("ArrowDown");
      expect(await page.getByRole("combobox").getAttribute("aria-activedescendant")).toBe("found-0");
      await page.keyboard.press("Enter");
      await page.waitForURL(/objectives\/grpo\.html$/);
      expect(await page.getByRole("heading", { level: 1 }).textContent()).toContain("grpo");
      await page.getByRole("button", { name: "Light or dark" }).click();
      expect(await page.locator("html").getAttribute("data-theme")).toBe("dark");
      await page.reload();
      expect(await page.locator("html").getAttribute("data-theme")).toBe("dark");
      expect(faults).toEqual([]);
    } finally {
      await browser.close();
    }
  });
});
