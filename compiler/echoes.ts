/** What only follows from a line that could not be read: its words are taken for names, and what it would have bound is unknown later on. */
import type { Diagnostic } from "../grammar/index.ts";

const torn: ReadonlySet<string> = new Set(["syntax", "unclosed_bracket", "unknown_character"]);
/** What a torn line makes of its own words; what is bound by it is an unknown name elsewhere. */
const echoed: ReadonlySet<string> = new Set(["unknown_name", "unknown_unit", "wrong_type", "missing_argument"]);

/** Without what repeats, in other words, that a line cannot be read. `texts` gives a file's text. */
export function withoutEchoes(found: readonly Diagnostic[], texts: (file: string) => string): Diagnostic[] {
  const faults = found.filter(({ code }) => torn.has(code));
  if (faults.length === 0) return [...found];
  const lines = new Set(faults.map(({ span }) => lineOf(span, texts)));
  const lost = new Set(faults.map(({ span: { file, start, end } }) => `${file} ${texts(file).slice(start, end)}`));
  return found.filter(({ code, span }) => {
    if (!echoed.has(code)) return true;
    const { file, start, end } = span;
    return !lines.has(lineOf(span, texts)) && !(code === "unknown_name" && lost.has(`${file} ${texts(file).slice(start, end)}`));
  });
}

const lineOf = ({ file, start }: Diagnostic["span"], texts: (file: string) => string): string =>
  `${file} ${texts(file).lastIndexOf("\n", start - 1)}`;
