import { expect, test } from "vitest";
import { interpret } from "../interp/interpret.ts";
import { axis } from "../ir/node.ts";
import { output, program } from "../ir/program.ts";
import { expand } from "../ir/shape.ts";
import { input } from "../ir/source.ts";
import { hadamard, hasHadamard } from "./hadamard.ts";

/** The matrix of a size, row by row: what the rotation makes of each unit vector. */
function matrix(n: number, transpose = false): Float64Array {
  const x = input("x", "data", "f32", [axis("i", n), axis("n", n)]);
  const unit = Float64Array.from({ length: n * n }, (_, p) => (Math.floor(p / n) === p % n ? 1 : 0));
  return interpret(program("p", [output("y", "value", hadamard(x, "n", { transpose }), ["i", "n"])]), { x: unit }, {}).y!;
}

// The sizes that models have: powers of two, and those times a matrix of QuaRot's tables.
test.each([1, 2, 4, 32, 256, 12, 20, 24, 28, 36, 40, 52, 56, 60, 76, 84, 108, 140, 148, 156, 172, 344])(
  "the rotation of %i places is orthogonal, its entries are of one size",
  (n) => {
    const h = matrix(n);
    for (const v of h) expect(Math.abs(v) * Math.sqrt(n)).toBeCloseTo(1, 10);
    let off = 0;
    for (let i = 0; i < n; i++)
      for (let j = 0; j <= i; j++) {
        let dot = 0;
        for (let k = 0; k < n; k++) dot += h[i * n + k]! * h[j * n + k]!;
        off = Math.max(off, Math.abs(dot - (i === j ? 1 : 0)));
      }
    expect(off).toBeLessThan(1e-10);
  },
);

test("of a power of two it is its own inverse; of others the transpose is", () => {
  expect(matrix(64)).toEqual(matrix(64, true));
  const [h, t] = [matrix(28), matrix(28, true)];
  for (let i = 0; i < 28; i++) for (let j = 0; j < 28; j++) expect(h[i * 28 + j]).toBeCloseTo(t[j * 28 + i]!, 12);
});

test("a size without a known matrix is refused with what is known", () => {
  const x = (n: number) => expand(input("x", "data", "f32", []), [axis("n", n)]);
  expect(() => hadamard(x(7), "n")).toThrow("no Hadamard matrix of size 7 is known here; powers of two are");
  expect([3, 6, 92, 11008, 14336, 13824, 18944].map(hasHadamard)).toEqual([false, false, false, true, true, true, true]);
});
