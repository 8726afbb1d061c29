/** One name in one expression is one axis: same size everywhere. */
import { defineDiagnostic } from "./define.ts";

export const axesDiffer = defineDiagnostic<{ axis: string; left: string; right: string; op: string }>({
  code: "axes_differ",
  severity: "error",
  title: "Axes differ",
  label: ({ axis, left, right }) => `${axis} is ${left} here and ${right} there`,
  text: ({ axis, left, right, op }) => `\`${op}\` meets the axis ${axis} with two sizes: ${left} and ${right}.`,
  hint: () => "Make the sizes equal, or rename one of the axes.",
  wrong: `layer added(x: [b]) -> [b, d] {
  weight near: [d = 512] = 1
  weight far: [d = 256] = 1
  outer(x * (near + far))
}`,
  right: `layer added(x: [b]) -> [b, d] {
  weight near: [d = 512] = 1
  weight far: [d = 512] = 1
  outer(x * (near + far))
}`,
  page: "An axis is its name and its size. Sizes are numbers, configuration and symbols, compared as formulas; what cannot be decided while compiling is checked when the program is bound.",
});
