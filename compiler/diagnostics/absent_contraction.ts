/** `dot` needs its axis in both operands. */
import { defineDiagnostic } from "./define.ts";

export const absentContraction = defineDiagnostic<{ axis: string; side: string; has: string }>({
  code: "absent_contraction",
  severity: "error",
  title: "Absent contraction",
  label: ({ axis, side, has }) => `the ${side} has no ${axis}`,
  text: ({ axis, side, has }) => `\`dot\` over ${axis} needs it in both operands; the ${side} is ${has}.`,
  hint: () => "Name an axis that both have.",
  wrong: `fn scores(q: [b, t, d], n: [b, s, k]) -> [b, t, s] = dot(q, n over d)`,
  right: `fn scores(q: [b, t, k], n: [b, s, k]) -> [b, t, s] = dot(q, n over k)`,
  page: "`dot(a, b over k)` multiplies, sums over k, aligns the other axes that both have and keeps the rest: first those of the left, then those of the right.",
});
