/** What a build needs must have an implementation in this version. */
import { defineDiagnostic } from "./define.ts";

export const notInThisVersion = defineDiagnostic<{ name: string; kind: string; own?: boolean }>({
  code: "not_in_this_version",
  severity: "error",
  title: "Not in this version",
  label: () => "has no implementation yet",
  text: ({ name, kind }) => `The ${kind} ${name} is declared, but this version has no implementation of it.`,
  hint: ({ own }) =>
    own
      ? 'Name the TypeScript behind it: from "./file.ts".'
      : "It checks, so the spec is right; building what uses it needs a later version, or an extern of your own.",
  wrong: `extern fn stars(repository: Text) -> Int`,
  right: `extern fn stars(repository: Text) -> Int from "./stars.ts"`,
  page: "A declaration of the standard library without `from` has no implementation in this version. Checking accepts it, so that a spec can be written against the whole language; building something that uses it is refused.",
});
