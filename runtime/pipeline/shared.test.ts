import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { roughOffsets } from "../retrieve/infocontext.ts";
import type { Dialog, Trace } from "../types.ts";
import { pipelineOf } from "./pipeline.ts";
import { type SharedStages, sharing } from "./shared.ts";

const facts = { offsets: async () => roughOffsets, defaults: {} };

test("equal stages of several pipelines run once for a question, and everywhere else as often as they are called", async () => {
  let searched = 0;
  const searching = (name: string, more: string) =>
    pipelineOf(
      name,
      "x:1",
      async (run, prompt: Dialog) => {
        const found = run.stage("search", "x:2", () => `${prompt[0]!.content} ${++searched}`, { key: ["search", prompt] });
        return run.stage("rank", "x:3", async () => `${await found} ${more}`, { key: [more, prompt] });
      },
      facts,
    );
  const [words, ranked, again] = [searching("words", "plain"), searching("ranked", "ranked"), searching("again", "plain")];
  const scope: SharedStages = new Map();
  const asked = await sharing(scope, () => Promise.all([words("cats"), ranked("cats"), again("cats"), words("dogs")]));
  expect(asked).toEqual(["cats 1 plain", "cats 1 ranked", "cats 1 plain", "dogs 2 plain"]);
  expect(await words("cats")).toBe("cats 3 plain");
});

test("a stage that failed is tried by whoever else needs it, and one that waits for its inputs is not slow", async () => {
  let tries = 0;
  const one = pipelineOf(
    "one",
    "x:1",
    async (run, _prompt: Dialog) => {
      const slow = run.stage("slow", "x:2", () => sleep(60, "input"));
      const value = await run.stage(
        "flaky",
        "x:3",
        async () => {
          await slow;
          if (++tries === 1) throw new Error("gone");
          return "back";
        },
        { key: ["flaky"], retries: 0 },
      );
      const trace: Trace = { spans: [] };
      return { text: value, footnotes: [], sources: [], known: true, missing: [], trace };
    },
    facts,
  );
  const scope: SharedStages = new Map();
  await sharing(scope, async () => {
    await expect(one("x")).rejects.toThrow("gone");
    expect((await one("x")).text).toBe("back");
    const third = await one("x");
    const span = third.trace.spans.find(({ stage }) => stage === "flaky")!;
    expect(span.notes.shared).toBe(true);
    expect(span.notes.took).toBeLessThan(50);
  });
  expect(tries).toBe(2);
});
