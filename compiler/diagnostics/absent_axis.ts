import { defineDiagnostic, write } from "./define.ts";

export const absentAxis = defineDiagnostic({
  code: "absent_axis",
  severity: "error",
  title: "An axis that is not there",
  label: (f: { axis: string; axes: string; hint?: string; near?: string }) => `no ${f.axis} here`,
  text: (f: { axis: string; axes: string; hint?: string; near?: string }) =>
    `The operand is ${f.axes}: it has no axis ${f.axis}.`,
  hint: (f: { axis: string; axes: string; hint?: string; near?: string }) => f.hint,
  fix: (f, at) => (f.near ? write(at, f.near) : undefined),
  wrong: `fn f(q: [b, t, k], s: axis) -> [b, t, k] = softmax(q over s)
`,
  right: `fn f(q: [b, t, k]) -> [b, t, k] = softmax(q over t)
`,
  page: "A reduction, softmax, split or index names an axis of its operand. Axes are looked up by name, never by place.",
});
