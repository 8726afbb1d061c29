/** The part of the site that tells of diagnostics: what each means, a text that yields it with the message as it is printed, and one that does not. */
import type { Example } from "../../compiler/diagnostics/define.ts";
import { type DiagnosticPage, diagnosticPages } from "../../compiler/index.ts";
import { renderDiagnostic } from "../../grammar/index.ts";
import { block, coloured } from "./code.ts";
import { checkFiles } from "./library.ts";
import { docHtml } from "./markdown.ts";
import type { Names } from "./names.ts";
import { escaped, type Page, relative } from "./page.ts";

/** A page for each diagnostic, and their list. */
export function diagnosticsPages(names: Names): Page[] {
  const all = diagnosticPages();
  return [listPage(all), ...all.map((each) => onePage(each, names))];
}

function listPage(all: readonly DiagnosticPage[]): Page {
  const path = "diagnostics/index.html";
  const rows = all.map(
    ({ code, title, severity }) =>
      `<tr><td><a href="${relative(path, `diagnostics/${code}.html`)}"><code>${code}</code></a></td><td>${escaped(title)}</td><td>${severity === "warning" ? "warning" : ""}</td></tr>`,
  );
  return {
    path,
    title: "Diagnostics",
    kind: "diagnostics",
    summary: "Everything that the checker says, each with a wrong and a right example.",
    html: `<h1>Diagnostics</h1>
<p>What the checker says, ${all.length} codes in all. Everything wrong with a spec is said in one run; each message names a code, and <code>neuroc explain &lt;code&gt;</code> prints what its page here tells.</p>
<div class="scroll" tabindex="0"><table><thead><tr><th>Code</th><th>What is wrong</th><th></th></tr></thead><tbody>${rows.join("\n")}</tbody></table></div>`,
    section: "diagnostics",
  };
}

const filesOf = (example: Example): Readonly<Record<string, string>> =>
  typeof example === "string" ? { "main.neuro": example } : example;

function exampleHtml(example: Example, on: string): string {
  const files = filesOf(example);
  const checked = checkFiles(files);
  return Object.entries(files)
    .map(([path, text]) => {
      const html = path.endsWith(".neuro") ? coloured(text, { on, checked, path }) : escaped(text);
      const title = Object.keys(files).length > 1 ? `<p class="file"><code>${escaped(path)}</code></p>` : "";
      return `${title}${block(html, path, path === "main.neuro")}`;
    })
    .join("\n");
}

/** The message as a terminal shows it. */
function messageOf({ code, wrong }: DiagnosticPage): string {
  const files = filesOf(wrong);
  const found = checkFiles(files).diagnostics.find((each) => each.code === code);
  return found ? renderDiagnostic(found, files[found.span.file] ?? "", { sources: (path) => files[path] }) : "";
}

function onePage(page: DiagnosticPage, names: Names): Page {
  const path = `diagnostics/${page.code}.html`;
  const message = messageOf(page);
  const right = Object.values(filesOf(page.right)).some((text) => text.trim() !== "");
  const html = `<h1>${escaped(page.title)}</h1>
<p class="where"><code>${page.code}</code>${page.severity === "warning" ? " · a warning" : ""}</p>
${docHtml(page.page, path, names)}
<section class="wrong"><h2>Wrong</h2>
${exampleHtml(page.wrong, path)}
${message === "" ? "" : `<h3>What is said</h3>\n${block(escaped(message), "the message")}`}</section>
${right ? `<section class="right"><h2>Right</h2>\n${exampleHtml(page.right, path)}</section>` : ""}`;
  return {
    path,
    title: page.title,
    kind: "diagnostic",
    summary: page.page.split("\n")[0]!,
    html,
    section: "diagnostics",
    above: [{ path: "diagnostics/index.html", text: "Diagnostics" }],
    words: `${page.code} ${page.code.replaceAll("_", " ")} ${page.page}`,
  };
}
