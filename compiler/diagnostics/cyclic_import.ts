/** Files do not use each other in a circle. */
import { defineDiagnostic } from "./define.ts";

export const cyclicImport = defineDiagnostic<{ path: readonly string[] }>({
  code: "cyclic_import",
  severity: "error",
  title: "Cyclic import",
  label: () => "closes the circle",
  text: ({ path }) => `These files use each other: ${path.join(" -> ")}.`,
  hint: () => "Move what both need to a third file.",
  wrong: {
    "main.neuro": `use "./b.neuro" { twice }
fn once(x: Float) -> Float = x
fn four(x: Float) -> Float = twice(twice(x))`,
    "b.neuro": `use "./main.neuro" { once }
fn twice(x: Float) -> Float = 2 * once(x)`,
  },
  right: {
    "main.neuro": `use "./b.neuro" { twice }
fn four(x: Float) -> Float = twice(twice(x))`,
    "b.neuro": `use "./c.neuro" { once }
fn twice(x: Float) -> Float = 2 * once(x)`,
    "c.neuro": `fn once(x: Float) -> Float = x`,
  },
  page: "Imports run one way, so that a file can be understood after those it uses.",
});
