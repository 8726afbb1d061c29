import { expect, test } from "vitest";
import type { EvalReport } from "../../runtime/evaluate/index.ts";
import { qualityTable, stagesTable } from "./eval.ts";

const score = (value: number, count = 10) => ({ value, low: value - 0.1, high: value + 0.1, count });
const report: EvalReport = {
  eval: "asked_in_other_words",
  task: "answers(by: says)",
  questions: 10,
  metrics: ["exact_match", "admitted"],
  test: "permutation",
  correct: "holm",
  level: 0.95,
  systems: [
    {
      name: "bm25_alone",
      scores: { exact_match: score(0.5), admitted: score(0, 0) },
      time: { median: 41.6, p95: 90 },
      stages: [
        { stage: "search", where: "main.neuro:1", median: 4.25, shared: 0 },
        { stage: "generate", where: "main.neuro:2", median: 30, shared: 0 },
      ],
      failed: [],
    },
  ],
};

test("a table has a line for each pipeline, shares with their intervals, and nothing where nothing was measured", () => {
  expect(qualityTable([report]).split("\n").at(-1)).toBe(
    "| asked in other words, 10 | bm25 alone | 50.0% [40.0, 60.0] |  |  |  |  |",
  );
});

test("stages stand in their order with the median of their times", () => {
  expect(stagesTable(report).split("\n").at(-1)).toBe("| bm25 alone | 42 ms | search 4.3 ms, generate 30.0 ms |");
});
