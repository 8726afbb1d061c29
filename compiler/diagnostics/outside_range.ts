/** A number lies in the range that its place declares. */
import { defineDiagnostic } from "./define.ts";

export const outsideRange = defineDiagnostic<{ value: string; range: string; what: string }>({
  code: "outside_range",
  severity: "error",
  title: "Outside its range",
  label: ({ range }) => `not in ${range}`,
  text: ({ value, range, what }) => `${what} must be in ${range}, and this is ${value}.`,
  hint: ({ range }) => `Choose a number in ${range}.`,
  wrong: `fn eased(x: Float, smooth: Float in 0..0.5 = 0) -> Float = (1 - smooth) * x
fn worth(x: Float) -> Float = eased(x, smooth: 0.7)`,
  right: `fn eased(x: Float, smooth: Float in 0..0.5 = 0) -> Float = (1 - smooth) * x
fn worth(x: Float) -> Float = eased(x, smooth: 0.1)`,
  page: "`Float in 0..1` in a type is checked on literals while compiling and on data at the border.",
});
