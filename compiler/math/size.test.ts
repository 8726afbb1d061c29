import fc from "fast-check";
import { expect, test } from "vitest";
import {
  add,
  certainlyDiffer,
  constant,
  divide,
  equal,
  multiply,
  nearestDivisors,
  type Size,
  show,
  substitute,
  subtract,
  symbol,
  wholeOf,
} from "./size.ts";
import { kernelSize } from "./trace.ts";

const [d, heads, kv, t] = ["d", "heads", "kv", "t"].map(symbol) as [Size, Size, Size, Size];

test("a quotient times its divisor is the size again, whatever the symbols are", () => {
  expect(equal(multiply(divide(heads, kv)!, kv), heads)).toBe(true);
  expect(equal(divide(multiply(add(t, constant(1)), d), add(t, constant(1)))!, d)).toBe(true);
});

test("numbers that do not divide are refused, symbols are kept for later", () => {
  expect(divide(constant(512), constant(7))).toBeUndefined();
  expect(wholeOf(divide(constant(512), constant(8))!)).toBe(64);
  expect(show(divide(d, heads)!)).toBe("d / heads");
  expect(divide(d, constant(0))).toBeUndefined();
});

test("sizes differ for certain only by a constant", () => {
  expect(certainlyDiffer(add(t, constant(1)), t)).toBe(true);
  expect(certainlyDiffer(t, d)).toBe(false);
  expect(certainlyDiffer(constant(3), constant(4))).toBe(true);
});

test("sizes cross into the graph as text that it reads", () => {
  expect(kernelSize(constant(7))).toBe(7);
  expect(kernelSize(subtract(multiply(t, d), constant(1)))).toBe("-1+1*d*t");
});

test("a hint names the nearest divisors", () => {
  expect(nearestDivisors(constant(512), constant(7))).toBe("4 or 8");
  expect(nearestDivisors(d, constant(7))).toBeUndefined();
});

test("arithmetic of sizes is arithmetic of their values", () => {
  const names = ["a", "b", "c"];
  const size: fc.Arbitrary<Size> = fc.letrec<{ size: Size }>((tie) => ({
    size: fc.oneof(
      { maxDepth: 4 },
      fc.integer({ min: 0, max: 9 }).map(constant),
      fc.constantFrom(...names).map(symbol),
      fc.tuple(tie("size"), tie("size")).map(([x, y]) => add(x, y)),
      fc.tuple(tie("size"), tie("size")).map(([x, y]) => multiply(x, y)),
      fc.tuple(tie("size"), tie("size")).map(([x, y]) => subtract(x, y)),
    ),
  })).size;
  const values = fc.tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 9 }));
  fc.assert(
    fc.property(size, size, values, (x, y, given) => {
      const at = (s: Size) => wholeOf(substitute(s, new Map(names.map((n, i) => [n, constant(given[i]!)]))));
      expect(at(add(x, y))).toBe(at(x)! + at(y)!);
      expect(at(multiply(x, y))).toBe(at(x)! * at(y)! + 0);
      expect(equal(subtract(add(x, y), y), x)).toBe(true);
      const product = multiply(x, y);
      const back = y.key === "0" ? undefined : divide(product, y);
      if (back && at(y)) expect(at(back) === undefined || at(back) === at(x)).toBe(true);
    }),
    { numRuns: 300 },
  );
});
