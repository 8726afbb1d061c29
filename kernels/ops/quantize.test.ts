import { expect, test } from "vitest";
import { interpret } from "../interp/interpret.ts";
import { cast } from "../ir/elementwise.ts";
import { type Axis, axis, type DType, type Node } from "../ir/node.ts";
import { output, program } from "../ir/program.ts";
import { input, tensor } from "../ir/source.ts";
import { dequantize, nf4, nf4Codes } from "./dequantize.ts";
import { numbers } from "./drawn.ts";
import { quantize, quantizedContract, scaleOf } from "./quantize.ts";

const run = (node: Node, feeds: Record<string, ArrayLike<number>> = {}): number[] => [
  ...interpret(program("p", [output("out", "value", node)]), feeds, {}).out!,
];
const given = (name: string, axes: readonly Axis[], dtype: DType = "f32"): Node => input(name, "data", dtype, axes);
const [r, n, m] = [axis("r", 3), axis("n", 8), axis("m", 4)];
const x = given("x", [r, n]);

function random(count: number, seed: number): number[] {
  const next = numbers(seed);
  return Array.from({ length: count }, () => Math.fround(next() * 6 - 3));
}
const values = random(24, 1);

test("halves go to the even number, what is too large to the end", () => {
  const q = quantize(tensor([0.5, 1.5, 2.5, -0.5, -1.5, 99, -99, 0.26], [n]), tensor([1], [axis("one", 1)]), "i4");
  expect(run(cast(q, "f32"))).toEqual([0, 2, 2, 0, -2, 7, -8, 0].map((v) => v + 0));
});

test.each(["i8", "i4"] as const)("%s: half a step at most is lost, and nothing the second time", (to) => {
  const scale = scaleOf(x, ["n"], to);
  const back = dequantize(quantize(x, scale, to), scale, "n");
  const [once, steps] = [run(back, { x: values }), run(scale, { x: values })];
  for (const [i, v] of once.entries()) expect(Math.abs(v - values[i]!)).toBeLessThanOrEqual(steps[Math.floor(i / 8)]! * 0.500001);
  const again = run(back, { x: once });
  for (const [i, v] of again.entries()) expect(v).toBeCloseTo(once[i]!, 12);
});

test("a row of zeros stays one", () => {
  const scale = scaleOf(x, ["n"], "i8");
  expect(run(dequantize(quantize(x, scale, "i8"), scale, "n"), { x: new Float64Array(24) })).toEqual(Array(24).fill(0));
});

test("eight-bit floats keep three bits of each number under a scale of the whole tensor", () => {
  const scale = scaleOf(x, ["r", "n"], "e4m3");
  const back = run(dequantize(quantize(x, scale, "e4m3"), scale, "n"), { x: values });
  for (const [i, v] of back.entries())
    expect(Math.abs(v - values[i]!)).toBeLessThanOrEqual(Math.abs(values[i]!) / 16 + 3 / 448 / 512);
  expect(Math.max(...back.map(Math.abs))).toBeCloseTo(Math.max(...values.map(Math.abs)), 6);
});

// Dettmers et al. 2022: Y = (Xq Wq) * row scales * column scales, sums in whole numbers.
test("a product of quantized rows and columns is that of their codes, scaled", () => {
  const w = random(32, 2);
  const columns = Array.from({ length: 4 }, (_, j) => Math.max(...w.filter((_, i) => i % 4 === j).map(Math.abs)) / 127);
  const codes = w.map((v, i) => Math.round(v / columns[i % 4]!));
  const y = run(quantizedContract(x, given("w", [n, m], "i8"), given("s", [m]), ["n"]), { x: values, w: codes, s: columns });
  for (let i = 0; i < 3; i++)
    for (let j = 0; j < 4; j++) {
      const row = values.slice(i * 8, i * 8 + 8);
      const step = Math.max(...row.map(Math.abs)) / 127;
      const whole = row.reduce((sum, v, k) => sum + Math.round(v / step) * codes[k * 4 + j]!, 0);
      expect(y[i * 4 + j]).toBeCloseTo(whole * step * columns[j]!, 9);
      const exact = row.reduce((sum, v, k) => sum + v * w[k * 4 + j]!, 0);
      expect(Math.abs(y[i * 4 + j]! - exact)).toBeLessThan(0.3);
    }
});

test("groups have their own scale and zero point", () => {
  const q = given("q", [axis("r", 1), n], "u4");
  const [scale, zero] = [given("scale", [axis("r", 1), axis("n", 2)]), given("zero", [axis("r", 1), axis("n", 2)], "u8")];
  const back = dequantize(q, scale, "n", { zero });
  expect(run(back, { q: [0, 8, 15, 3, 0, 8, 15, 3], scale: [0.5, 2], zero: [8, 0] })).toEqual([-4, 0, 3.5, -2.5, 0, 16, 30, 6]);
  expect(back.attrs).toEqual({ axis: "n", group: 4, code: "linear" });
});

test("groups that do not divide the axis are refused", () => {
  expect(() => dequantize(given("q", [n], "i4"), given("s", [axis("n", 3)]), "n")).toThrow("n of 8 in 3 groups");
});

// Dettmers et al. 2023, appendix E: the sixteen numbers, 0 and both ends among them.
test("NF4: the ends and 0 are exact, halfway goes to the lower code, and half the widest gap is the most that is lost", () => {
  expect([nf4.length, nf4[0], nf4[7], nf4[15]]).toEqual([16, -1, 0, 1]);
  const codes = (list: readonly number[]): number[] => run(cast(nf4Codes(tensor(list, [axis("n", list.length)])), "i32"));
  expect(codes(nf4)).toEqual(Array.from({ length: 16 }, (_, i) => i));
  expect(codes([-1, 0, 1, (nf4[7]! + nf4[8]!) / 2, 0.04, -0.9])).toEqual([0, 7, 15, 7, 8, 0]);
  const grid = Array.from({ length: 401 }, (_, i) => (i - 200) / 200);
  const lost = codes(grid).map((c, i) => Math.abs(nf4[c]! - grid[i]!));
  expect(Math.max(...lost)).toBeLessThanOrEqual(0.152);
});
