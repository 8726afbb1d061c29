/** A recipe over the tiny model, as a build would hold it; run as a program it trains until it ends or is killed. For tests only. */
import { join } from "node:path";
import { openDataset } from "../data/dataset.ts";
import { LocalModel } from "../decode/local-model.ts";
import { openCpu } from "../device/cpu.ts";
import { openProgress } from "../progress.ts";
import { type Recipe, recipeOf } from "../train/recipe.ts";
import type { Run } from "../train/run.ts";
import {
  sourceFeeds,
  sourceOf,
  targetFeeds,
  tinyAnchored,
  tinyDecode,
  tinyEncode,
  tinyForward,
  tinyMerge,
  tinyStep,
  tinyWeights,
} from "./tiny.ts";
import { tinyRows, tinyTokenizer } from "./world.ts";

const vocab = tinyTokenizer.size;
const programs = {
  forward: { program: sourceOf(tinyForward(vocab)), feeds: { ...sourceFeeds, ...targetFeeds } },
  encode: { program: sourceOf(tinyEncode(vocab)), feeds: sourceFeeds },
  step: { program: sourceOf(tinyDecode(vocab)), feeds: {} },
};
const objectives = {
  anchored: { program: sourceOf(tinyAnchored(vocab)), feeds: { ...sourceFeeds, ...targetFeeds } },
  cross_entropy: { program: sourceOf(tinyStep(vocab)), feeds: { ...sourceFeeds, ...targetFeeds } },
};

/** The tiny model, its weights to be published under `root`. */
export function tinyModel(root: string): LocalModel {
  return new LocalModel({
    name: "policy",
    weights: tinyWeights(vocab),
    window: 128,
    seed: 0,
    path: join(root, "weights", "policy.safetensors"),
    tokenizer: async () => tinyTokenizer,
    program: (name) => programs[name as keyof typeof programs],
    objective: (name) => objectives[name as keyof typeof objectives],
  });
}

export const lessons = openDataset("lessons", () => tinyRows(60), ".");

/** What a train body does with the tiny model by default: two fits, the second from the first. */
export async function twice(run: Run, policy: LocalModel): Promise<void> {
  const settings = { by: "cross_entropy", on: lessons, batch: 8, rate: 0.02, warmup: 4 };
  const [first] = await run.fit([run.start(policy)], { ...settings, steps: 40 }, { key: "a", where: "main.neuro:3" });
  const [second] = await run.fit([first], { ...settings, steps: 30, seed: 2 }, { key: "a", where: "main.neuro:4" });
  await run.publish({ policy: second });
}

/** The recipe of a body, under a folder. */
export function tinyRecipe(root: string, body: (run: Run, policy: LocalModel) => Promise<unknown> = twice): Recipe {
  const model = tinyModel(root);
  return recipeOf("neuro", "main.neuro:2", (run) => body(run, model), {
    root,
    spec: "spec",
    local: (handle) => handle as LocalModel,
    device: () => openCpu({ threads: 1 }),
    merges: (name) => (name === "halfway" ? [sourceOf(tinyMerge())] : []),
  });
}

if (import.meta.main) {
  const control = new AbortController();
  process.once("SIGINT", () => control.abort());
  await tinyRecipe(process.argv[2]!).run({ every: 0.02, seed: 5, progress: openProgress(), signal: control.signal });
}
