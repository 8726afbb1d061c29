import { defineDiagnostic } from "./define.ts";

export const axisTwice = defineDiagnostic({
  code: "axis_twice",
  severity: "error",
  title: "An axis twice",
  label: (f: { axis: string; axes: string }) => `${f.axis} would be there twice`,
  text: (f: { axis: string; axes: string }) => `The result would be ${f.axes}: an axis stands at most once in a tensor.`,
  hint: (f: { axis: string; axes: string }) => `Make a second name for the same positions first: other = twin(${f.axis}).`,
  wrong: `fn g(t: axis, s: axis) -> [t, s] of Bool = outer(position(t) == position(s))
fn h(x: [t]) -> [t] of Bool = any(g(t, t) over t)
`,
  right: `fn g(t: axis, s: axis) -> [t, s] of Bool = outer(position(t) == position(s))
fn h(x: [t]) -> [t] of Bool {
  u = twin(t)
  any(g(t, u) over u)
}
`,
  page: "Attention compares the positions of a text with themselves: that takes two names for one axis. `u = twin(t)` makes the second.",
});
