import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { NeuroError } from "../error.ts";
import { roughOffsets } from "../retrieve/infocontext.ts";
import { type Answer, type Dialog, last, type Span, type StageContext, type TokenOffsets } from "../types.ts";
import { type PipelineFacts, pipelineOf } from "./pipeline.ts";
import { openRun } from "./run.ts";

const facts: PipelineFacts = { offsets: async () => roughOffsets, defaults: {} };
const answer = (text: string): Answer => ({ text, sources: [], footnotes: [], known: true, missing: [], trace: { spans: [] } });

test("a pipeline takes a string for a dialog of one turn, and its answer carries the trace", async () => {
  const pipeline = pipelineOf(
    "answer",
    "main.neuro:1",
    async (run, prompt: Dialog) => {
      return run.stage("write", "main.neuro:2", async (at) => {
        at.note("letters", last(prompt).length);
        return answer(last(prompt));
      });
    },
    facts,
  );
  const got = await pipeline("hello");
  expect(got.text).toBe("hello");
  expect(got.trace.spans).toMatchObject([
    { stage: "write", where: "main.neuro:2", outcome: "ok", tries: 1, notes: { letters: 5 } },
  ]);
  expect(
    await pipeline([
      { role: "user", content: "a" },
      { role: "assistant", content: "b" },
      { role: "user", content: "c" },
    ]),
  ).toMatchObject({ text: "c" });
  expect([pipeline.name, pipeline.where]).toEqual(["answer", "main.neuro:1"]);
});

test("stages that do not need each other run at the same time", async () => {
  const { run, trace } = openRun({ offsets: roughOffsets });
  const slow = (name: string) => run.stage(name, "x:1", async () => sleep(60, name));
  const a = slow("a");
  const b = slow("b");
  const both = run.later(async () => `${await a}${await b}`);
  expect(await both).toBe("ab");
  const [first, second] = trace().spans;
  expect(second!.start).toBeLessThan(first!.end);
});

test("the time that a stage waits for its inputs is not its own", async () => {
  const { run, trace } = openRun({ offsets: roughOffsets });
  const slow = run.stage("slow", "x:1", async () => sleep(120, 1));
  const quick = run.stage("quick", "x:2", async () => (await slow) + (await sleep(5, 1)), { within: 60 });
  expect(await quick).toBe(2);
  const span = trace().spans[1]!;
  expect(span.end - span.start).toBeLessThan(60);
});

test("a late stage without otherwise fails the answer and names itself, its line and its limit", async () => {
  const { run } = openRun({ offsets: roughOffsets });
  const late = run.stage("search", "main.neuro:7", () => sleep(500, []), { within: 20 });
  await expect(late).rejects.toMatchObject({
    code: "stage_late",
    where: "main.neuro:7",
    message: "The stage search failed: it took longer than 20 ms.",
  });
});

test("otherwise replaces a failed stage, the answer's missing names it, and the trace keeps the reason", async () => {
  const pipeline = pipelineOf(
    "answer",
    "x:1",
    async (run, prompt: Dialog) => {
      const found = run.stage(
        "search",
        "x:2",
        async (): Promise<string[]> => {
          throw new Error("no disk");
        },
        { otherwise: () => [] },
      );
      return run.stage("write", "x:3", async () => answer(`${last(prompt)} ${(await found).length}`));
    },
    facts,
  );
  const got = await pipeline("n");
  expect(got).toMatchObject({ text: "n 0", missing: ["search"] });
  expect(got.trace.spans[0]).toMatchObject({ outcome: "replaced", error: "no disk" });
});

test("of several stages of one name, what is missing says which by its line", async () => {
  const { run, missing } = openRun({ offsets: roughOffsets });
  const down = () => {
    throw new Error("down");
  };
  await run.stage("search", "main.neuro:4", () => ["a"]);
  await run.stage("search", "main.neuro:5", down, { otherwise: () => [] });
  await run.stage("rerank", "main.neuro:6", down, { otherwise: () => [] });
  expect(missing()).toEqual(["search (main.neuro:5)", "rerank"]);
});

