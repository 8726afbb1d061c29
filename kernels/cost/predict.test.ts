import { expect, test } from "vitest";
import { along, type Calibration, faultOf, type ProductGrid, rateAt } from "./calibration.ts";
import type { CostLine } from "./cost.ts";
import { predict } from "./predict.ts";

/** A machine with a ridge at 10 operations a byte: 1e9 bytes and 1e10 operations a second. */
const machine: Calibration = {
  schema: 1,
  device: "cpu",
  about: "a machine of round numbers",
  key: "round",
  made: "2026-01-01",
  call: { run: 0, input: 0, output: 0, kernel: 0, view: 0, loop: 0 },
  read: [[1, 1e9]],
  copy: [[1, 1e9]],
  products: [{ bits: 32, rows: [1], columns: [1], inner: [1], rates: [1e10] }],
  operators: { Exp: [[1, 1e-9]] },
};

const product = (n: number, batch: number): CostLine => ({
  what: "MatMul",
  name: "0",
  origin: [],
  kind: "MatMul",
  bytes: 4 * n * n,
  weights: 4 * n * n,
  flops: 2 * n * n * batch,
  items: n * n,
  products: [{ batch: 1, rows: batch, columns: n, inner: n, bits: 32 }],
});

const seconds = (line: CostLine, c = machine) => predict([line], c, {}, { inputs: 1, outputs: 1 });

test("a product of few rows takes as long as its weights take to come, one of many as long as it computes", () => {
  // 2 B / 4 operations a byte: bound by computing from B = 20 on.
  expect(seconds(product(1000, 1)).seconds).toBeCloseTo(4e-3);
  expect(seconds(product(1000, 1)).kernels[0]!.bound).toBe("memory");
  expect(seconds(product(1000, 100)).seconds).toBeCloseTo(2e-2);
  expect(seconds(product(1000, 100)).kernels[0]!.bound).toBe("compute");
});

test("twice the bandwidth halves the time of what memory bounds, and leaves the rest", () => {
  const twice: Calibration = { ...machine, read: [[1, 2e9]], copy: [[1, 2e9]] };
  expect(seconds(product(1000, 1), twice).seconds).toBeCloseTo(2e-3);
  expect(seconds(product(1000, 100), twice).seconds).toBeCloseTo(2e-2);
});

test("a call costs by what it hands over, and a kernel that does little costs its start", () => {
  const slow: Calibration = { ...machine, call: { run: 1e-4, input: 1e-6, output: 2e-6, kernel: 1e-5, view: 1e-6, loop: 0 } };
  const view: CostLine = { ...product(1, 1), kind: "view", items: 0, bytes: 0, weights: 0, flops: 0 };
  const found = predict([view, { ...view, kind: "Exp", items: 10, bytes: 80 }], slow, {}, { inputs: 11, outputs: 3 });
  expect(found.call).toBeCloseTo(1e-4 + 10e-6 + 4e-6, 9);
  expect(found.kernels.map((k) => k.bound)).toEqual(["start", "start"]);
  expect(found.seconds).toBeCloseTo(found.call + 1e-6 + 1e-5 + 10e-9 + 70e-9, 7);
});

test("sizes are numbers only when times are predicted", () => {
  const line: CostLine = { ...product(8, 1), kind: "Exp", items: "b*s", bytes: "8*b*s", weights: 0, flops: "b*s" };
  const { products: _, ...plain } = line;
  const at = (b: number) => predict([plain], machine, { b, s: 1000 }, { inputs: 1, outputs: 1 }).seconds;
  expect(at(20) / at(10)).toBeCloseTo(2);
  expect(() => predict([plain], machine, { b: 1 }, { inputs: 1, outputs: 1 })).toThrow("s");
});

test("between measured sizes a curve's logarithms lie on a line, beyond them the nearest counts", () => {
  const curve = [
    [10, 1],
    [1000, 100],
  ] as const;
  expect(along(curve, 100)).toBeCloseTo(10);
  expect(along(curve, 1)).toBe(1);
  expect(along(curve, 1e6)).toBe(100);
});

test("a grid's rate at a measured shape is the measured one, and between shapes it is between", () => {
  const grid: ProductGrid = { bits: 32, rows: [1, 100], columns: [10], inner: [10, 1000], rates: [1, 4, 100, 400] };
  expect(rateAt(grid, 1, 10, 1000)).toBeCloseTo(4);
  expect(rateAt(grid, 100, 10, 10)).toBeCloseTo(100);
  expect(rateAt(grid, 10, 10, 100)).toBeCloseTo(20);
  expect(rateAt(grid, 1e6, 1, 1e6)).toBeCloseTo(400);
});

test("a file that is no calibration is told what is wrong with it", () => {
  expect(faultOf(machine)).toBeUndefined();
  expect(faultOf("text")).toContain("no object");
  expect(faultOf({ ...machine, schema: 2 })).toContain("schema");
  expect(faultOf({ ...machine, copy: undefined })).toContain("copy");
  expect(faultOf({ ...machine, read: [[1, 0]] })).toContain("curve");
  expect(faultOf({ ...machine, products: [{ ...machine.products[0], rates: [] }] })).toContain("products");
});
