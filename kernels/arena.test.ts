import fc from "fast-check";
import { expect, test } from "vitest";
import { arena, type Life } from "./arena.ts";

test("lives that do not meet share a place, whatever their symbols are", () => {
  const lives: Life[] = [
    { bytes: "4*b", first: 0, last: 1 },
    { bytes: "8*b", first: 1, last: 2 },
    { bytes: "4*b", first: 2, last: 3 },
  ];
  expect(arena(lives, { b: 10 })).toEqual({ offsets: [80, 0, 80], bytes: 120, peak: 120 });
  expect(arena(lives, { b: 3 }, 256)).toEqual({ offsets: [0, 256, 0], bytes: 512, peak: 512 });
  expect(arena([], {})).toEqual({ offsets: [], bytes: 0, peak: 0 });
});

test("those alive at the same time never lie on each other", () => {
  const life = fc.record({ bytes: fc.integer({ min: 0, max: 99 }), first: fc.nat(20), length: fc.nat(9) });
  fc.assert(
    fc.property(fc.array(life, { maxLength: 30 }), (given) => {
      const lives = given.map(({ bytes, first, length }) => ({ bytes, first, last: first + length }));
      const { offsets, bytes, peak } = arena(lives, {});
      expect(bytes).toBeGreaterThanOrEqual(peak);
      lives.forEach((a, i) => {
        expect(offsets[i]! + a.bytes).toBeLessThanOrEqual(bytes);
        lives.forEach((b, j) => {
          if (i >= j || a.first > b.last || b.first > a.last || a.bytes * b.bytes === 0) return;
          expect(offsets[i]! >= offsets[j]! + b.bytes || offsets[j]! >= offsets[i]! + a.bytes).toBe(true);
        });
      });
    }),
  );
});
