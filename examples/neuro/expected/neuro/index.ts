// main.neuro, compiled by neuroc 0.1.0: what will run, and from which line of the spec. Change the spec, not this file.
import { at as at_, column, confirmed, ema, files, footnotes, generate, greedy, hard, infocontext, is_getoff, last, mean, openSystem, pairs, quote, range, sample, score, search, soft, softplus, tokens, top, warm_start, type Answer, type Dialog, type Docs } from "neuro/runtime";
import { right } from "../../marks.ts";
import { lessons } from "../../world/lessons.ts";
import { judgments } from "../../world/people.ts";
import { questions, unseen } from "../../world/questions.ts";

export type Asked = unknown;
export type Aspect = unknown;
export type Answered = unknown;

/** Programs, weights and provenance of this build. */
export const system = await openSystem(import.meta.url);

const pages = system.source("pages", files("pages/**/*.md, ../../*.md, ../../docs/**/*.md"));
const library = system.index("library", { over: pages, text: { kind: "bm25", language: "en" } });
const practice = system.dataset("practice", () => lessons({ count: 100_000, seed: 1 }), { prompt: { is: "dialog" }, documents: { is: "documents", optional: true }, answer: { is: "answer" } });
const excerpt = system.dataset("excerpt", () => lessons({ count: 4_000, seed: 1 }), { prompt: { is: "dialog" }, documents: { is: "documents", optional: true }, answer: { is: "answer" } });
const asked = system.dataset("asked", () => questions({ count: 1_200, seed: 1 }), { prompt: { is: "dialog" }, documents: { is: "documents" }, expected: { is: "text" } });
const held_out = system.dataset("held_out", () => unseen({ count: 400, seed: 1 }), { prompt: { is: "dialog" }, documents: { is: "documents" }, expected: { is: "text" } });
const words = system.tokenizer("words", { kind: "bpe", vocab: 3_072, from: excerpt });
const policy = system.model("policy", { tokenizer: words, window: 400 });
const judge = system.model("judge", { tokenizer: words, window: 400 });
const careful = { strategy: { kind: "greedy" }, most: 32 };

/** main.neuro:58 */
export const answer = system.pipeline("answer", "main.neuro:58", async (run, prompt: Dialog): Promise<Answer> => {
  const found = run.stage("search", "main.neuro:59", async (at) => search(library, [last(prompt)], { top: 20 }, at));
  const context = run.stage("infocontext", "main.neuro:60", async (at) => infocontext(await found, [last(prompt)], { block: 80, overlap: 20, budget: 160, by: { kind: "bm25" }, full: { kind: "cut" }, order: { kind: "best" } }, at));
  return run.stage("generate", "main.neuro:61", async (at) => generate(policy, prompt, await context, { with: careful }, at));
});

/**
 * The same over documents that are given: what `npm run eval:example` asks.
 * main.neuro:64
 */
export const reading = system.pipeline("reading", "main.neuro:64", async (run, prompt: Dialog, documents: Docs): Promise<Answer> => {
  const context = run.stage("infocontext", "main.neuro:65", async (at) => infocontext(documents, [last(prompt)], { block: 80, overlap: 20, budget: 160, by: { kind: "bm25" }, full: { kind: "cut" }, order: { kind: "best" } }, at));
  return run.stage("generate", "main.neuro:66", async (at) => generate(policy, prompt, await context, { with: careful }, at));
});

/**
 * Better than a sentence of the documents, in the eyes of the judge; borne out by what it cites, or silent; and short.
 * main.neuro:72
 */
export const quality = system.reward("quality", "main.neuro:72", async (row: { prompt: Dialog; documents: Docs; answer: Answer; rival?: Answer }, { term, at }) => {
  const { prompt, documents, answer: answer_ } = row;
  const rival = row.rival ?? (await quote(prompt, documents, { most: 3 }, at));
  const wins = term("wins", await system.measure("quality.1", { judge }, { answer: answer_, rival, prompt, documents }));
  const judged = term("judged", -softplus(-(0.5 * wins.main + 0.3 * wins.usefulness + 0.2 * wins.confirmation)));
  const borne = term("borne", hard(confirmed(answer_, { documents }) === 1 || is_getoff(answer_)));
  const form = term("form", soft({ left: tokens(answer_), op: "in", from: 1, to: 12 }, { by: 4 }) - soft({ left: footnotes(answer_), op: ">", right: 1, whole: true }));
  return term("total", judged + borne + form);
}, { key: "1ddba423df042411", reads: ["prompt", "documents", "answer"] });

/** main.neuro:81 */
export const truth = system.reward("truth", "main.neuro:81", async (row: { answer: Answer; expected: string }, { term, at }) => {
  const { answer: answer_, expected } = row;
  const known = term("known", hard(await right(answer_, expected) && !is_getoff(answer_)));
  const unknown = term("unknown", hard(await right(answer_, expected) && is_getoff(answer_)));
  return term("total", known + unknown);
}, { key: "2886c3adcf438369", reads: ["answer", "expected"] });

