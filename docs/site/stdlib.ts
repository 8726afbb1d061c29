/** The part of the site that tells of the library: its list, a page for each module and declaration, and the text of each module. */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { packageRoot } from "../../cli/version.ts";
import type { Declaration } from "../../compiler/declarations.ts";
import { diagnosticPages } from "../../compiler/index.ts";
import { parse } from "../../grammar/index.ts";
import { behind } from "./behind.ts";
import { coloured } from "./code.ts";
import { type Around, declarationPage } from "./declaration.ts";
import { type LibraryModule, pathOf, sourcePath, wordOf } from "./library.ts";
import { docHtml, pageOf } from "./markdown.ts";
import type { Names } from "./names.ts";
import { escaped, type Link, type Page, relative } from "./page.ts";
import { readTechniques } from "./papers.ts";

/** Every page of the library. `guides` are Markdown files whose code may use it. */
export function libraryPages(
  modules: readonly LibraryModule[],
  names: Names,
  guides: readonly (Link & { file: string })[],
): Page[] {
  const around: Around = {
    names,
    techniques: readTechniques(),
    users: usersOf(modules),
    mistakes: mistakesOf(modules),
    guides: namedIn(modules, guides),
    behind,
  };
  return [
    listPage(modules, names),
    ...modules.map((module) => modulePage(module, names)),
    ...modules.flatMap((module) => module.declarations.map((each) => declarationPage(each, module, around))),
    ...modules.map(sourcePage),
  ];
}

const above = [{ path: "stdlib/index.html", text: "Library" }];
const firstOf = ({ node }: Declaration): string => (node.docs?.text ?? "").split(/\n|(?<=\.) /)[0]!;

function listPage(modules: readonly LibraryModule[], names: Names): Page {
  const path = "stdlib/index.html";
  const count = modules.reduce((n, { declarations }) => n + declarations.length, 0);
  const parts = modules.map(
    ({ name, about, declarations }) =>
      `<section><h2 id="${name}"><a href="${relative(path, `stdlib/${name}/index.html`)}">std.${name}</a></h2>${docHtml(about, path, names)}
<ul class="inline">${declarations.map((each) => `<li><a href="${relative(path, pathOf(each))}"><code>${escaped(each.name)}</code></a></li>`).join("\n")}</ul></section>`,
  );
  const html = `<h1>The library</h1>
<p>What a spec can name: ${count} declarations in ${modules.length} modules, written in the language itself. Each has a page with its text: copy it, change a line, use yours.
The functions of mathematics, <code>mean</code> and <code>softmax</code> and their like, have <a href="${relative(path, "mathematics.html")}">a page of their own</a>.</p>
${parts.join("\n")}`;
  return { path, title: "The library", kind: "library", summary: "What a spec can name.", html, section: "stdlib" };
}

function modulePage({ name, about, declarations, module }: LibraryModule, names: Names): Page {
  const path = `stdlib/${name}/index.html`;
  const rows = declarations.map(
    (each) =>
      `<tr><td><a href="${relative(path, pathOf(each))}"><code>${escaped(each.name)}</code></a></td><td><span class="badge">${wordOf(each)}</span></td><td>${docHtml(firstOf(each), path, names)}</td></tr>`,
  );
  const html = `<h1><code>std.${name}</code></h1>
${docHtml(about, path, names)}
<div class="scroll" tabindex="0"><table><tbody>${rows.join("\n")}</tbody></table></div>
<p class="where"><a href="${relative(path, sourcePath(module))}">Its whole text</a></p>`;
  return { path, title: `std.${name}`, kind: "module", summary: about.split("\n")[0]!, html, section: "stdlib", above };
}

function sourcePage({ name, module, checked }: LibraryModule): Page {
  const path = sourcePath(module);
  // A line is a row with its number; no coloured piece but a text in three quotes goes over a line's end, and std has none.
  const lines = coloured(module.text, { on: path, checked, path: module.path }).trimEnd().split("\n");
  const html = lines.map(
    (line, at) =>
      `<span id="L${at + 1}" class="line"><a class="number" href="#L${at + 1}" tabindex="-1">${at + 1}</a>${line}</span>`,
  );
  return {
    path,
    title: `stdlib/${name}.neuro`,
    kind: "text",
    summary: `The text of std.${name}.`,
    html: `<h1>stdlib/${name}.neuro</h1>\n<pre class="code numbered" tabindex="0"><code>${html.join("\n")}</code></pre>`,
    section: "stdlib",
    above: [...above, { path: `stdlib/${name}/index.html`, text: `std.${name}` }],
  };
}

/** Which declarations mention one. */
function usersOf(modules: readonly LibraryModule[]): Map<string, Declaration[]> {
  const users = new Map<string, Declaration[]>();
  for (const { checked, declarations } of modules)
    for (const user of declarations)
      for (const used of checked.mentions(user).keys())
        if (used.module.std && pathOf(used) !== pathOf(user)) users.set(pathOf(used), [...(users.get(pathOf(used)) ?? []), user]);
  return users;
}

/** The paths of the std declarations that a text imports, or names where they are in sight of all. */
function importedBy(text: string, modules: readonly LibraryModule[]): string[] {
  const { tree } = parse(text, "main.neuro");
  const byName = new Map<string, string>(
    modules.flatMap((m) => m.declarations.map((d) => [`std.${m.name}/${d.name}`, pathOf(d)] as const)),
  );
  const imported = tree.decls.flatMap((decl) =>
    decl.kind === "Use" ? decl.imports.map((each) => byName.get(`${decl.path}/${each.name.text}`)) : [],
  );
  const sight = modules.find(({ name }) => name === "prelude")?.declarations ?? [];
  const seen = sight.filter(({ name }) => new RegExp(`(?<![\\p{L}\\p{N}_.])${name}\\(`, "u").test(text)).map(pathOf);
  return [...imported, ...seen].flatMap((path) => path ?? []);
}

function mistakesOf(modules: readonly LibraryModule[]): Map<string, Link[]> {
  const found = new Map<string, Link[]>();
  for (const { code, title, wrong } of diagnosticPages()) {
    const text = typeof wrong === "string" ? wrong : (wrong["main.neuro"] ?? "");
    for (const path of new Set(importedBy(text, modules)))
      found.set(path, [...(found.get(path) ?? []), { path: `diagnostics/${code}.html`, text: title }]);
  }
  return found;
}

function namedIn(modules: readonly LibraryModule[], guides: readonly (Link & { file: string })[]): Map<string, Link[]> {
  const found = new Map<string, Link[]>();
  for (const { file, path, text } of guides) {
    const page = readFileSync(join(packageRoot, file), "utf8");
    const blocks = [...page.matchAll(/^```neuro *(.*)\n([\s\S]*?)^```$/gm)].map((match) => match[2]!);
    const used = new Set(blocks.flatMap((each) => importedBy(each, modules)));
    for (const to of used) found.set(to, [...(found.get(to) ?? []), { path: path ?? pageOf(file), text }]);
  }
  return found;
}
