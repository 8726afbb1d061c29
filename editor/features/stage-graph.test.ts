import { expect, test } from "vitest";
import { parse } from "../../grammar/index.ts";
import { stageGraph } from "./stage-graph.ts";

/** A graph as lines: `name = calls (uses) <- takes`. */
function graph(text: string): string[] {
  return stageGraph(parse(text, "main.neuro").tree, text).flatMap(({ word, name, stages }) => [
    `${word} ${name}`,
    ...stages.map((stage) => {
      const uses = stage.uses.length > 0 ? ` (${stage.uses.join(", ")})` : "";
      const takes = stage.takes.map((at) => stages[at]!.name).join(", ");
      const within = stage.within === undefined ? "" : ` in ${stage.within}`;
      return `  ${stage.name}${stage.calls.length > 0 ? ` = ${stage.calls.join(" ")}` : ""}${uses}${takes ? ` <- ${takes}` : ""}${within}`;
    }),
  ]);
}

test("a pipeline is a graph of its statements", () => {
  const spec = `pipeline answer(prompt: Dialog) -> Answer {
  queries = rephrase(prompt, by: policy, most: 3)
  found   = search(library, queries, top: 50 documents)
  generate(policy, prompt, found)
}`;
  expect(graph(spec)).toEqual([
    "pipeline answer",
    "  prompt",
    "  queries = rephrase (policy) <- prompt",
    "  found = search (library) <- queries",
    "  result = generate (policy) <- prompt, found",
  ]);
});

test("a new version takes from the one before it, loops are named", () => {
  const spec = `train tune {
  policy = fit(policy, by: cross_entropy, on: rows)
  repeat round in 1..3 {
    best = top(sample(policy, questions, n: 16), 1, by: quality)
    policy = fit(policy, by: cross_entropy, on: best)
  }
  runs = for seed in 1..2 { fit(policy, seed: seed, on: rows) }
  policy = slerp(runs, from: policy)
}`;
  expect(graph(spec)).toEqual([
    "train tune",
    "  policy = fit (policy, cross_entropy, rows)",
    "  best = top sample (questions, quality) <- policy in repeat round in 1..3",
    "  policy = fit (cross_entropy) <- policy, best in repeat round in 1..3",
    "  runs = fit (seed, rows) <- policy in for seed in 1..2",
    "  policy = slerp <- runs, policy",
  ]);
});

test("broken text is drawn as far as it goes", () => {
  expect(graph("pipeline answer(prompt: Dialog) -> Answer {\n  found = search(library, \n")).toEqual([
    "pipeline answer",
    "  prompt",
    "  found = search (library)",
  ]);
});
