import { expect, test } from "vitest";
import { begun, merged } from "./adapters.ts";
import type { WeightSpec } from "./initialise.ts";

const axis = (name: string, size: number) => ({ name, size });
const normal = { kind: "normal", mean: 0, std: 1 } as const;
const specs: WeightSpec[] = [
  { path: "w", axes: [axis("o", 2), axis("d", 3)], init: normal },
  { path: "norm", axes: [axis("d", 3)], init: normal },
  { path: "w.lora_a", axes: [axis("d", 3), axis("rank", 1)], init: normal },
  { path: "w.lora_b", axes: [axis("rank", 1), axis("o", 2)], init: { kind: "constant", value: 0 } },
];
const tensor = (shape: number[], ...values: number[]) => ({ shape, data: Float32Array.from(values) });
const base = new Map([
  ["w", tensor([2, 3], 1, 2, 3, 4, 5, 6)],
  ["norm", tensor([3], 1, 1, 1)],
]);

test("weights without adapters get those of the model, which change nothing", () => {
  const with_ = begun(base, specs, 1);
  expect([...with_.keys()]).toEqual(["w", "norm", "w.lora_a", "w.lora_b"]);
  expect([...merged(with_, specs)]).toEqual([...base]);
  expect(begun(with_, specs, 2)).toBe(with_);
  expect(merged(base, specs)).toBe(base);
});

test("an adapter is added to its weight by the names of the axes, in whatever order they lie", () => {
  const made = merged(new Map([...base, ["w.lora_a", tensor([3, 1], 1, 10, 100)], ["w.lora_b", tensor([1, 2], 2, 3)]]), specs);
  expect([...made.keys()]).toEqual(["w", "norm"]);
  expect([...made.get("w")!.data]).toEqual([3, 22, 203, 7, 35, 306]);
});
