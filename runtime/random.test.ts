import { expect, test } from "vitest";
import { keyOf, philox, stream } from "./random.ts";

const hex = (words: Uint32Array): string => [...words].map((word) => word.toString(16).padStart(8, "0")).join(" ");

// The known answers of Random123 (kat_vectors, philox4x32 10).
test("gives the published words for a counter and a key of zeros", () => {
  expect(hex(philox([0, 0, 0, 0], [0, 0]))).toBe("6627e8d5 e169c58d bc57ac4c 9b00dbd8");
});

test("gives the published words for a counter and a key of ones", () => {
  const ones = 0xffffffff;
  expect(hex(philox([ones, ones, ones, ones], [ones, ones]))).toBe("408f276d 41c83b0e a20bc7c6 6d5451fd");
});

test("gives the published words for the digits of pi", () => {
  expect(hex(philox([0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344], [0xa4093822, 0x299f31d0]))).toBe(
    "d16cfe09 94fdcceb 5001e420 24126ea1",
  );
});

test("draws uniformly and normally, by mean and spread", () => {
  const source = stream(7, "test");
  const uniform = Array.from({ length: 20_000 }, () => source.uniform());
  const normal = Array.from({ length: 20_000 }, () => source.normal());
  const mean = (xs: number[]): number => xs.reduce((a, b) => a + b, 0) / xs.length;
  expect(mean(uniform)).toBeCloseTo(0.5, 1.7);
  expect(mean(normal)).toBeCloseTo(0, 1.5);
  expect(mean(normal.map((x) => x * x))).toBeCloseTo(1, 1.3);
  expect(uniform.every((x) => x >= 0 && x < 1)).toBe(true);
});

test("a draw depends on seed, place and counters only", () => {
  const first = stream([1, 2], "policy.table", 3, 4).bits();
  stream(9, "elsewhere").bits();
  expect(stream([1, 2], "policy.table", 3, 4).bits()).toBe(first);
  expect(stream([2, 1], "policy.table", 3, 4).bits()).not.toBe(first);
  expect(stream([1, 2], "policy.head", 3, 4).bits()).not.toBe(first);
  expect(stream([1, 2], "policy.table", 4, 3).bits()).not.toBe(first);
  expect(keyOf(1, "a")).not.toEqual(keyOf("1", "a"));
});

test("whole numbers below n are all reached and none is beyond", () => {
  const source = stream(0, "below");
  const counts = [0, 0, 0, 0, 0];
  for (let i = 0; i < 5000; i++) counts[source.below(5)]!++;
  for (const count of counts) expect(Math.abs(count - 1000)).toBeLessThan(150);
});
