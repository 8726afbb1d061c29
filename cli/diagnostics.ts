// Diagnostics as a person reads them, on stderr, with a last line that counts them.
import { renderDiagnostic } from "../grammar/index.ts";
import type { Checking } from "./spec.ts";

/** Prints every diagnostic and how many there were; nothing when there is none. */
export function printDiagnostics({ checked, errors, warnings }: Checking): void {
  if (errors + warnings === 0) return;
  const color = Boolean(process.stderr.isTTY) && !process.env.NO_COLOR;
  const texts = new Map(checked.modules.map((module) => [module.path, module.text]));
  for (const diagnostic of checked.diagnostics)
    console.error(
      `${renderDiagnostic(diagnostic, texts.get(diagnostic.span.file) ?? "", { color, sources: (file) => texts.get(file) })}\n`,
    );
  const codes = [...new Set(checked.diagnostics.map((d) => d.code))];
  console.error(
    `${[plural(errors, "error"), plural(warnings, "warning")].filter(Boolean).join(", ")}. neuroc explain ${codes[0]} says more.`,
  );
}

const plural = (count: number, word: string) => (count === 0 ? "" : `${count} ${word}${count === 1 ? "" : "s"}`);
