/** The page of a diagnostic, as `neuroc explain` prints it: why the rule exists, a file that breaks it and one that keeps it. */
import { syntaxPages } from "../grammar/index.ts";
import type { Example } from "./diagnostics/define.ts";
import { diagnostics } from "./diagnostics/index.ts";

/** Every code with its severity and title, by the alphabet. */
export function knownCodes(): { code: string; severity: "error" | "warning"; title: string }[] {
  const syntax = syntaxPages.map(({ code, title }) => ({ code, severity: "error" as const, title }));
  const checked = [...diagnostics.values()].map(({ code, severity, title }) => ({ code, severity, title }));
  return [...syntax, ...checked].sort((a, b) => (a.code < b.code ? -1 : 1));
}

/** The page of a code, as plain text; undefined for a code that nothing reports. */
export function diagnosticPage(code: string): string | undefined {
  const record = diagnostics.get(code) ?? syntaxPages.find((page) => page.code === code);
  if (!record) return undefined;
  const severity = "severity" in record && record.severity === "warning" ? " (a warning)" : "";
  const examples = [section("Wrong:", record.wrong), section("Right:", record.right)].filter(Boolean);
  return [`${record.title}: ${code}${severity}`, record.page, ...examples].join("\n\n");
}

function section(title: string, example: Example): string {
  const files = typeof example === "string" ? [["", example] as const] : Object.entries(example);
  const parts = files
    .map(([path, text]) => `${path && `    // ${path}\n`}${indent(text.trimEnd())}`)
    .filter((part) => part.trim() !== "");
  return parts.length === 0 ? "" : `${title}\n\n${parts.join("\n\n")}`;
}

const indent = (text: string): string =>
  text
    .split("\n")
    .map((line) => (line === "" ? "" : `    ${line}`))
    .join("\n");
