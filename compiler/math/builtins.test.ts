import { expect, test } from "vitest";
import { builtinDocs } from "./index.ts";
import { faults } from "./testing.ts";

for (const { name, wrong, right } of builtinDocs) {
  test(`${name}: the wrong example is ${wrong.code}, and nothing else`, () => {
    expect(faults(wrong.text).map((f) => f.split(":")[0])).toEqual([wrong.code]);
  });
  test(`${name}: the right example is clean`, () => {
    expect(faults(right)).toEqual([]);
  });
}
