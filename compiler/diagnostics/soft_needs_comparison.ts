/** `soft` softens one comparison. */
import { defineDiagnostic } from "./define.ts";

export const softNeedsComparison = defineDiagnostic<{ found: string }>({
  code: "soft_needs_comparison",
  severity: "error",
  title: "soft needs a comparison",
  label: ({ found }) => `this is ${found}`,
  text: () => "`soft` measures how far the left side of one comparison is from making it true.",
  hint: () => "Write a product: soft(a > 1) * soft(b > 2).",
  wrong: `fn form(a: Float, b: Float) -> Float = soft(a > 1 and b > 2)`,
  right: `fn form(a: Float, b: Float) -> Float = soft(a > 1) * soft(b > 2)`,
  page: "`soft(c, by: w)` is exp(-distance / w): 1 where c holds, falling with the distance from making it true.",
});
