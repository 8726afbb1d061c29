// Groups of answers as inputs of programs: what a group shares is filled once, what its samples have each once.
import { expect, test } from "vitest";
import { axis, type Port } from "../../kernels/index.ts";
import { trainBpe } from "../text/bpe.ts";
import { Tokenizer } from "../text/tokenizer.ts";
import { collate, type Feeds } from "./feeds.ts";
import { toRow } from "./row.ts";

const tokenizer = Tokenizer.parse(trainBpe(["a b c d"], { vocab: 300 }));
const feeds: Feeds = {
  "source.ids": { kind: "source", given: ["prompt"], as: "ids" },
  "answer.ids": { kind: "target", field: "answer", as: "ids" },
  reward: { kind: "number", field: "reward" },
  old: { kind: "numbers", field: "old", of: "answer" },
};
const port = (name: string, dtype: Port["dtype"], ...axes: string[]): Port => ({
  name,
  role: "data",
  dtype,
  axes: axes.map((a) => axis(a, a)),
});
const ports = [
  port("source.ids", "i32", "batch", "source"),
  port("answer.ids", "i32", "batch", "sample", "answer"),
  port("reward", "f32", "batch", "sample"),
  port("old", "f32", "batch", "sample", "answer"),
];
const group = (rewards: number[], tokens: number[][]) =>
  toRow(
    {
      prompt: "a",
      answer: tokens.map((ids) => ({ text: "", tokens: ids })),
      reward: rewards,
      old: tokens.map((ids) => ids.map(() => -1)),
    },
    "rows 1",
  );

test("a group's prompt is read once, its answers, rewards and numbers per token once for each sample", () => {
  const { values, rows } = collate([group([1, 2], [[5], [6, 7]]), group([3, 4], [[8, 9], [5]])], ports, feeds, { tokenizer, window: 32, rounded: false }); // biome-ignore format: rows
  expect(rows).toHaveLength(2);
  expect(values["source.ids"]!.shape[0]).toBe(2);
  expect(values["answer.ids"]).toMatchObject({
    shape: [2, 2, 2],
    data: Int32Array.of(5, tokenizer.special.pad, 6, 7, 8, 9, 5, tokenizer.special.pad),
  });
  expect(values.reward).toMatchObject({ shape: [2, 2], data: Float32Array.of(1, 2, 3, 4) });
  expect(values.old).toMatchObject({ shape: [2, 2, 2], data: Float32Array.of(-1, 0, -1, -1, -1, -1, -1, 0) });
});

test("groups of different sizes do not meet in a batch, and lists of different lengths are refused", () => {
  const give = (...rows: ReturnType<typeof group>[]) => collate(rows, ports, feeds, { tokenizer, window: 32, rounded: false });
  expect(() => give(group([1, 2], [[5], [6]]), group([1], [[5]]))).toThrow("is a group of 1 answers beside one of 2");
  expect(() => give(group([1], [[5], [6]]))).toThrow("has 2 answers and 1 of `reward`");
});

test("a group is left out whole when one of its answers is too long", () => {
  const long = group([1, 2], [[5], Array(40).fill(6)]);
  const { rows, left } = collate([long, group([1, 2], [[5], [6]])], ports, feeds, { tokenizer, window: 32, rounded: false });
  expect(rows).toHaveLength(1);
  expect(left).toEqual([long]);
});
