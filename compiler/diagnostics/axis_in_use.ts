import { defineDiagnostic } from "./define.ts";

export const axisInUse = defineDiagnostic({
  code: "axis_in_use",
  severity: "error",
  title: "A name that is taken",
  label: (f: { axis: string; other: string }) => `${f.other} is another axis`,
  text: (f: { axis: string; other: string }) =>
    `Renaming ${f.axis} to ${f.other} would make two different axes one: ${f.other} is an axis here already, and no twin of ${f.axis}.`,
  hint: (f: { axis: string; other: string }) =>
    `Take a name that is free, or a twin: u = twin(${f.axis}), then rename(x over ${f.axis} -> u).`,
  wrong: `layer f(x: [b, t]) -> [b, s] {
  weight w: [s = 8]
  rename(x over t -> s) * w
}
`,
  right: `layer f(x: [b, t]) -> [b, t] {
  weight w: [s = 8]
  x * sum(w)
}
`,
  page: "Renaming onto an axis that is in scope would let values meet that have nothing to do with each other. Between two parameters of one declaration it is allowed, and becomes a condition on their calls.",
});
