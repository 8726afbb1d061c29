/** The page of one declaration of the library: how it is written, what it takes, its formula, its sources, what uses it, and how it is misused. */
import type { Declaration } from "../../compiler/declarations.ts";
import { knownCodes } from "../../compiler/index.ts";
import { show, showRange } from "../../compiler/show.ts";
import type { Parameter } from "../../compiler/types.ts";
import type { Param } from "../../grammar/index.ts";
import { block, coloured } from "./code.ts";
import { formulaHtml } from "./formula.ts";
import { headOf, type LibraryModule, lineOf, pathOf, sourcePath, wordOf } from "./library.ts";
import { docHtml } from "./markdown.ts";
import type { Names } from "./names.ts";
import { escaped, type Link, type Page, relative } from "./page.ts";
import { arxiv, type Technique } from "./papers.ts";

/** What the pages of the library look things up in. */
export interface Around {
  readonly names: Names;
  readonly techniques: ReadonlyMap<string, readonly Technique[]>;
  /** Declarations that mention one, by its path. */
  readonly users: ReadonlyMap<string, readonly Declaration[]>;
  /** Diagnostics whose wrong example names one, and pages of guides whose code does, by its path. */
  readonly mistakes: ReadonlyMap<string, readonly Link[]>;
  readonly guides: ReadonlyMap<string, readonly Link[]>;
  /** What the TypeScript behind an extern says of itself. */
  readonly behind: (name: string) => { readonly file: string; readonly doc: string } | undefined;
}

type Place = { readonly on: string; readonly of: LibraryModule; readonly around: Around };

/** The page of a declaration. */
export function declarationPage(declaration: Declaration, of: LibraryModule, around: Around): Page {
  const on = pathOf(declaration);
  const place: Place = { on, of, around };
  const { name, node, module } = declaration;
  const word = wordOf(declaration);
  const docs = node.docs?.text ?? "";
  const line = lineOf(module, node.span.start);
  const source = `<a href="${relative(on, `${sourcePath(module)}#L${line}`)}">stdlib/${of.name}.neuro, line ${line}</a>`;
  const within = of.name === "prelude" ? "In sight of every spec." : `<code>use std.${of.name} { ${escaped(name)} }</code>`;
  const parts = [
    `<h1><code>${escaped(name)}</code> <span class="badge">${word}</span></h1>`,
    docHtml(docs, on, around.names),
    `<p class="where">${within} ${source}</p>`,
    section("Signature", block(shown(headOf(declaration), place), "signature")),
    section(node.kind === "TypeDecl" ? "Fields" : "Parameters", parameters(declaration, place)),
    section("Formula", formulaHtml(node)),
    section("Text", hasBody(declaration) ? block(shown(node.span, place)) : ""),
    section("Behind it", behind(declaration, place)),
    section("Sources", sources(name, place)),
    section("Used by", links(usersOf(declaration, place), on)),
    section("In the guides", links(around.guides.get(on) ?? [], on)),
    section("What is caught", links([...(around.mistakes.get(on) ?? []), ...(mistakesOfWord[declaration.word] ?? [])], on)),
  ];
  return {
    path: on,
    title: name,
    kind: word,
    summary: docs.split("\n")[0] || `A ${word} of std.${of.name}.`,
    html: parts.filter(Boolean).join("\n"),
    section: "stdlib",
    above: [
      { path: "stdlib/index.html", text: "Library" },
      { path: `stdlib/${of.name}/index.html`, text: `std.${of.name}` },
    ],
    words: `${docs} ${name.replaceAll("_", " ")} ${(around.techniques.get(name) ?? []).map((row) => row.technique).join(" ")}`,
  };
}

const section = (title: string, html: string): string => (html === "" ? "" : `<section><h2>${title}</h2>\n${html}\n</section>`);

const shown = (part: { start: number; end: number }, { on, of }: Place): string =>
  coloured(of.module.text, { on, checked: of.checked, path: of.module.path, part });

const hasBody = ({ node }: Declaration): boolean =>
  node.kind !== "TypeDecl" && (("body" in node && node.body !== undefined) || ("value" in node && node.value !== undefined));

