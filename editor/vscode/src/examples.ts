/** What of a text can be tried: evals of a spec, and examples in Markdown fences or in documentation comments. Nothing of the workbench is known here. */

/** An eval that a spec declares. */
export interface EvalAt {
  readonly name: string;
  /** From 0. */
  readonly line: number;
}

/** An example in the language: `whole` ones check, fragments parse, `wrong` ones have one fault. */
export interface Example {
  readonly line: number;
  readonly text: string;
  readonly kind: "whole" | "fragment" | "wrong";
  /** The code of a wrong one's fault. */
  readonly code?: string;
}

/** The evals of a spec, found by their first line. */
export function evalsIn(text: string): EvalAt[] {
  return text.split("\n").flatMap((line, at) => {
    const name = /^eval\s+([\p{L}_][\p{L}\p{M}\p{Nd}_]*)/u.exec(line)?.[1];
    return name === undefined ? [] : [{ name, line: at }];
  });
}

/** The examples of a page, or with `comments` of the documentation comments of a spec. */
export function examplesIn(page: string, comments = false): Example[] {
  const lines = page.split(/\r?\n/).map((line) => (comments ? (/^\s*\/\/\/ ?(.*)$/.exec(line)?.[1] ?? "") : line));
  const found: Example[] = [];
  for (let at = 0; at < lines.length; at++) {
    const fence = /^(\s*)(`{3,})neuro\b[ \t]*(.*)$/.exec(lines[at]!);
    if (!fence) continue;
    const [, indent, ticks, words] = fence;
    const end = lines.findIndex((line, i) => i > at && line.trim() === ticks);
    if (end < 0) break;
    const text = lines
      .slice(at + 1, end)
      .map((line) => (line.startsWith(indent!) ? line.slice(indent!.length) : line))
      .join("\n");
    const [kind, code] = words!.trim().split(/\s+/);
    found.push({
      line: at,
      text: `${text}\n`,
      kind: kind === "fragment" || kind === "wrong" ? kind : "whole",
      ...(kind === "wrong" && code ? { code } : {}),
    });
    at = end;
  }
  return found;
}

/** Why an example fails, given the codes and messages of its faults; undefined where it holds. */
export function verdict(
  example: Example,
  faults: readonly { readonly code: string; readonly message: string }[],
): string | undefined {
  if (example.kind !== "wrong")
    return faults.length === 0 ? undefined : faults.map(({ code, message }) => `${code}: ${message}`).join("\n");
  const codes = faults.map(({ code }) => code);
  if (example.code === undefined) return codes.length > 0 ? undefined : "nothing is wrong with it";
  return codes.length === 1 && codes[0] === example.code
    ? undefined
    : `expected ${example.code}, found ${codes.join(", ") || "nothing wrong"}`;
}
