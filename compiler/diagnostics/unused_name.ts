/** What is named is read. */
import { defineDiagnostic, remove } from "./define.ts";

export const unusedName = defineDiagnostic<{ name: string; what: string }>({
  code: "unused_name",
  severity: "warning",
  title: "Unused name",
  label: () => "never read",
  text: ({ name, what }) => `The ${what} \`${name}\` is never read.`,
  hint: () => "Remove it.",
  fix: ({ name }, at) => remove(at, `Remove \`${name}\``),
  wrong: `fn worth(x: Float) -> Float {
  y = x + 1
  x * 2
}`,
  right: `fn worth(x: Float) -> Float {
  y = x + 1
  y * 2
}`,
  page: "A binding or an import that nothing reads is usually a mistake in another name. Bindings of a reward are recorded and bindings of an objective without axes are metrics: they count as read.",
});
