/** A module or an extern names a file that can be read. */
import { defineDiagnostic, guess, nearest } from "./define.ts";

export const missingFile = defineDiagnostic<{ path: string; what: string; known: readonly string[] }>({
  code: "missing_file",
  severity: "error",
  title: "Missing file",
  label: () => "cannot be read",
  text: ({ path, what }) =>
    what === "module"
      ? `The standard library has no module \`${path}\`.`
      : `There is no ${what} at \`${path}\` that can be read as text.`,
  hint: ({ path, what, known }) => {
    const near = guess(path, known);
    if (near !== undefined) return near;
    return what === "module"
      ? `Its modules are ${known.join(", ")}.`
      : "Paths in quotes are relative to the file that writes them.";
  },
  fix: ({ path, what, known }, at) => (what === "module" ? nearest(path, known, at) : undefined),
  wrong: `use "./rewards.neuro" { worth }
fn twice(x: Float) -> Float = 2 * worth(x)`,
  right: {
    "main.neuro": `use "./rewards.neuro" { worth }
fn twice(x: Float) -> Float = 2 * worth(x)`,
    "rewards.neuro": `fn worth(x: Float) -> Float = soft(x > 1)`,
  },
  page: '`use std.x` names a module of the standard library, `use "./x.neuro"` a file beside this one, and `from "./x.ts"` the TypeScript behind an extern.',
});
