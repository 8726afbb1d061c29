import { expect, test } from "vitest";
import { remembered } from "./remembered.ts";

test("a text is asked about once, until others have taken its place", () => {
  const asked: string[] = [];
  const of = remembered((text) => {
    asked.push(text);
    return text.length;
  }, 6);
  expect(["ab", "cd", "ab", "efg", "ab", "cd", "much too long", "ab"].map(of)).toEqual([2, 2, 2, 3, 2, 2, 13, 2]);
  expect(asked).toEqual(["ab", "cd", "efg", "cd", "much too long", "ab"]);
});
