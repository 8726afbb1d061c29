import { expect, test } from "vitest";
import { asksPractice, Practice, practises } from "./practice.ts";

const draw = (_model: string, rows: unknown) => rows;
const weigh = (_options: { on?: unknown } = {}) => undefined;
practises(draw, ([, rows]) => rows);
asksPractice(weigh, ([options], prompts) => [{ on: (options as { on?: unknown })?.on ?? prompts() }]);

const asked = async (practice: Practice): Promise<unknown[]> => {
  const [{ on }] = (await practice.given("weigh", weigh, [{}], "main.neuro:9")) as [{ on: AsyncIterable<unknown> }];
  return Array.fromAsync(on);
};

test("what was drawn from is what is asked about, each prompt with its documents once", async () => {
  const practice = new Practice();
  const rows = [{ prompt: "a", answer: 1 }, { prompt: "b" }];
  await practice.given("draw", draw, ["m", rows], "main.neuro:1");
  await practice.given("draw", draw, ["other", rows], "main.neuro:2");
  expect(await asked(practice)).toEqual(rows);
  await practice.given("draw", draw, ["m", [{ prompt: "a" }, { prompt: "a", documents: ["d"] }]], "main.neuro:3");
  expect(await asked(practice)).toEqual([...rows, { prompt: "a", documents: ["d"] }]);
});

test("rows that are given stay as they are, and nothing practised is said with what to type", async () => {
  const practice = new Practice();
  expect(await practice.given("weigh", weigh, [{ on: [1] }], "main.neuro:9")).toEqual([{ on: [1] }]);
  await expect(practice.given("weigh", weigh, [{}], "main.neuro:9")).rejects.toMatchObject({
    code: "nothing_practised",
    where: "main.neuro:9",
    hint: "Say which: weigh(.., on: questions).",
  });
});
