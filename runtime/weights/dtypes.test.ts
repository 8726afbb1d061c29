import { expect, test } from "vitest";
import { type DType, dtypes } from "../../kernels/index.ts";
import { decoded, encoded } from "./dtypes.ts";

const half = Math.log(2) * 3;

test.each<[DType, readonly number[], readonly number[]]>([
  ["f16", [1, -2, 65504], [0x3c00, 0xc000, 0x7bff]],
  ["bf16", [1, -2, 257], [0x3f80, 0xc000, 0x4380]],
  ["e4m3", [1, -2, 1000], [0x38, 0xc0, 0x7e]],
  ["e5m2", [1, -2, 1e6], [0x3c, 0xc0, 0x7b]],
  ["i8", [2.5, -3.5, 300], [2, -4, 127]],
  ["u8", [2.5, -3.5, 300], [2, 0, 255]],
  // The even place is in the low half of a byte.
  ["i4", [1, -1, 7, -8], [0xf1, 0x87]],
  ["u4", [1, 15, 7, 20], [0xf1, 0xf7]],
  ["bool", [0, 2, -1], [0, 1, 1]],
])("%s in memory", (dtype, values, bytes) => {
  expect([...encoded(values, dtype)]).toEqual(bytes);
});

test.each(dtypes)("%s: what is read is the nearest to what was written", (dtype) => {
  const written = [0, 1, half, 5.25, 3];
  const read = decoded(encoded(written, dtype), dtype, written.length);
  expect(read.length).toBe(written.length);
  const again = decoded(encoded(read, dtype), dtype, written.length);
  expect([...again]).toEqual([...read]);
  const off = written.map((v, i) => Math.abs(v - read[i]!));
  if (dtype !== "bool") expect(Math.max(...off)).toBeLessThanOrEqual(0.5);
});

test("sixteen-bit floats keep NaN and both zeros", () => {
  for (const dtype of ["f16", "bf16", "e4m3", "e5m2"] as const) {
    const [nan, zero] = decoded(encoded([Number.NaN, -0], dtype), dtype);
    expect(nan).toBeNaN();
    expect(Object.is(zero, -0)).toBe(true);
  }
});
