// A served answer before a reward: over what it cites, numbered from 1; and what the reward cannot read is said, not guessed.
import { afterEach, expect, test } from "vitest";
import { answerOver } from "../answer/footnotes.ts";
import { type Reward, rewardOf } from "../reward/reward.ts";
import type { Answer, Docs } from "../types.ts";
import { docs, post, question, serveFake } from "./tests/fake.ts";
import { worthOf } from "./worth.ts";

type Seen = { documents: Docs; answer: Answer };
const quiet = new AbortController().signal;
let fake: Awaited<ReturnType<typeof serveFake>> | undefined;
afterEach(() => fake?.end());

test("the reward sees the cited blocks as documents 1, 2, .. and the answer's footnotes name them", async () => {
  const block = (number: number, text: string) => ({ number, doc: docs[0]!, start: 0, end: text.length, text, score: 0 });
  const answer = answerOver("Oslo [5]. Accra [2].", [block(2, "Accra."), block(4, "Lima."), block(5, "Oslo.")], { known: true });
  let seen: Seen | undefined;
  const reward = rewardOf<Seen>(
    "quality",
    "main.neuro:3",
    async (row, { term }) => {
      seen = row;
      return term("cited", row.documents.length);
    },
    {},
  );
  expect(await worthOf(reward as unknown as Reward, [{ role: "user", content: "?" }], answer, quiet)).toEqual({
    reward: 2,
    terms: { cited: 2 },
  });
  expect(seen?.answer.text).toBe("Oslo [2]. Accra [1].");
  expect(seen?.documents.map(({ text }) => text)).toEqual(["Accra.", "Oslo."]);
});

test("a reward that reads an expected answer says so; a server without a reward, and an unknown answer, too", async () => {
  const facts = { key: "k", reads: ["expected"] };
  const reward = rewardOf<Seen>("truth", "main.neuro:4", async () => 1, {}, facts) as unknown as Reward;
  fake = await serveFake({ reward });
  const { body } = await post(`${fake.url}/v1/chat/completions`, question("What is the capital?"));
  const judged = await (await fetch(`${fake.url}/v1/answers/${body.id}/reward`)).json();
  expect(judged).toEqual({ by: "truth", where: "main.neuro:4", answers: [{ none: expect.stringContaining("`expected`") }] });
  expect((await fetch(`${fake.url}/v1/answers/chatcmpl-0/reward`)).status).toBe(404);
  await fake.end();
  fake = await serveFake();
  expect((await fetch(`${fake.url}/v1/answers/chatcmpl-0/reward`)).status).toBe(404);
});
