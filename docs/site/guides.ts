/** Pages made of the project's Markdown: the guides, the language, decisions, papers, and whatever those link to. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { packageRoot } from "../../cli/version.ts";
import { block, coloured } from "./code.ts";
import { checkFiles } from "./library.ts";
import { type Heading, pageOf, type Rendered, renderFile } from "./markdown.ts";
import type { Names } from "./names.ts";
import { escaped, type Link, type Page, relative } from "./page.ts";
import { arxiv } from "./papers.ts";

/** A page with the headings that search finds by themselves. */
export interface Guide extends Page {
  readonly file: string;
  readonly headings: readonly Heading[];
  readonly parts: ReadonlyMap<string, string>;
}

const markdownIn = (folder: string): string[] =>
  readdirSync(join(packageRoot, folder))
    .filter((file) => file.endsWith(".md"))
    .sort()
    .map((file) => `${folder}/${file}`);

/** The pages made of files: the Markdown of docs and what it links to. `pictures` are paths in the project. */
export function guidePages(names: Names): { guides: Guide[]; texts: Page[]; pictures: ReadonlySet<string> } {
  const files = ["README.md", ...["docs/guides", "docs", "docs/decisions"].flatMap(markdownIn)];
  const found = new Map<string, Guide>();
  const texts = new Map<string, Page>();
  const pictures = new Set<string>();
  for (let at = 0; at < files.length; at++) {
    const file = files[at]!;
    if (found.has(file) || texts.has(file)) continue;
    if (!file.endsWith(".md")) {
      texts.set(file, textPage(file));
      continue;
    }
    const rendered = renderFile(file, names);
    found.set(file, guide(file, rendered));
    files.push(...rendered.links);
    for (const picture of rendered.pictures) pictures.add(picture);
  }
  return { guides: [...found.values()], texts: [...texts.values()], pictures };
}

/** A text of the project as it is. */
function textPage(file: string): Page {
  const path = pageOf(file);
  const text = readFileSync(join(packageRoot, file), "utf8");
  const html = file.endsWith(".neuro")
    ? coloured(text, { on: path, checked: checkFiles({ "main.neuro": text }) })
    : escaped(text);
  return {
    path,
    title: file,
    kind: "text",
    summary: `The text of ${file}.`,
    html: `<h1><code>${escaped(file)}</code></h1>\n${block(html, file)}`,
    section: "guides",
  };
}

function sectionOf(file: string): string {
  if (file === "docs/language.md") return "language";
  if (file === "docs/papers.md") return "papers";
  return "guides";
}

function guide(file: string, { title, html, headings, summary, parts }: Rendered): Guide {
  const section = sectionOf(file);
  const path = pageOf(file);
  const above = section === "guides" && file !== "README.md" ? [{ path: "guides/index.html", text: "Guides" }] : [];
  const kind = file.startsWith("docs/decisions/")
    ? "decision"
    : section === "papers"
      ? "papers"
      : file.startsWith("docs/")
        ? "guide"
        : "more";
  return { path, title, kind, summary, html: section === "papers" ? arxiv(html) : html, section, above, file, headings, parts };
}

/** Guides under the headings of their list. */
export function grouped(guides: readonly Guide[]): { title: string; guides: Guide[] }[] {
  const groups = [
    { title: "Do something", guides: guides.filter(({ file }) => file.startsWith("docs/guides/")) },
    { title: "Know more", guides: guides.filter(({ file, section }) => /^docs\/[^/]+$/.test(file) && section === "guides") },
    { title: "Why it is so", guides: guides.filter(({ kind }) => kind === "decision") },
    { title: "Measured", guides: guides.filter(({ kind }) => kind === "more") },
  ];
  return groups.filter((group) => group.guides.length > 0);
}

/** The list of guides. */
export function guidesPage(guides: readonly Guide[]): Page {
  const path = "guides/index.html";
  const item = (page: Link & { title: string; summary: string }) =>
    `<li><a href="${relative(path, page.path)}">${escaped(page.title)}</a><p>${escaped(page.summary)}</p></li>`;
  const parts = grouped(guides).map(
    ({ title, guides: own }) =>
      `<section><h2>${title}</h2><ul class="cards">${own.map((each) => item({ ...each, text: each.title })).join("\n")}</ul></section>`,
  );
  return {
    path,
    title: "Guides",
    kind: "guides",
    summary: "How to do a thing from the beginning to the end.",
    html: `<h1>Guides</h1>\n${parts.join("\n")}`,
    section: "guides",
  };
}
