/** Two names in one scope must not look alike. */
import { defineDiagnostic } from "./define.ts";

export const confusableNames = defineDiagnostic<{ name: string; other: string }>({
  code: "confusable_names",
  severity: "warning",
  title: "Names that look alike",
  label: ({ other }) => `looks like \`${other}\``,
  text: ({ name, other }) => `\`${name}\` and \`${other}\` are different names that look the same.`,
  hint: () => "Keep one of them, or spell one out.",
  wrong: `fn worth(β: Float, ß: Float) -> Float = β * ß`,
  right: `fn worth(β: Float, scale: Float) -> Float = β * scale`,
  page: "Letters of Latin, Greek and Cyrillic can look the same (a and а, o and ο, β and ß). Names are compared by their letters, so a reader could not tell which is meant.",
});
