/** The project's Markdown as pages: `.neuro` blocks coloured and linked, links from file to file made links from page to page. */
import { existsSync, readFileSync, statSync } from "node:fs";
import { join, posix } from "node:path";
import { Marked, type Tokens } from "marked";
import { packageRoot } from "../../cli/version.ts";
import { block, coloured } from "./code.ts";
import { checkFiles } from "./library.ts";
import type { Names } from "./names.ts";
import { escaped, relative } from "./page.ts";

/** A heading with its place, for the list beside the page and for search. */
export interface Heading {
  readonly id: string;
  readonly text: string;
  readonly depth: number;
}

/** What a Markdown file becomes. */
export interface Rendered {
  readonly title: string;
  readonly html: string;
  readonly headings: readonly Heading[];
  /** Files that it links to, by their path in the project. */
  readonly links: readonly string[];
  /** Pictures that it shows, by their path in the project. */
  readonly pictures: readonly string[];
  /** The first paragraph, as plain text. */
  readonly summary: string;
  /** The text of each heading's part, by the heading's id; what stands before the first under "". */
  readonly parts: ReadonlyMap<string, string>;
}

/** The page of a file of the project: `docs/serving.md` is `guides/serving.html`; a text that is no Markdown is shown as it is. */
export function pageOf(file: string): string {
  if (!file.endsWith(".md")) return `more/${file}.html`;
  if (file === "README.md") return "about.html";
  if (file === "docs/papers.md") return "papers.html";
  const name = posix.basename(file, ".md");
  if (/^docs\/(guides\/)?[^/]+$/.test(file)) return `guides/${name}.html`;
  if (file.startsWith("docs/decisions/")) return `decisions/${name}.html`;
  return `more/${posix.join(posix.dirname(file), name === "README" ? "index" : name)}.html`;
}

/** Where a picture of the project lies in the site. */
export const picturePath = (file: string): string => `assets/pictures/${file}`;

/** The id of a heading, as GitHub makes it. */
export const idOf = (text: string): string =>
  text
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, "")
    .trim()
    .replace(/\s/g, "-");

