import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { openBuilt } from "../cli/built.ts";
import { findSpec } from "../cli/spec.ts";
import { openProgress } from "../runtime/progress.ts";
import { readSafetensors } from "../runtime/weights/safetensors.ts";

/** Two models with one body: the second begins with the weights of the first, and ends in something else. */
const spec = `
use std.models { Encoder, scalar, sentence }
use std.objectives { contrastive, Found, regression }

dataset asked: Found = jsonl("asked.jsonl")
type Worth = { prompt: Dialog, documents: Docs, reward: Float }
dataset worths: Worth = jsonl("worths.jsonl")
tokenizer words = bpe(vocab: 300, from: asked)
model scout: Encoder { tokenizer: words, depth: 1 layers, width: 8, heads: 2, head: sentence, window: 64 tokens }
model judge: Encoder {
  tokenizer: words
  depth:     1 layers
  width:     8
  heads:     2
  head:      scalar
  window:    64 tokens
  from:      "weights/scout.safetensors"
}
train first { scout = fit(scout, by: contrastive, on: asked, steps: 2 steps, batch: 2) }
train second { judge = fit(judge, by: regression, on: worths, steps: 1 steps, batch: 2, rate: 1e-6) }
`;

test("a recipe begins with the body of a model that ends in something else, and with a head of its own", async () => {
  const place = mkdtempSync(join(tmpdir(), "neuro-other-head-"));
  const progress = openProgress();
  try {
    const rows = ["where is the cat", "who ate the fish"].map((content, i) => ({
      prompt: [{ role: "user", content }],
      documents: [{ title: "", text: `the answer to ${content} is ${i}` }],
      reward: i,
    }));
    for (const name of ["asked", "worths"])
      writeFileSync(join(place, `${name}.jsonl`), rows.map((row) => `${JSON.stringify(row)}\n`).join(""));
    writeFileSync(join(place, "main.neuro"), spec);
    const { system } = await openBuilt(findSpec(place), { json: false, device: "cpu", set: [] });
    for (const recipe of system.recipes()) await recipe.run({ progress, seed: 1, device: "cpu" });
    await system.close();
    const [scout, judge] = ["scout", "judge"].map(
      (name) => readSafetensors(join(place, "weights", `${name}.safetensors`)).tensors,
    );
    const own = [...judge!.keys()].filter((path) => !scout!.has(path));
    expect(own).toEqual(["scalar.linear.w"]);
    // One step of so small a rate moves nothing far.
    for (const [path, { data }] of scout!)
      for (const [i, x] of data.entries()) expect(judge!.get(path)!.data[i]).toBeCloseTo(x, 4);
  } finally {
    progress.close();
    rmSync(place, { recursive: true, force: true });
  }
});
