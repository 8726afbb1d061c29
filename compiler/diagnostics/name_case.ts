/** Types begin with a capital, all else does not. */
import { defineDiagnostic } from "./define.ts";

export const nameCase = defineDiagnostic<{ name: string; what: string; capital: boolean; better: string }>({
  code: "name_case",
  severity: "error",
  title: "Wrong case",
  label: ({ what, capital }) => `${what} ${capital ? "begins" : "does not begin"} with a capital`,
  text: ({ name, what, capital }) =>
    capital ? `${what} \`${name}\` must begin with a capital.` : `${what} \`${name}\` must not begin with a capital.`,
  hint: ({ better }) => `Call it \`${better}\`.`,
  fix: ({ name, better }) => ({ title: `Call it ${better}`, changes: [{ kind: "rename", from: name, to: better }] }),
  wrong: `type aspect = main | usefulness`,
  right: `type Aspect = main | usefulness`,
  page: "Types, enumerations and architectures begin with a capital letter; everything else begins with a small one, so that a reader sees which is which.",
});
