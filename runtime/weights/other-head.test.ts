import { expect, test } from "vitest";
import type { WeightSpec } from "./initialise.ts";
import { headName, withFreshHead } from "./other-head.ts";

const spec = (path: string, ...sizes: number[]): WeightSpec => ({
  path,
  axes: sizes.map((size, i) => ({ name: `a${i}`, size })),
  init: { kind: "normal", mean: 0, std: 1 },
});
const specs = [spec("table", 3, 2), spec("block.1.w", 2, 2), spec("scalar.linear.w", 2, 1)];
const weight = (...shape: number[]) => ({ shape, data: new Float32Array(shape.reduce((a, b) => a * b, 1)).fill(7) });
const policy = new Map([
  ["table", weight(3, 2)],
  ["block.1.w", weight(2, 2)],
  ["copying.linear.w", weight(2, 4)],
]);
const model = { name: "judge", specs, head: "scalar", seed: 1 };

test("a judge takes the policy's body over, its head begins fresh, and that is said", () => {
  const { weights, told } = withFreshHead(policy, model)!;
  expect([...weights.keys()].sort()).toEqual(["block.1.w", "scalar.linear.w", "table"]);
  expect(weights.get("table")).toBe(policy.get("table"));
  expect(weights.get("scalar.linear.w")!.data.some((x) => x !== 0)).toBe(true);
  expect(told).toBe(
    "judge begins with the weights of a model that ends in something else, without copying: its head scalar begins fresh.",
  );
  expect(withFreshHead(policy, model)).toEqual({ weights, told });
});

test("weights of the head itself, of another depth or with holes are not touched", () => {
  expect(withFreshHead(new Map([...policy, ["scalar.linear.w", weight(2, 1)]]), model)).toBeUndefined();
  expect(withFreshHead(new Map([...policy, ["block.2.w", weight(2, 2)]]), model)).toBeUndefined();
  expect(withFreshHead(new Map([["table", weight(3, 2)]]), model)).toBeUndefined();
  expect(withFreshHead(policy, { ...model, head: undefined })).toBeUndefined();
});

test("a head is named alone or with what it is over", () => {
  expect([headName("scalar"), headName({ pairwise: { cases: "Aspect" } }), headName(undefined)]).toEqual([
    "scalar",
    "pairwise",
    undefined,
  ]);
});
