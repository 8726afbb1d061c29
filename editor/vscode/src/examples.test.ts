import { expect, test } from "vitest";
import { evalsIn, examplesIn, verdict } from "./examples.ts";

test("evals are found by their first line, and only as declarations", () => {
  expect(evalsIn("// eval no\neval facts { of: answer }\n  eval inside {}\neval ещё {\n}")).toEqual([
    { name: "facts", line: 1 },
    { name: "ещё", line: 3 },
  ]);
});

test("examples of a page have their kind, their line and their own indentation", () => {
  const page =
    '# A\n\n```neuro\nsource a = files("*")\n```\n\n- item\n\n  ```neuro wrong name_case\n  fn A() = 1\n  ```\n\n```neuro fragment\nx = 1\n```\n```ts\nlet a;\n```\n';
  expect(examplesIn(page)).toEqual([
    { line: 2, text: 'source a = files("*")\n', kind: "whole" },
    { line: 8, text: "fn A() = 1\n", kind: "wrong", code: "name_case" },
    { line: 12, text: "x = 1\n", kind: "fragment" },
  ]);
});

test("examples of documentation comments are found, an unfinished one is not", () => {
  const spec =
    "/// Adds.\n/// ```neuro fragment\n/// add(1, 2)\n/// ```\nfn add(a: Float, b: Float) = a + b\n/// ```neuro\n/// x";
  expect(examplesIn(spec, true)).toEqual([{ line: 1, text: "add(1, 2)\n", kind: "fragment" }]);
});

test("a wrong example holds where it has its one fault", () => {
  const wrong = { line: 0, text: "", kind: "wrong", code: "name_case" } as const;
  expect(verdict(wrong, [{ code: "name_case", message: "" }])).toBeUndefined();
  expect(verdict(wrong, [])).toBe("expected name_case, found nothing wrong");
  expect(
    verdict(wrong, [
      { code: "a", message: "" },
      { code: "b", message: "" },
    ]),
  ).toBe("expected name_case, found a, b");
  expect(verdict({ line: 0, text: "", kind: "whole" }, [{ code: "a", message: "is wrong" }])).toBe("a: is wrong");
});
