/** A name in an expression must be declared, imported, bound or built in. */
import { defineDiagnostic, guess, imported, nearest, write } from "./define.ts";

/** "One of `keep`, `repair`, `drop` can stand here."; "`rules` or a LanguageModel can stand here." */
function choices(cases: readonly string[], also: string | undefined): string | undefined {
  const named = cases.map((each) => `\`${each}\``);
  if (also) return `${[named.join(", "), also].filter(Boolean).join(" or ")} can stand here.`;
  if (named.length === 0) return undefined;
  return named.length === 1 ? `${named[0]} can stand here.` : `One of ${named.join(", ")} can stand here.`;
}

export const unknownName = defineDiagnostic<{
  name: string;
  known: readonly string[];
  /** What may stand here by name alone, where a choice is asked for. */
  cases?: readonly string[];
  /** What else may, in words. */
  also?: string;
  /** Whether a text is asked for. */
  quoted?: boolean;
  where?: string;
  std?: string;
}>({
  code: "unknown_name",
  severity: "error",
  title: "Unknown name",
  label: () => "not known here",
  text: ({ name }) => `Nothing called \`${name}\` is in sight.`,
  hint: ({ name, known, cases = [], also, quoted, where, std }) => {
    if (where) return `\`${name}\` is known inside \`${where}\` only.`;
    if (std) return `Import it: use ${std} { ${name} }`;
    return guess(name, known) ?? (quoted ? `Texts stand in quotes: "${name}".` : choices(cases, also));
  },
  fix: ({ name, known, quoted, where, std }, at) => {
    if (where) return undefined;
    if (std) return imported(std, name);
    return nearest(name, known, at) ?? (quoted ? write(at, `"${name}"`) : undefined);
  },
  wrong: `fn worth(x: Float) -> Float = sotf(x > 1)`,
  right: `fn worth(x: Float) -> Float = soft(x > 1)`,
  page: "A value name is looked for in the block, among the parameters, in this file (declarations and imports) and in the prelude. Import what another file declares with `use`.",
});
