import { expect, test } from "vitest";
import { codeOf, numberOf, type Small } from "./codes.ts";
import { converted, type DType, dtypes, rangeOf } from "./dtype.ts";

const codes = (dtype: Small): number[] => Array.from({ length: dtype === "f16" || dtype === "bf16" ? 65536 : 256 }, (_, c) => c);

test.each(["e4m3", "e5m2", "f16", "bf16"] as const)("every code of %s is the code of its number, and NaN stays NaN", (dtype) => {
  const wrong = codes(dtype).filter((c) => {
    const x = numberOf(c, dtype);
    return Number.isNaN(x) ? !Number.isNaN(numberOf(codeOf(x, dtype), dtype)) : Number.isFinite(x) && codeOf(x, dtype) !== c;
  });
  expect(wrong).toEqual([]);
});

test("the landmarks of eight-bit floats", () => {
  expect([0x7e, 0x01, 0x08, 0x80, 0xfe].map((c) => numberOf(c, "e4m3"))).toEqual([448, 2 ** -9, 2 ** -6, -0, -448]);
  expect([0x7b, 0x01, 0x04, 0x7c, 0xfc].map((c) => numberOf(c, "e5m2"))).toEqual([
    57344,
    2 ** -16,
    2 ** -14,
    Number.POSITIVE_INFINITY,
    Number.NEGATIVE_INFINITY,
  ]);
  expect([0x7f, 0xff].map((c) => numberOf(c, "e4m3"))).toEqual([Number.NaN, Number.NaN]);
  const finite = (dtype: Small) =>
    new Set(codes(dtype).flatMap((c) => (Number.isFinite(numberOf(c, dtype)) ? [numberOf(c, dtype) + 0] : [])));
  expect([finite("e4m3").size, finite("e5m2").size]).toEqual([253, 247]);
});

test("numbers grow with their codes", () => {
  for (const dtype of ["e4m3", "e5m2"] as const) {
    const up = codes(dtype)
      .slice(0, 128)
      .map((c) => numberOf(c, dtype))
      .filter((x) => !Number.isNaN(x));
    expect(up).toEqual([...up].sort((a, b) => a - b));
  }
});

// Halves go to the even neighbour; what is too large is held at the end.
test.each<[DType, number, number]>([
  ["e4m3", 2 ** -10, 0],
  ["e4m3", 1.5 * 2 ** -9, 2 ** -8],
  ["e4m3", 17, 16],
  ["e4m3", 19, 20],
  ["e4m3", 464, 448],
  ["e4m3", 1e9, 448],
  ["e4m3", Number.NEGATIVE_INFINITY, -448],
  ["e4m3", -(2 ** -11), -0],
  ["e5m2", 9, 8],
  ["e5m2", 11, 12],
  ["e5m2", 1e9, 57344],
  ["f16", 2049, 2048],
  ["f16", 65519, 65504],
  ["f16", 65520, Number.POSITIVE_INFINITY],
  ["f16", 2 ** -25, 0],
  ["bf16", 257, 256],
  ["bf16", 259, 260],
  ["i8", 127.9, 127],
  ["i8", -128.9, -128],
  ["i8", 300, 127],
  ["u8", -3, 0],
  ["i4", 9, 7],
  ["i4", -1.9, -1],
  ["u4", 99, 15],
  ["i8", Number.NaN, 0],
  ["i32", 3e9, 2 ** 31 - 1],
  ["bool", 0.2, 1],
])("%s of %d is %d", (to, x, expected) => {
  expect(converted(x, "f32", to)).toBe(expected);
});

test("f16 is what the host's own sixteen-bit floats are", () => {
  const halves = new Uint16Array(1);
  const float = new Float16Array(halves.buffer);
  for (let i = 0; i < 20000; i++) {
    const x = (i - 10000) ** 3 * 1.37e-8;
    float[0] = x;
    expect(converted(x, "f32", "f16")).toBe(float[0]);
    expect(codeOf(x, "f16")).toBe(halves[0]);
  }
});

test("between 32-bit whole numbers the bits are kept, into narrower ones the nearest is taken", () => {
  expect([converted(-1, "i32", "u32"), converted(2 ** 32 - 1, "u32", "i32")]).toEqual([2 ** 32 - 1, -1]);
  expect([converted(-1, "i32", "u8"), converted(200, "u8", "i8"), converted(200, "i32", "i8")]).toEqual([0, 127, 127]);
});

test("a number that both types hold goes from any type to any other unchanged", () => {
  for (const from of dtypes)
    for (const to of dtypes) for (const x of [0, 1]) expect(converted(x, from, to), `${x} from ${from} to ${to}`).toBe(x);
  for (const to of dtypes) for (const x of rangeOf(to)) if (to !== "bool") expect(converted(x, "f32", to)).toBe(x);
});
