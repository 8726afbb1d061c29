import fc from "fast-check";
import { expect, test } from "vitest";
import { broken, drawn } from "./testing/context-laws.ts";

test("ten thousand drawn sets of documents: the budget is kept, each token is shown once, texts are their documents'", async () => {
  await fc.assert(
    fc.asyncProperty(drawn, async (one) => void expect(await broken(one)).toBeUndefined()),
    { numRuns: 10_000, seed: 1 },
  );
}, 300_000);
