/** A name in an expression must be declared, imported, bound or built in. */
import { defineDiagnostic, guess, imported, nearest } from "./define.ts";

export const unknownName = defineDiagnostic<{
  name: string;
  known: readonly string[];
  /** What may stand here by name alone, where a choice is asked for. */
  cases?: readonly string[];
  where?: string;
  std?: string;
}>({
  code: "unknown_name",
  severity: "error",
  title: "Unknown name",
  label: () => "not known here",
  text: ({ name }) => `Nothing called \`${name}\` is in sight.`,
  hint: ({ name, known, cases = [], where, std }) => {
    if (where) return `\`${name}\` is known inside \`${where}\` only.`;
    if (std) return `Import it: use ${std} { ${name} }`;
    return (
      guess(name, known) ??
      (cases.length > 0 ? `One of ${cases.map((each) => `\`${each}\``).join(", ")} can stand here.` : undefined)
    );
  },
  fix: ({ name, known, where, std }, at) => (where ? undefined : std ? imported(std, name) : nearest(name, known, at)),
  wrong: `fn worth(x: Float) -> Float = sotf(x > 1)`,
  right: `fn worth(x: Float) -> Float = soft(x > 1)`,
  page: "A value name is looked for in the block, among the parameters, in this file (declarations and imports) and in the prelude. Import what another file declares with `use`.",
});
