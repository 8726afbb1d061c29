/** The page of a diagnostic, as `neuroc explain` prints it: why the rule exists, a text that breaks it and one that keeps it. */
import { type Severity, syntaxPages } from "../grammar/index.ts";
import type { Example } from "./diagnostics/define.ts";
import { diagnostics } from "./diagnostics/index.ts";

/** What is told of one code. */
export interface DiagnosticPage {
  readonly code: string;
  readonly severity: Severity;
  readonly title: string;
  readonly page: string;
  readonly wrong: Example;
  readonly right: Example;
}

/** What the checker says, and what the parser says alone. */
const pages: ReadonlyMap<string, DiagnosticPage> = new Map<string, DiagnosticPage>([
  ...syntaxPages.map((page): [string, DiagnosticPage] => [page.code, { ...page, severity: "error" }]),
  ...diagnostics,
]);

/** Every code with its severity and title, by the alphabet. */
export function knownCodes(): { code: string; severity: Severity; title: string }[] {
  const all = [...pages.values()].map(({ code, severity, title }) => ({ code, severity, title }));
  return all.sort((a, b) => (a.code < b.code ? -1 : 1));
}

/** What is told of every code, by the alphabet. */
export const diagnosticPages = (): readonly DiagnosticPage[] => knownCodes().map(({ code }) => pages.get(code)!);

/** The page of a code, as plain text; undefined for a code that nothing reports. */
export function diagnosticPage(code: string): string | undefined {
  const page = pages.get(code);
  if (!page) return undefined;
  const severity = page.severity === "warning" ? " (a warning)" : "";
  const examples = [section("Wrong:", page.wrong), section("Right:", page.right)].filter(Boolean);
  return [`${page.title}: ${code}${severity}`, page.page, ...examples].join("\n\n");
}

function section(title: string, example: Example): string {
  const files = typeof example === "string" ? [["", example] as const] : Object.entries(example);
  const parts = files.map(([path, text]) => `${path && `    // ${path}\n`}${indent(text.trimEnd())}`);
  const shown = parts.filter((part) => part.trim() !== "");
  return shown.length === 0 ? "" : `${title}\n\n${shown.join("\n\n")}`;
}

const indent = (text: string): string =>
  text
    .split("\n")
    .map((line) => (line === "" ? "" : `    ${line}`))
    .join("\n");
