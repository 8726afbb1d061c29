// main.neuro, compiled by neuroc 0.1.0: what will run, and from which line of the spec. Change the spec, not this file.
import { files, generate, infocontext, last, openSystem, search, type Answer, type Dialog, type Docs } from "neuro/runtime";
import { lessons } from "../../world/lessons.ts";

/** Programs, weights and provenance of this build. */
export const system = await openSystem(import.meta.url);

const pages = system.source("pages", files("pages/**/*.md, ../../*.md, ../../docs/**/*.md"));
const library = system.index("library", { over: pages, text: { kind: "bm25", language: "en" } });
const practice = system.dataset("practice", () => lessons({ count: 100_000, seed: 1 }), { prompt: { is: "dialog" }, documents: { is: "documents", optional: true }, answer: { is: "answer" } });
const sample = system.dataset("sample", () => lessons({ count: 4_000, seed: 1 }), { prompt: { is: "dialog" }, documents: { is: "documents", optional: true }, answer: { is: "answer" } });
const words = system.tokenizer("words", { kind: "bpe", vocab: 3_072, from: sample });
const policy = system.model("policy", { tokenizer: words, window: 400 });
const careful = { strategy: { kind: "greedy" }, most: 32 };

/** main.neuro:29 */
export const answer = system.pipeline("answer", "main.neuro:29", async (run, prompt: Dialog): Promise<Answer> => {
  const found = run.stage("search", "main.neuro:30", async (at) => search(library, [last(prompt)], { top: 20 }, at));
  const context = run.stage("infocontext", "main.neuro:31", async (at) => infocontext(await found, [last(prompt)], { block: 80, overlap: 20, budget: 160, by: { kind: "bm25" } }, at));
  return run.stage("generate", "main.neuro:32", async (at) => generate(policy, prompt, await context, { with: careful }, at));
});

/**
 * The same over documents that are given: what `npm run eval:example` asks.
 * main.neuro:35
 */
export const reading = system.pipeline("reading", "main.neuro:35", async (run, prompt: Dialog, documents: Docs): Promise<Answer> => {
  const context = run.stage("infocontext", "main.neuro:36", async (at) => infocontext(documents, [last(prompt)], { block: 80, overlap: 20, budget: 160, by: { kind: "bm25" } }, at));
  return run.stage("generate", "main.neuro:37", async (at) => generate(policy, prompt, await context, { with: careful }, at));
});

/** main.neuro:42 */
export const neuro = system.recipe("neuro", "main.neuro:42", async (run) => {
  let policy_ = run.start(policy);
  [policy_] = await run.fit([policy_], { by: "cross_entropy", on: practice, steps: 6_000, batch: 16, rate: 0.002, warmup: 150 }, { key: "f7fb857b6e170e70", where: "main.neuro:43" });
  await run.publish({ policy: policy_ });
});

/**
 * The first steps of that, for the eye: its weights are thrown away.
 * main.neuro:46
 */
export const lesson = system.recipe("lesson", "main.neuro:46", async (run) => {
  let policy_ = run.start(policy);
  await run.fit([policy_], { by: "cross_entropy", on: practice, steps: 60, batch: 16, rate: 0.002, warmup: 20 }, { key: "f7fb857b6e170e70", where: "main.neuro:47" });
});
