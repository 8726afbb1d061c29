/** What is wrong with a file: its syntax at once, whatever else is being done, and what a check finds. */
import type { Service } from "../service.ts";
import type { Diagnostic } from "../words.ts";

/** The syntax's faults and the check's, each in the order of the text; none in both. */
export function diagnostics(
  service: Service,
  path: string,
): { readonly syntax: readonly Diagnostic[]; readonly checks: readonly Diagnostic[] } {
  const syntax = service.parsed(path).diagnostics;
  const said = new Set(syntax.map(keyOf));
  const found = service.view(path).checked.diagnostics.filter(({ span }) => span.file === path);
  return { syntax, checks: found.filter((each) => !said.has(keyOf(each))) };
}

const keyOf = ({ code, span }: Diagnostic): string => `${code} ${span.start} ${span.end}`;