test("a pipeline that another one calls is part of its run: one trace, seed and signal, and what it lacks is told", async () => {
  const leaving = new AbortController();
  const seen: unknown[] = [];
  const counting: TokenOffsets = (text) => [...text].map((_, at) => at);
  const inner = pipelineOf(
    "found",
    "x:1",
    async (run, prompt: Dialog) => {
      const lost = run.stage("search", "x:2", () => Promise.reject(new Error("down")), { otherwise: () => [] });
      await lost;
      return run.stage("infocontext", "x:3", (at) => {
        seen.push(at.seed, at.offsets("abc").length, at.onText, at.signal.aborted);
        leaving.abort(new Error("left"));
        seen.push(at.signal.aborted);
        return last(prompt);
      });
    },
    { ...facts, offsets: async () => counting },
  );
  const outer = pipelineOf(
    "answer",
    "x:4",
    async (run, prompt: Dialog) => run.stage("quote", "x:5", async () => answer(`${await inner(prompt)}!`)),
    facts,
  );
  const told = await outer("n", { seed: 7, onText: () => {} });
  expect(told).toMatchObject({ text: "n!", missing: ["search"] });
  expect(told.trace.spans.map(({ stage }) => stage)).toEqual(["quote", "search", "infocontext"]);
  expect(seen).toEqual([7, 3, undefined, false, false]);
  await expect(outer("n", { signal: leaving.signal })).rejects.toThrow("left");
  // Called with options of its own it is a run of its own.
  const apart = pipelineOf("apart", "x:6", async (run) => run.stage("w", "x:7", async () => answer(await inner("n", {}))), facts);
  expect((await apart({})).trace.spans.map(({ stage }) => stage)).toEqual(["w"]);
});

test("a stage is tried again as often as retries says", async () => {
  const { run, trace } = openRun({ offsets: roughOffsets });
  let calls = 0;
  const flaky = () => {
    calls += 1;
    if (calls < 3) throw new Error("not yet");
    return calls;
  };
  expect(await run.stage("flaky", "x:1", flaky, { retries: 2 })).toBe(3);
  expect(trace().spans[0]).toMatchObject({ tries: 3, outcome: "ok" });
  calls = -9;
  await expect(run.stage("flaky", "x:1", flaky, { retries: 1 })).rejects.toMatchObject({ code: "stage_failed" });
});

test("the failure of an input is told once and is not replaced by a later stage's otherwise", async () => {
  const { run } = openRun({ offsets: roughOffsets });
  const found = run.stage("search", "x:2", () => {
    throw new NeuroError("index_missing", "The index library has not been made.", { hint: "Run `neuroc index`." });
  });
  const context = run.stage("infocontext", "x:3", async () => (await found) ?? 1, { otherwise: () => 2, retries: 3 });
  await expect(context).rejects.toMatchObject({
    code: "index_missing",
    message: "The stage search failed: The index library has not been made.",
    hint: "Run `neuroc index`.",
  });
});

test("an empty result is no failure", async () => {
  const { run, missing } = openRun({ offsets: roughOffsets });
  expect(await run.stage("search", "x:1", () => [] as string[], { otherwise: () => ["never"] })).toEqual([]);
  expect(missing()).toEqual([]);
});

test("the deadline bounds every stage, and otherwise does not outlive it", async () => {
  const { run } = openRun({ offsets: roughOffsets, deadline: 30 });
  const late = run.stage("generate", "x:1", () => sleep(400, "x"), { otherwise: () => "y", retries: 5 });
  await expect(late).rejects.toMatchObject({
    code: "stage_late",
    message: "The stage generate failed: the answer's deadline passed.",
  });
});

test("a caller who leaves stops the stages, and the reason is the caller's own", async () => {
  const leaving = new AbortController();
  let stopped = false;
  const pipeline = pipelineOf(
    "answer",
    "x:1",
    async (run, _prompt: Dialog) => {
      return run.stage(
        "slow",
        "x:2",
        async (at) => {
          at.signal.addEventListener("abort", () => {
            stopped = true;
          });
          await sleep(1000, undefined, { signal: at.signal });
          return answer("never");
        },
        { otherwise: () => answer("nor this") },
      );
    },
    facts,
  );
  const asked = pipeline("x", { signal: leaving.signal });
  setTimeout(() => leaving.abort(new Error("left")), 10);
  await expect(asked).rejects.toThrow("left");
  expect(stopped).toBe(true);
});

test("who watches an answer is told by the stage that gives it, not by one whose answer is looked at further", async () => {
  const told: string[] = [];
  const pipeline = pipelineOf(
    "answer",
    "x:1",
    async (run, _prompt: Dialog) => {
      const drafting = (at: StageContext) => {
        at.onText?.("a draft");
        return answer("a draft");
      };
      const draft = run.stage("draft", "x:2", drafting, { quiet: true });
      return run.stage("verify", "x:3", async (at) => {
        const { text } = await draft;
        at.onText?.(`${text}, checked`);
        return answer(`${text}, checked`);
      });
    },
    facts,
  );
  expect((await pipeline("x", { onText: (text) => told.push(text) })).text).toBe("a draft, checked");
  expect(told).toEqual(["a draft, checked"]);
});

test("the questions that a stage makes stand in its span", async () => {
  const { run, trace } = openRun({ offsets: roughOffsets });
  await run.stage("rephrase", "x:1", () => ["population of Oslo", "x".repeat(9_999)]);
  const [{ texts, ranked }] = trace().spans as [Span];
  expect([texts![0], texts![1]!.length, ranked]).toEqual(["population of Oslo", 400, undefined]);
});
