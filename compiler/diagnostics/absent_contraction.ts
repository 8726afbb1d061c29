import { defineDiagnostic, write } from "./define.ts";

export const absentContraction = defineDiagnostic({
  code: "absent_contraction",
  severity: "error",
  title: "Nothing to contract over",
  label: (f: { axis: string; side: string; axes: string; hint?: string; shared?: string }) =>
    `no ${f.axis} in the ${f.side} operand`,
  text: (f: { axis: string; side: string; axes: string; hint?: string; shared?: string }) =>
    `dot sums over axes that both operands have; the ${f.side} one is ${f.axes}.`,
  hint: (f: { axis: string; side: string; axes: string; hint?: string; shared?: string }) => f.hint,
  fix: (f, at) => (f.shared ? write(at, f.shared, `Contract over ${f.shared}`) : undefined),
  wrong: `fn f(q: [b, t, d], n: [b, s, k]) -> [b, t, s] = dot(q, n over d)
`,
  right: `fn f(q: [b, t, k], n: [b, s, k]) -> [b, t, s] = dot(q, n over k)
`,
  page: "`dot(a, b over k)` needs k in both operands, aligns the other axes they share and keeps the rest.",
});
