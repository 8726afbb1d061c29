import type { Span } from "../../grammar/index.ts";
import { defineDiagnostic, write } from "./define.ts";

export const sizeNotDivisible = defineDiagnostic({
  code: "size_not_divisible",
  severity: "error",
  title: "A size that does not divide",
  label: (f: { whole: string; part: string; hint?: string; near?: string; at?: Span }) => `${f.whole} / ${f.part} is not whole`,
  text: (f: { whole: string; part: string; hint?: string; near?: string; at?: Span }) =>
    `${f.whole} cannot be divided into ${f.part} equal parts.`,
  hint: (f: { whole: string; part: string; hint?: string; near?: string; at?: Span }) => f.hint,
  fix: ({ at, near }) => (at && near ? write(at, near) : undefined),
  wrong: `layer f(x: [b, d = 512]) -> [b, h, k] = split(x over d -> h = 7, k)
`,
  right: `layer f(x: [b, d = 512]) -> [b, h, k] = split(x over d -> h = 8, k)
`,
  page: "A size is a whole number of places, so `/` between sizes must come out even. Where sizes are symbols the division is kept and looked at again when a model gives them values.",
});
