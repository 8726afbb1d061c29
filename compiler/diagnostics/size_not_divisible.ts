import { defineDiagnostic } from "./define.ts";

export const sizeNotDivisible = defineDiagnostic({
  code: "size_not_divisible",
  severity: "error",
  title: "A size that does not divide",
  label: (f: { whole: string; part: string; hint?: string }) => `${f.whole} / ${f.part} is not whole`,
  text: (f: { whole: string; part: string; hint?: string }) => `${f.whole} cannot be divided into ${f.part} equal parts.`,
  hint: (f: { whole: string; part: string; hint?: string }) => f.hint,
  wrong: `layer f(x: [b, d = 512]) -> [b, h, k] = split(x over d -> h = 7, k)
`,
  right: `layer f(x: [b, d = 512]) -> [b, h, k] = split(x over d -> h = 8, k)
`,
  page: "A size is a whole number of places, so `/` between sizes must come out even. Where sizes are symbols the division is kept and looked at again when a model gives them values.",
});
