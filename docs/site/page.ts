/** A page of the site and its frame: header with search, the section's own list, content, and nothing from any other host. */
import { posix } from "node:path";

/** Where a page stands in the site. */
export interface Page {
  /** From the root of the site: `stdlib/objectives/dpo.html`. */
  readonly path: string;
  readonly title: string;
  /** What search results call it: `objective`, `guide`, `diagnostic`. */
  readonly kind: string;
  /** One sentence, as plain text. */
  readonly summary: string;
  readonly html: string;
  /** The section whose list of pages stands beside it. */
  readonly section: string;
  /** Pages above it, from the outermost. */
  readonly above?: readonly Link[];
  /** More words to be found by. */
  readonly words?: string;
  /** Places of the page that are found by themselves. */
  readonly places?: readonly { readonly id: string; readonly title: string; readonly words: string }[];
}

/** A link with its target from the root of the site. */
export interface Link {
  readonly path: string;
  readonly text: string;
}

/** A list of links that stands beside the pages of a section, perhaps under headings. */
export type Beside = readonly { readonly title?: string; readonly links: readonly Link[] }[];

const entities: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
/** Text as HTML. */
export const escaped = (text: string): string => text.replace(/[&<>"]/g, (sign) => entities[sign]!);

/** The address of one path of the site seen from another, so that the site works wherever it lies. */
export function relative(from: string, to: string): string {
  const [path, hash] = to.split("#") as [string, string?];
  const seen = path === from ? "" : posix.relative(posix.dirname(from), path) || posix.basename(path);
  return `${seen}${hash === undefined ? "" : `#${hash}`}` || posix.basename(from);
}

/** The sections in the header, each with its first page. */
const sections: readonly (Link & { readonly section: string })[] = [
  { section: "guides", path: "guides/index.html", text: "Guides" },
  { section: "language", path: "guides/language.html", text: "Language" },
  { section: "stdlib", path: "stdlib/index.html", text: "Library" },
  { section: "settings", path: "settings.html", text: "Settings" },
  { section: "diagnostics", path: "diagnostics/index.html", text: "Diagnostics" },
  { section: "cli", path: "cli/index.html", text: "Commands" },
  { section: "papers", path: "papers.html", text: "Papers" },
];

const listed = (page: Page, beside: Beside): string =>
  beside
    .map(({ title, links }) => {
      const items = links.map(({ path, text }) => {
        const here = path === page.path ? ' aria-current="page"' : "";
        return `<li><a href="${relative(page.path, path)}"${here}>${escaped(text)}</a></li>`;
      });
      return `${title === undefined ? "" : `<h2>${escaped(title)}</h2>`}<ul>${items.join("")}</ul>`;
    })
    .join("\n");

/** The whole file of a page. */
export function framed(page: Page, beside: Beside): string {
  const to = (path: string) => relative(page.path, path);
  const nav = sections.map(
    ({ section, path, text }) =>
      `<a href="${to(path)}"${section === page.section ? ' aria-current="true"' : ""}>${escaped(text)}</a>`,
  );
  const crumbs = (page.above ?? []).map(({ path, text }) => `<a href="${to(path)}">${escaped(text)}</a>`);
  const side = listed(page, beside);
  return `<!doctype html>
<html lang="en" data-root="${to("index.html").replace(/index\.html$/, "")}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(page.title)}${page.path === "index.html" ? "" : " · neuro"}</title>
<meta name="description" content="${escaped(page.summary)}">
<link rel="icon" href="${to("assets/icon.svg")}">
<link rel="stylesheet" href="${to("assets/style.css")}">
<script src="${to("assets/theme.js")}"></script>
</head>
<body>
<a class="skip" href="#content">To the content</a>
<header>
<a class="home" href="${to("index.html")}"><img src="${to("assets/icon.svg")}" alt="" width="24" height="24"> neuro</a>
<nav aria-label="Sections">${nav.join("\n")}</nav>
<form role="search" class="search">
<input type="search" id="search" placeholder="Search" aria-label="Search the documentation" autocomplete="off" spellcheck="false" role="combobox" aria-expanded="false" aria-controls="found" aria-keyshortcuts="/">
<kbd aria-hidden="true">/</kbd>
<ul id="found" role="listbox" aria-label="Pages found" hidden></ul>
</form>
<button id="theme" type="button" aria-label="Light or dark" title="Light or dark">◐</button>
</header>
<div class="columns${side === "" ? " wide" : ""}">
${side === "" ? "" : `<nav class="beside" aria-label="Pages of this section">\n${side}\n</nav>`}
<main id="content" tabindex="-1">
${crumbs.length > 0 ? `<p class="crumbs">${crumbs.join(" / ")}</p>` : ""}
${page.html}
</main>
</div>
<script src="${to("assets/beside.js")}" defer></script>
<script src="${to("assets/page.js")}" defer></script>
</body>
</html>
`;
}
