// What a checker made of an answer over HTTP: in the response, in a stream (of which nothing is taken back), in the kept answer, and in the meters.
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Checks } from "../types.ts";
import { post, question, serveFake } from "./tests/fake.ts";

let server: Awaited<ReturnType<typeof serveFake>>;
beforeAll(async () => {
  server = await serveFake();
});
afterAll(() => server.end());

const text = "Accra is the capital of Ghana [1]. Oslo is the capital of Norway [2].";

test("an answer is told as it was repaired, with what was repaired and dropped, under its id, too", async () => {
  const { body } = await post(`${server.url}/v1/chat/completions`, question("checked"));
  const { id, choices } = body as unknown as {
    id: string;
    choices: { message: { content: string; annotations: unknown[] }; neuro: { checks: Checks } }[];
  };
  expect(choices[0]!.message.content).toBe(text);
  expect(choices[0]!.message.annotations).toHaveLength(2);
  const { checks } = choices[0]!.neuro;
  expect(checks.sentences.map(({ outcome, cited, cites }) => [outcome, cited, cites])).toEqual([
    ["repaired", [2], [1]],
    ["dropped", [1], []],
    ["repaired", [1, 2], [2]],
  ]);
  expect(checks).toMatchObject({
    by: "words",
    written: { recall: 1 / 3, precision: 1 / 4, citations: 4 },
    told: { recall: 1, precision: 1, sentences: 2 },
  });
  const kept = (await (await fetch(`${server.url}/v1/answers/${id}`)).json()) as {
    explained: { text: string; check: { outcome: string } }[][];
    answers: { checks: Checks }[];
  };
  expect(kept.answers[0]!.checks).toEqual(checks);
  expect(kept.explained[0]!.map((one) => [one.check.outcome, one.text])).toEqual([
    ["repaired", "Accra is the capital of Ghana [1]."],
    ["dropped", "It snows in Ghana [1]."],
    ["repaired", "Oslo is the capital of Norway [2]."],
  ]);
  const metrics = await (await fetch(`${server.url}/metrics`)).text();
  expect(metrics).toMatch(/neuro_checked_sentences_total\{model="answer",outcome="dropped"\} 1/);
  expect(metrics).toMatch(/neuro_citation_ratio_sum\{model="answer",measure="recall",when="told"\} 1\b/);
});

test("a stream tells whole sentences that stay, and ends with the checks", async () => {
  const response = await fetch(`${server.url}/v1/chat/completions`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(question("checked", { stream: true })),
  });
  const events = (await response.text()).split("\n\n").filter((event) => event.startsWith("data: {"));
  const chunks = events.map((event) => JSON.parse(event.slice(6)));
  const pieces = chunks.map(({ choices }) => choices[0]?.delta.content).filter((piece) => piece);
  expect(pieces).toEqual(["Accra is the capital of Ghana [1].", " Oslo is the capital of Norway [2]."]);
  expect(chunks.at(-1).neuro.checks.told.recall).toBe(1);
  expect(chunks.some(({ error }) => error)).toBe(false);
});
