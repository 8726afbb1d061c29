import fc from "fast-check";
import { expect, test } from "vitest";
import { defaultWidth, hard, holds, soft } from "./soft.ts";

test("is 1 inside a window and falls by exp(-distance / width) outside", () => {
  expect(soft({ left: 155, op: "in", from: 150, to: 160 })).toBe(1);
  expect(soft({ left: 140, op: "in", from: 150, to: 160 }, { by: 10 })).toBeCloseTo(Math.exp(-1), 12);
  expect(soft({ left: 165, op: "in", from: 150, to: 160 })).toBeCloseTo(Math.exp(-1), 12);
});

test("reads `> 6` of whole numbers as `>= 7`", () => {
  expect(soft({ left: 6, op: ">", right: 6, whole: true }, { by: 1 })).toBeCloseTo(Math.exp(-1), 12);
  expect(soft({ left: 7, op: ">", right: 6, whole: true }, { by: 1 })).toBe(1);
});

test("has the default widths of the reference", () => {
  expect(defaultWidth({ left: 0, op: "in", from: 150, to: 160 })).toBe(5);
  expect(defaultWidth({ left: 0, op: ">", right: 40 })).toBe(10);
  expect(defaultWidth({ left: 0, op: ">", right: 2 })).toBe(1);
});

test("the logistic shape peaks at 1 in the middle and is symmetric", () => {
  const at = (left: number) => soft({ left, op: "in", from: 150, to: 160 }, { by: 2, shape: "logistic" });
  expect(at(155)).toBeCloseTo(1, 12);
  expect(at(150)).toBeCloseTo(at(160), 12);
});

test("tends to the indicator as the width goes to 0", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: -50, max: 50 }),
      fc.integer({ min: -50, max: 50 }),
      fc.constantFrom("<", "<=", ">", ">=", "==" as const),
      (left, right, op) => {
        const c = { left, op, right, whole: true };
        expect(soft(c, { by: 1e-9 })).toBe(hard(holds(c)));
        expect(soft(c)).toBeGreaterThanOrEqual(0);
        expect(soft(c)).toBeLessThanOrEqual(1);
      },
    ),
  );
});
