/** The table of techniques by the names that its rows declare: what a page of the library says of its sources. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { packageRoot } from "../../cli/version.ts";

/** A row of docs/papers.md, its cells as Markdown. */
export interface Technique {
  readonly technique: string;
  readonly source: string;
  readonly shown: string;
}

/** Rows by the names in their second cell: `std.objectives` `dpo(smooth: .., nll: 1)` is of `dpo`. */
export function readTechniques(): ReadonlyMap<string, readonly Technique[]> {
  const text = readFileSync(join(packageRoot, "docs/papers.md"), "utf8");
  const found = new Map<string, Technique[]>();
  for (const line of text.split("\n")) {
    const cells = line.split(/(?<!\\)\|/).map((cell) => cell.trim());
    if (cells.length !== 6 || /^-+$|^technique$/.test(cells[1]!)) continue;
    const [, technique, declaration, source, shown] = cells as [string, string, string, string, string];
    const names = [...declaration.matchAll(/`([^`]+)`/g)].flatMap(([, code]) => namesIn(code!));
    for (const name of new Set(names)) found.set(name, [...(found.get(name) ?? []), { technique, source, shown }]);
  }
  return found;
}

/** `dpo(smooth: ..)` names dpo; `k1 k2 k3` names three; a path or a word with a point names none of the library. */
const namesIn = (code: string): string[] =>
  [...code.replace(/\(.*\)/, "").matchAll(/(?<![\w./])\w+(?![\w./:])/g)].map(([name]) => name);

/** Addresses of the papers that a text names by their numbers. */
export const arxiv = (html: string): string =>
  html.replace(
    /(?<![/\w.])(arXiv )?(\d{4}\.\d{4,5})(?!\d)/g,
    (whole, _, id) => `<a href="https://arxiv.org/abs/${id}">${whole}</a>`,
  );
