import { expect, test } from "vitest";
import { diagnosticPage, knownCodes } from "./explain.ts";

test("every code has a page with its reason", () => {
  for (const { code, title } of knownCodes()) {
    expect(diagnosticPage(code)).toContain(`${title}: ${code}`);
    expect(diagnosticPage(code)!.split("\n\n")[1]!.length).toBeGreaterThan(40);
  }
});

test("a page shows a file that breaks the rule and one that keeps it", () => {
  expect(diagnosticPage("name_case")).toMatchInlineSnapshot(`
    "Wrong case: name_case

    Types, enumerations and architectures begin with a capital letter; everything else begins with a small one, so that a reader sees which is which.

    Wrong:

        type aspect = main | usefulness

    Right:

        type Aspect = main | usefulness"
  `);
});

test("examples of several files name each", () => {
  expect(diagnosticPage("cyclic_import")).toContain("// b.neuro");
});

test("a code that nothing reports has no page", () => {
  expect(diagnosticPage("unknwon_name")).toBeUndefined();
});
