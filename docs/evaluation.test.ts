import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { check } from "../compiler/index.ts";
import { tasks } from "../compiler/kinds/eval.ts";
import { hostOf } from "../compiler/tests/library.ts";
import { format } from "../grammar/index.ts";

const page = readFileSync(new URL("evaluation.md", import.meta.url), "utf8");
const blocks = [...page.matchAll(/^```neuro\n([\s\S]*?)^```$/gm)].map(([, text]) => text!);

test("the specs of the page check clean and are in the formatter's style", () => {
  expect(blocks).toHaveLength(2);
  for (const text of blocks) {
    expect(check(hostOf({ "main.neuro": text }), "main.neuro").diagnostics).toEqual([]);
    expect(format(text).text).toBe(text);
  }
});

test("the page names every task, and every metric by one of its names", () => {
  const also: Record<string, string> = { ap: "map", rr: "mrr" };
  for (const [task, { metrics }] of tasks) {
    const line = page.split("\n").find((each) => each.startsWith(`| \`${task}`))!;
    for (const metric of metrics) expect(line).toMatch(new RegExp(`[\`\\s]${also[metric] ?? metric}[\`\\s]`));
  }
});
