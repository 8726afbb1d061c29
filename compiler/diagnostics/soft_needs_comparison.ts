/** `soft` softens one comparison. */
import type { Span } from "../../grammar/index.ts";
import { defineDiagnostic, wrap, write } from "./define.ts";

export const softNeedsComparison = defineDiagnostic<{
  found: string;
  product?: { readonly call: Span; readonly joins: readonly Span[] };
}>({
  code: "soft_needs_comparison",
  severity: "error",
  title: "soft needs a comparison",
  label: ({ found }) => `this is ${found}`,
  text: () => "`soft` measures how far the left side of one comparison is from making it true.",
  hint: () => "Write a product: soft(a > 1) * soft(b > 2).",
  fix: ({ product }) => {
    if (!product) return undefined;
    const { call, joins } = product;
    const changes = joins.map((span) => write(span, ") * soft(").changes[0]!);
    return { title: "Write a product of soft(..)", changes: [...wrap(call, "(", ")").changes, ...changes] };
  },
  wrong: `fn form(a: Float, b: Float) -> Float = soft(a > 1 and b > 2)`,
  right: `fn form(a: Float, b: Float) -> Float = soft(a > 1) * soft(b > 2)`,
  page: "`soft(c, by: w)` is exp(-distance / w): 1 where c holds, falling with the distance from making it true.",
});
