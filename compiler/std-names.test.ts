import { expect, test } from "vitest";
import { check } from "./index.ts";
import { hostOf } from "./tests/library.ts";

test("a name that the library declares is met with the line that imports it", () => {
  const text = "reward q(answer: Answer) {\n  total = hard(is_getoff(answer))\n}\n";
  const [unknown] = check(hostOf({ "main.neuro": text }), "main.neuro").diagnostics;
  expect(unknown).toMatchObject({ code: "unknown_name", hint: "Import it: use std.rewards { is_getoff }" });
});

test("a misspelt name is met with the name that was meant, as before", () => {
  const text = "fn worth(x: Float) -> Float = sotf(x > 1)\n";
  const [unknown] = check(hostOf({ "main.neuro": text }), "main.neuro").diagnostics;
  expect(unknown!.hint).toContain("soft");
});
