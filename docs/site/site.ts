/** The whole site as files by path, made of the sources alone: the same sources give the same bytes. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { packageRoot } from "../../cli/version.ts";
import { diagnosticPages } from "../../compiler/index.ts";
import { block, coloured } from "./code.ts";
import { diagnosticsPages } from "./diagnostics.ts";
import { grammarPage } from "./grammar-page.ts";
import { type Guide, grouped, guidePages, guidesPage } from "./guides.ts";
import { checkFiles, type LibraryModule, pathOf, readLibrary } from "./library.ts";
import { picturePath } from "./markdown.ts";
import { namesOf } from "./names.ts";
import { type Beside, escaped, framed, type Link, type Page } from "./page.ts";
import { searchIndex } from "./search.ts";
import { mathematicsPage, settingsPage } from "./settings.ts";
import { libraryPages } from "./stdlib.ts";
import { verbPages } from "./verbs.ts";

/** Every page of the site, unframed. */
async function sitePages(): Promise<{
  pages: Page[];
  guides: Guide[];
  modules: readonly LibraryModule[];
  pictures: ReadonlySet<string>;
}> {
  const modules = readLibrary();
  const names = namesOf(modules);
  const { guides, texts, pictures } = guidePages(names);
  const told = guides.map(({ file, path, title }) => ({ file, path, text: title }));
  const pages = [
    homePage(guides),
    guidesPage(guides),
    ...guides,
    ...texts,
    ...libraryPages(modules, names, told),
    ...diagnosticsPages(names),
    settingsPage(names),
    mathematicsPage(names),
    grammarPage(),
    ...(await verbPages(names)),
  ];
  return { pages, guides, modules, pictures };
}

/** Every file of the site. */
export async function site(): Promise<ReadonlyMap<string, string | Uint8Array>> {
  const { pages, guides, modules, pictures } = await sitePages();
  const files = new Map<string, string | Uint8Array>(
    pages.map((page) => [page.path, framed(page, beside(page, guides, modules, pages))]),
  );
  for (const picture of pictures) files.set(picturePath(picture), readFileSync(join(packageRoot, picture)));
  files.set("assets/search-index.js", searchIndex(pages));
  const minisearch = join(dirname(createRequire(import.meta.url).resolve("minisearch")), "../umd/index.js");
  files.set("assets/minisearch.js", readFileSync(minisearch, "utf8").replace(/\n\/\/# sourceMappingURL=.*\n?$/, "\n"));
  files.set("assets/icon.svg", readFileSync(join(packageRoot, "runtime/serve/page/icon.svg"), "utf8"));
  // Whoever puts the site beside the playground writes this one anew (cli/pages.ts).
  files.set("assets/beside.js", "self.neuroPlayground = undefined;\n");
  for (const asset of ["style.css", "page.js", "theme.js"])
    files.set(`assets/${asset}`, readFileSync(join(import.meta.dirname, "assets", asset), "utf8"));
  return files;
}

/** What stands beside a page. */
function beside(page: Page, guides: readonly Guide[], modules: readonly LibraryModule[], pages: readonly Page[]): Beside {
  const own = (guide: Guide): Link => ({ path: guide.path, text: guide.title });
  switch (page.section) {
    case "language":
      return languageBeside(guides);
    case "guides":
      return page.path === "about.html" ? [] : grouped(guides).map(({ title, guides: of }) => ({ title, links: of.map(own) }));
    case "stdlib":
      return libraryBeside(page, modules);
    case "diagnostics":
      return [{ links: diagnosticPages().map(({ code }) => ({ path: `diagnostics/${code}.html`, text: code })) }];
    case "cli":
      return [{ links: pages.filter(({ kind }) => kind === "command").map(({ path, title }) => ({ path, text: title })) }];
    default:
      return [];
  }
}

function languageBeside(guides: readonly Guide[]): Beside {
  const language = guides.find(({ file }) => file === "docs/language.md");
  const headings = (language?.headings ?? []).filter(({ depth }) => depth === 2);
  return [
    { title: "The language", links: headings.map(({ id, text }) => ({ path: `guides/language.html#${id}`, text })) },
    {
      title: "Beside it",
      links: [
        { path: "mathematics.html", text: "Functions of mathematics" },
        { path: "settings.html", text: "Settings" },
        { path: "grammar.html", text: "Railroad diagrams" },
      ],
    },
  ];
}

function libraryBeside(page: Page, modules: readonly LibraryModule[]): Beside {
  const here = modules.find(({ name }) => page.path.startsWith(`stdlib/${name}/`) || page.path === `source/${name}.html`);
  const list: Link[] = modules.map(({ name }) => ({ path: `stdlib/${name}/index.html`, text: `std.${name}` }));
  if (!here) return [{ title: "Modules", links: list }];
  return [
    { title: `std.${here.name}`, links: here.declarations.map((each) => ({ path: pathOf(each), text: each.name })) },
    { title: "Modules", links: list },
  ];
}

/** The first page: the readme's spec, and where to go. */
function homePage(guides: readonly Guide[]): Page {
  const path = "index.html";
  const readme = readFileSync(join(packageRoot, "README.md"), "utf8");
  const spec = /^```neuro\n([\s\S]*?)^```$/m.exec(readme)![1]!;
  const first = readme
    .split("\n\n")[1]!
    .replace(/`/g, "")
    .replace(/\n/g, " ")
    .split(/(?<=\.) /)
    .slice(0, 2)
    .join(" ");
  const card = (to: string, title: string, text: string) => `<li><a href="${to}">${title}</a><p>${text}</p></li>`;
  const tasks = guides.filter(({ file }) => file.startsWith("docs/guides/"));
  const html = `<h1>neuro</h1>
<p class="lead">${escaped(first)}</p>
${block(coloured(spec, { on: path, checked: checkFiles({ "main.neuro": spec }) }), "neuro", true)}
${block(`npx neuroc init my-docs && cd my-docs\nnpx neuroc index\nnpx neuroc ask "How do I install it?"`, "commands")}
<h2>Do something</h2>
<ul class="cards">${tasks.map(({ path: to, title, summary }) => card(to, escaped(title), escaped(summary))).join("\n")}</ul>
<h2>Look something up</h2>
<ul class="cards">
${card("guides/language.html", "The language", "Every form, every rule, each with a text that a test runs.")}
${card("stdlib/index.html", "The library", "A page for each objective, layer, merge and stage, with its formula and paper.")}
${card("diagnostics/index.html", "Diagnostics", "What each message means, a wrong and a right text.")}
${card("settings.html", "Settings", "Every field of every kind, from the compiler's own records.")}
${card("cli/index.html", "Commands", "What neuroc does, one page for each verb.")}
${card("papers.html", "Papers", "Each technique with its source and what was measured here.")}
${card("grammar.html", "Railroad diagrams", "The grammar, drawn from the parser's own rules.")}
${card("about.html", "About", "What neuro is, and how to begin.")}
</ul>`;
  return { path, title: "neuro", kind: "home", summary: first, html, section: "home" };
}
