/** Nothing is defined by itself. */
import { defineDiagnostic } from "./define.ts";

export const cyclicDefinition = defineDiagnostic<{ path: readonly string[] }>({
  code: "cyclic_definition",
  severity: "error",
  title: "Cyclic definition",
  label: () => "needs itself",
  text: ({ path }) => (path.length > 2 ? `These need each other: ${path.join(" -> ")}.` : `\`${path[0]}\` is defined by itself.`),
  hint: () => "There is no recursion; use `repeat` with a count.",
  wrong: `fn power(x: Float) -> Float = x * power(x - 1)`,
  right: `fn power(x: Float, n: Int) -> Float {
  y = x
  repeat n { y = y * x }
  y
}`,
  page: "Declarations may stand in any order, but not in a circle. What other languages write as recursion is `repeat` here, whose count is known.",
});