const plain = (html: string): string =>
  html
    .replace(/<[^>]*>/g, "")
    .replace(/&lt;/g, "<")
    .replace(/&gt;/g, ">")
    .replace(/&quot;/g, '"')
    .replace(/&#39;/g, "'")
    .replace(/&amp;/g, "&");

/** The file that a link means, or undefined where it leads elsewhere. A folder is its README. */
function linked(file: string, href: string): string | undefined {
  const path = posix.normalize(posix.join(posix.dirname(file), decodeURI(href)));
  const full = join(packageRoot, path);
  if (path.startsWith("..") || !existsSync(full)) return undefined;
  if (!statSync(full).isDirectory()) return /\.(md|neuro|ts)$/.test(path) ? path : undefined;
  const inside = posix.join(path, "README.md");
  return existsSync(join(packageRoot, inside)) ? inside : undefined;
}

/** A block of code, with a line that says what it is where that is not plain. */
function codeBlock(text: string, info: string, on: string): string {
  const [lang = "", mark, code] = info.split(/\s+/);
  const file = mark?.includes(".") ? `<p class="file"><code>${escaped(mark)}</code></p>` : "";
  if (lang !== "neuro") return `${file}${block(escaped(text), lang || "text")}`;
  const checked = mark === "fragment" ? undefined : checkFiles({ "main.neuro": text });
  const html = `${file}${block(coloured(text, { on, ...(checked ? { checked } : {}) }), "neuro", checked !== undefined)}`;
  if (mark !== "wrong" || code === undefined) return html;
  const link = `<a href="${relative(on, `diagnostics/${code}.html`)}"><code>${code}</code></a>`;
  return `<figure class="wrong"><figcaption>Wrong: ${link}</figcaption>${html}</figure>`;
}

/** What is gathered while a file is rendered. */
interface Gathered {
  readonly headings: Heading[];
  readonly links: Set<string>;
  readonly pictures: Set<string>;
  /** Words that were made links already: once a page is enough. */
  readonly said: Set<string>;
}

function renderer(file: string, on: string, names: Names, found: Gathered): Marked {
  const inlineCode = (text: string): string => {
    const html = `<code>${escaped(text)}</code>`;
    const file = /^[\w./-]+\.md$/.test(text) && existsSync(join(packageRoot, text)) ? text : undefined;
    if (file !== undefined) found.links.add(file);
    const to = file === undefined ? names(text) : pageOf(file);
    if (to === undefined || to === on || found.said.has(text)) return html;
    found.said.add(text);
    return `<a class="word" href="${relative(on, to)}">${html}</a>`;
  };
  const address = (href: string): string | undefined => {
    if (/^[a-z]+:/i.test(href)) return href;
    if (href.startsWith("#")) return href;
    const [path, hash] = href.split("#") as [string, string?];
    const target = linked(file, path);
    if (target === undefined) return undefined;
    found.links.add(target);
    return relative(on, `${pageOf(target)}${hash === undefined ? "" : `#${hash}`}`);
  };
  return new Marked({
    renderer: {
      code: ({ text, lang }: Tokens.Code) => codeBlock(text.endsWith("\n") ? text : `${text}\n`, lang ?? "", on),
      codespan: ({ text }: Tokens.Codespan) => inlineCode(text),
      heading({ tokens, depth }: Tokens.Heading) {
        const html = this.parser.parseInline(tokens);
        const text = plain(html);
        const id = idOf(text);
        found.headings.push({ id, text, depth });
        const anchor = depth === 1 ? "" : ` <a class="anchor" href="#${id}" aria-label="Link to ${escaped(text)}">#</a>`;
        return `<h${depth} id="${id}">${html}${anchor}</h${depth}>\n`;
      },
      link({ href, tokens }: Tokens.Link) {
        const inner = this.parser.parseInline(tokens);
        const to = address(href);
        // A link in a link is none.
        const bare = inner.replace(/<a class="word"[^>]*>(.*?)<\/a>/g, "$1");
        return to === undefined
          ? `<span class="elsewhere" title="${escaped(href)}">${bare}</span>`
          : `<a href="${escaped(to)}">${bare}</a>`;
      },
      image({ href, text }: Tokens.Image) {
        const picture = posix.normalize(posix.join(posix.dirname(file), decodeURI(href)));
        if (picture.startsWith("..") || !existsSync(join(packageRoot, picture))) return escaped(text);
        found.pictures.add(picture);
        return `<img src="${relative(on, picturePath(picture))}" alt="${escaped(text)}">`;
      },
      table({ header, rows }: Tokens.Table) {
        const row = (cells: readonly Tokens.TableCell[], tag: string) =>
          `<tr>${cells.map((cell) => `<${tag}>${this.parser.parseInline(cell.tokens)}</${tag}>`).join("")}</tr>`;
        const head = header.some(({ text }) => text !== "") ? `<thead>${row(header, "th")}</thead>` : "";
        return `<div class="scroll" tabindex="0"><table>${head}<tbody>${rows.map((cells) => row(cells, "td")).join("\n")}</tbody></table></div>\n`;
      },
    },
  });
}

/** Renders a Markdown file of the project. */
export function renderFile(file: string, names: Names): Rendered {
  const text = readFileSync(join(packageRoot, file), "utf8");
  const on = pageOf(file);
  const found: Gathered = { headings: [], links: new Set(), pictures: new Set(), said: new Set() };
  const html = renderer(file, on, names, found).parse(text, { async: false });
  return {
    title: found.headings[0]?.text ?? file,
    html,
    headings: found.headings,
    links: [...found.links],
    pictures: [...found.pictures],
    summary: plain(/<p>([\s\S]*?)<\/p>/.exec(html)?.[1] ?? "").replace(/\s+/g, " "),
    parts: partsOf(html),
  };
}

/** The plain text under each heading. */
function partsOf(html: string): Map<string, string> {
  const parts = new Map<string, string>();
  const pieces = html.split(/<h[1-6] id="([^"]*)">/);
  for (let at = 0; at < pieces.length; at += 2) {
    const id = at === 0 ? "" : pieces[at - 1]!;
    parts.set(id, plain(pieces[at]!).replace(/\s+/g, " ").trim());
  }
  return parts;
}

/** A documentation comment as HTML: paragraphs, and words in backticks; a formula's stars mean nothing else. */
export function docHtml(text: string, on: string, names: Names): string {
  const inline = (part: string): string =>
    part
      .split(/(`[^`]+`)/)
      .map((piece) => {
        if (!/^`.+`$/s.test(piece)) return escaped(piece);
        const code = piece.slice(1, -1);
        const to = names(code);
        const html = `<code>${escaped(code)}</code>`;
        return to === undefined || to === on ? html : `<a class="word" href="${relative(on, to)}">${html}</a>`;
      })
      .join("");
  return text
    .split(/\n\s*\n/)
    .map((part) => `<p>${inline(part)}</p>`)
    .join("\n");
}
