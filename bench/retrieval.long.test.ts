import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { cacm, published } from "./retrieval.ts";

// Needs CACM, which stands beside this repository and is none of it.
const folder = join(import.meta.dirname, "../../shared/data/cacm");
test.runIf(existsSync(folder))(
  "BM25 with Lucene's analysis is within 1% of Anserini's figures on CACM, and neuro's own is above it",
  async () => {
    const { systems } = await cacm(folder);
    const [lucene, documents, passages] = systems.map(({ scores }) => scores);
    expect(Math.abs(lucene!.AP!.value / published.AP - 1)).toBeLessThan(0.01);
    expect(Math.abs(lucene!["P@30"]!.value / published["P@30"] - 1)).toBeLessThan(0.01);
    for (const ours of [documents!, passages!]) {
      expect(ours.AP!.difference).toBeGreaterThan(0);
      expect(ours.AP!.corrected).toBeLessThan(0.05);
    }
  },
);
