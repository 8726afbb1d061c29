import fc from "fast-check";
import { expect, test } from "vitest";
import { divide, evaluate, minus, plus, type Size, size, substitute, symbolsOf, times } from "./size.ts";

test("equal sizes have one text", () => {
  expect(size("s*b + b*s + 0")).toBe("2*b*s");
  expect(size("(b+1)*(b-1)")).toBe("b*b-1");
  expect(plus("past+1", -1)).toBe("past");
  expect(minus("s", "s")).toBe(0);
  expect(times("b", "s+1", 2)).toBe("2*b*s+2*b");
});

test("division is exact or refused", () => {
  expect(divide(512, 8)).toBe(64);
  expect(divide(512, 7)).toBeUndefined();
  expect(divide("2*b*s+4*b", "s+2")).toBe("2*b");
  expect(divide("b", "s")).toBeUndefined();
  expect(divide("s", 2)).toBe("s/2");
  expect(divide("b", 0)).toBeUndefined();
});

test("a size is whole when it is bound", () => {
  expect(evaluate("s/2", { s: 8 })).toBe(4);
  expect(() => evaluate("s/2", { s: 7 })).toThrow("not a whole number");
  expect(() => evaluate("s", {})).toThrow("needs a value for s");
  expect(symbolsOf("2*b*s+t")).toEqual(["b", "s", "t"]);
  expect(substitute("s*s+1", { s: "past+1" })).toBe("past*past+2*past+2");
});

const sizes: fc.Arbitrary<Size> = fc.letrec<{ size: Size }>((tie) => ({
  size: fc.oneof(
    { maxDepth: 3 },
    fc.integer({ min: 1, max: 9 }),
    fc.constantFrom("b", "s", "t"),
    fc.tuple(tie("size"), tie("size")).map(([a, b]) => plus(a, b)),
    fc.tuple(tie("size"), tie("size")).map(([a, b]) => times(a, b)),
  ),
})).size;

test("arithmetic on sizes is arithmetic on what they stand for", () => {
  const binding = { b: 3, s: 5, t: 7 };
  fc.assert(
    fc.property(sizes, sizes, (a, b) => {
      const [x, y] = [evaluate(a, binding), evaluate(b, binding)];
      expect(evaluate(plus(a, b), binding)).toBe(x + y);
      expect(evaluate(times(a, b), binding)).toBe(x * y);
      expect(divide(times(a, b), b)).toBe(a);
      expect(size(String(a))).toBe(a);
    }),
  );
});