/** main.neuro:88 */
export const neuro = system.recipe("neuro", "main.neuro:88", async (run) => {
  let policy_ = run.start(policy);
  let judge_ = run.start(judge);
  [policy_] = await run.fit([policy_], { by: "cross_entropy", on: practice, steps: 6_000, batch: 16, rate: 0.002, warmup: 150 }, { key: "9bddf54d94e46b56", where: "main.neuro:89" });
  const sft = policy_;
  [judge_] = await run.fit([await run.step("warm_start", warm_start, [judge_, sft], { key: "3b7544564fb5548b", where: "main.neuro:93" })], { by: "pair_pm", on: await run.step("judgments", judgments, [await run.step("sample", sample, [sft, asked, { n: 8, temperature: 1.5, most: 32, seed: 0 }], { key: "953ac2727427e309", where: "main.neuro:95" }), { each: 6, seed: 1 }], { key: "d37f554f67cfdd24", where: "main.neuro:95" }), epochs: 1, batch: 16, rate: 0.0005, warmup: 50 }, { key: "b3ec0b2ecac9cd8e", where: "main.neuro:92" });
  const tried = await run.step("judgments", judgments, [await run.step("sample", sample, [sft, held_out, { n: 8, temperature: 1.5, most: 32, seed: 0 }], { key: "953ac2727427e309", where: "main.neuro:101" }), { each: 4, seed: 1 }], { key: "d37f554f67cfdd24", where: "main.neuro:101" });
  await run.report({ judge: await run.evaluate([judge_], { by: "pair_pm", on: tried, of: { kind: "accuracy" } }, { key: "782b903786e53be0", where: "main.neuro:102" }) });
  for (const round of range(1, 3)) {
    const best = await run.step("top", top, [await run.step("sample", sample, [policy_, asked, { n: 8, temperature: 1.3, most: 32, seed: 0 }], { key: "953ac2727427e309", where: "main.neuro:105" }), 1, (await run.using(quality, { judge: judge_ })), { share: 1, above: -1e+300 }], { key: "da3f01fb82de261d", where: "main.neuro:105" });
    [policy_] = await run.fit([policy_], { by: "cross_entropy", on: best, epochs: 1, batch: 16, rate: 0.0002 }, { key: "8c2d70917f69fced", where: "main.neuro:106" });
    const now = await run.step("greedy", greedy, [policy_, held_out, { most: 32 }], { key: "aafa007365b1e025", where: "main.neuro:107" });
    await run.plot(round, { best: mean(await column(best, "reward")), greedy: mean(await column(await run.step("score", score, [now, (await run.using(quality, { judge: judge_ }))], { key: "57cc922aecfb4244", where: "main.neuro:111" }), "reward")), truth: mean(await column(await run.step("score", score, [now, truth], { key: "57cc922aecfb4244", where: "main.neuro:112" }), "reward")) });
  }
  const drawn = await run.step("sample", sample, [policy_, asked, { n: 8, temperature: 1.5, most: 32, seed: 0 }], { key: "953ac2727427e309", where: "main.neuro:116" });
  const runs = await run.each(range(1, 2), async (seed) => {
    return (await run.fit([policy_], { by: "dpo", with: { reference: await run.step("ema", ema, [policy_, 0.99], { key: "cd1b2ff02bf36ff8", where: "main.neuro:120" }), β: 0.1, smooth: 0, nll: 0, per_token: false }, on: await run.step("pairs", pairs, [drawn, (await run.using(quality, { judge: judge_ })), { gap: 0.65, pick: "random", most: 2, longer: 1_000_000, seed }], { key: "966ad384a9403902", where: "main.neuro:121" }), steps: 100, batch: 16, rate: 0.00005, seed }, { key: "50dad953f9b2fd81", where: "main.neuro:118" }))[0];
  });
  policy_ = await run.merge("liti", { start: sft, end: await run.merge("slerp", { runs, from: sft }, { key: "b768a2580040b3c3", where: "main.neuro:128" }), η: 0.8 }, { key: "867e8bf1905b624d", where: "main.neuro:128" });
  const learned = await run.each([sft, policy_], async (version) => {
    const said = await run.step("score", score, [await run.step("greedy", greedy, [version, held_out, { most: 32 }], { key: "aafa007365b1e025", where: "main.neuro:130" }), (await run.using(quality, { judge: judge_ }))], { key: "57cc922aecfb4244", where: "main.neuro:130" });
    return { judged: mean(column(await column(said, "terms"), "judged")), borne: mean(column(await column(said, "terms"), "borne")), form: mean(column(await column(said, "terms"), "form")), quality: mean(await column(said, "reward")), truth: mean(await column(await run.step("score", score, [said, truth], { key: "57cc922aecfb4244", where: "main.neuro:136" }), "reward")) };
  });
  await run.report({ before: at_(learned, 0), after: at_(learned, 1) });
  await run.publish({ policy: policy_, judge: judge_ });
});

/**
 * The first steps of that, for the eye: its weights are thrown away.
 * main.neuro:142
 */
export const lesson = system.recipe("lesson", "main.neuro:142", async (run) => {
  let policy_ = run.start(policy);
  await run.fit([policy_], { by: "cross_entropy", on: practice, steps: 60, batch: 16, rate: 0.002, warmup: 20 }, { key: "9bddf54d94e46b56", where: "main.neuro:143" });
});

system.server("site", "main.neuro:146", { of: answer, port: 8_080, page: { kind: "chat" }, limit: 64, queue: 64, deadline: 30_000, reward: quality });