/** Parameters, or the fields of a record; the cases of an enumeration. */
function parameters(declaration: Declaration, place: Place): string {
  const { node } = declaration;
  if (node.kind === "TypeDecl" && node.body.kind === "Cases")
    return `<p>${node.body.cases.map(({ text }) => `<code>${escaped(text)}</code>`).join(", ")}</p>`;
  const written = writtenParams(declaration);
  if (written.length === 0) return "";
  const signature = place.of.checked.signature(declaration);
  const rows = written.map((param) =>
    row(
      param,
      signature?.parameters.find(({ name }) => name === param.name.text),
      place,
    ),
  );
  const head = "<tr><th>Name</th><th>Type</th><th>Default</th><th></th></tr>";
  return `<div class="scroll" tabindex="0"><table><thead>${head}</thead><tbody>${rows.join("\n")}</tbody></table></div>${result(declaration, place)}`;
}

function writtenParams({ node }: Declaration): readonly Param[] {
  if (node.kind === "TypeDecl") {
    const parts = node.body.kind === "SumType" ? node.body.parts : [node.body];
    return parts.flatMap((part) => (part.kind === "RecordType" ? part.fields : []));
  }
  return ("params" in node ? node.params : undefined) ?? [];
}

function row(param: Param, known: Parameter | undefined, place: Place): string {
  const part = param.type?.span;
  const type = part ? shown(part, place) : known ? escaped(show(known.type)) : "";
  const range = known?.range ? ` in ${escaped(showRange(known.range))}` : "";
  const standard = param.default ? `<code>${shown(param.default.span, place)}</code>` : '<span class="must">must be given</span>';
  const role = param.role ? `<span class="n-word">${param.role}</span> ` : "";
  const doc = param.docs ? docHtml(param.docs.text, place.on, place.around.names) : "";
  return `<tr><td>${role}<code>${escaped(param.name.text)}</code></td><td><code>${type}${range}</code></td><td>${standard}</td><td>${doc}</td></tr>`;
}

function result({ node }: Declaration, place: Place): string {
  const type = "result" in node ? node.result : undefined;
  return type ? `<p>Gives <code>${shown(type.span, place)}</code>.</p>` : "";
}

function behind({ name, node }: Declaration, { around, on }: Place): string {
  if (!("from" in node) || !node.from) return "";
  const found = around.behind(name);
  if (!found) return "";
  return `${docHtml(found.doc, on, around.names)}<p class="where"><code>${escaped(found.file)}</code></p>`;
}

function sources(name: string, { around, on }: Place): string {
  const rows = around.techniques.get(name) ?? [];
  const items = rows.map(({ technique, source, shown }) => {
    const told = (text: string) =>
      arxiv(docHtml(text.replace(/\[([^\]]*)\]\([^)]*\)/g, "$1"), on, around.names)).replace(/^<p>|<\/p>$/g, "");
    return `<dt>${escaped(technique)}</dt><dd>${told(source)}</dd><dd>Shown by ${told(shown)}</dd>`;
  });
  return items.length === 0 ? "" : `<dl>${items.join("\n")}</dl>`;
}

const usersOf = (declaration: Declaration, { around }: Place): Link[] =>
  (around.users.get(pathOf(declaration)) ?? []).map((each) => ({ path: pathOf(each), text: each.name }));

function links(all: readonly Link[], on: string): string {
  const once = new Map(all.map((link) => [link.path, link]));
  const items = [...once.values()].map(({ path, text }) => `<li><a href="${relative(on, path)}">${escaped(text)}</a></li>`);
  return items.length === 0 ? "" : `<ul class="inline">${items.join("\n")}</ul>`;
}

const titles = new Map(knownCodes().map((known) => [known.code, known.title]));
const code = (name: string): Link => ({ path: `diagnostics/${name}.html`, text: titles.get(name)! });
/** What is checked of every use or copy of a declaration of this word. */
const mistakesOfWord: Readonly<Record<string, readonly Link[]>> = {
  objective: ["loss_has_axes", "trains_nothing", "tokenizers_differ", "row_lacks_field"].map(code),
  layer: ["axes_differ", "absent_axis", "size_not_divisible"].map(code),
  architecture: ["missing_field", "unknown_field", "tokenizers_differ", "over_window"].map(code),
  stage: ["missing_argument", "wrong_type", "otherwise_type"].map(code),
};
