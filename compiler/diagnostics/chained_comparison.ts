/** Comparisons are not chained. */
import { defineDiagnostic } from "./define.ts";

export const chainedComparison = defineDiagnostic<{ source: string }>({
  code: "chained_comparison",
  severity: "error",
  title: "Chained comparison",
  label: () => "a second comparison",
  text: () => "A comparison is a Bool, which is not compared again.",
  hint: () => "Write `x in 1..3`, or `1 < x and x < 3`.",
  wrong: `fn inside(x: Float) -> Bool = 1 < x < 3`,
  right: `fn inside(x: Float) -> Bool = 1 < x and x < 3`,
  page: "Some languages read `1 < x < 3` as `(1 < x) < 3`, others as both; here it is written out. A range includes both ends: `x in 1..3`.",
});
