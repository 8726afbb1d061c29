/** A number lies in the range that its place declares. */
import { defineDiagnostic, write } from "./define.ts";

/** `in 0..1`; an open range says itself: `1 or more`. */
const phrase = (range: string): string => (range.includes("..") ? `in ${range}` : range);

export const outsideRange = defineDiagnostic<{ value: string; range: string; what: string; near?: string }>({
  code: "outside_range",
  severity: "error",
  title: "Outside its range",
  label: ({ range }) => `not ${phrase(range)}`,
  text: ({ value, range, what }) => `${what} must be ${phrase(range)}, and this is ${value}.`,
  hint: ({ range }) => `Choose a number that is ${phrase(range)}.`,
  fix: ({ near }, at) => (near === undefined ? undefined : write(at, near)),
  wrong: `fn eased(x: Float, smooth: Float in 0..0.5 = 0) -> Float = (1 - smooth) * x
fn worth(x: Float) -> Float = eased(x, smooth: 0.7)`,
  right: `fn eased(x: Float, smooth: Float in 0..0.5 = 0) -> Float = (1 - smooth) * x
fn worth(x: Float) -> Float = eased(x, smooth: 0.1)`,
  page: "`Float in 0..1` in a type is checked on literals while compiling and on data at the border.",
});
