/** The page of a diagnostic, as `neuroc explain` prints it: why the rule exists, a file that breaks it and one that keeps it. */
import type { Example } from "./diagnostics/define.ts";
import { diagnostics } from "./diagnostics/index.ts";

/** Every code with its severity and title, by the alphabet. */
export function knownCodes(): { code: string; severity: "error" | "warning"; title: string }[] {
  return [...diagnostics.values()].map(({ code, severity, title }) => ({ code, severity, title }));
}

/** The page of a code, as plain text; undefined for a code that is not the checker's. */
export function diagnosticPage(code: string): string | undefined {
  const record = diagnostics.get(code);
  if (!record) return undefined;
  const severity = record.severity === "warning" ? " (a warning)" : "";
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
