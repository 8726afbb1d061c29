/** One operand has every axis of the other; an outer product is asked for. */
import { defineDiagnostic } from "./define.ts";

export const ambiguousBroadcast = defineDiagnostic<{ op: string; left: string; right: string; source: string }>({
  code: "ambiguous_broadcast",
  severity: "error",
  title: "Ambiguous broadcast",
  label: ({ left, right }) => `${left} against ${right}`,
  text: ({ op, left, right }) => `\`${op}\` of ${left} and ${right} would have axes that neither has alone.`,
  hint: ({ source }) => `If every pair is meant, write outer(${source}).`,
  wrong: `fn distance(t: axis, s: axis) -> [t, s] of Int = position(t) - position(s)`,
  right: `fn distance(t: axis, s: axis) -> [t, s] of Int = outer(position(t) - position(s))`,
  page: "Broadcasting silently is how shape mistakes survive. `outer(a op b)` allows it for that one operator.",
});
