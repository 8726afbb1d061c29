/** A result has an axis once. */
import { defineDiagnostic } from "./define.ts";

export const axisTwice = defineDiagnostic<{ axis: string; callee: string }>({
  code: "axis_twice",
  severity: "error",
  title: "Axis twice in one result",
  label: ({ axis }) => `${axis} twice`,
  text: ({ axis, callee }) => `The result of ${callee} would have the axis ${axis} twice.`,
  hint: ({ axis }) => `Make a second name for the same positions: u = twin(${axis}).`,
  wrong: `fn earlier(t: axis, s: axis) -> [t, s] of Bool = outer(position(s) <= position(t))
layer seen(x: [b, t, d]) -> [b, t, d] = x * hard(any(earlier(t, t) over t))`,
  right: `fn earlier(t: axis, s: axis) -> [t, s] of Bool = outer(position(s) <= position(t))
layer seen(x: [b, t, d]) -> [b, t, d] {
  u = twin(t)
  x * hard(any(earlier(t, u) over u))
}`,
  page: "Axes are found by name, so two of one name could not be told apart. `twin` gives the same positions a second name.",
});
