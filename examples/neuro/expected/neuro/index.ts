// main.neuro, compiled by neuroc 0.1.0: what will run, and from which line of the spec. Change the spec, not this file.
import { at as at_, ceiling, column, confirmed, ema, expected as expected_, files, footnotes, generate, greedy, hard, infocontext, is_getoff, last, mean, openSystem, pairs, quote, range, rephrase, rerank, sample, score, search, soft, softplus, tokens, top, warm_start, type Answer, type Dialog, type Doc, type Docs } from "neuro/runtime";
import { asking } from "../../asking.ts";
import { right } from "../../marks.ts";
import { in_conversation, in_other_words, in_their_words, of_other_sorts, read_other_sorts, read_other_words, read_their_words } from "../../world/exams.ts";
import { inputs } from "../../world/inputs.ts";
import { lessons } from "../../world/lessons.ts";
import { judgments } from "../../world/people.ts";
import { questions, unseen } from "../../world/questions.ts";
import { says } from "../../world/says.ts";
import { talks } from "../../world/talks.ts";

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
const heard = system.dataset("heard", () => talks({ count: 100_000, seed: 1 }), { prompt: { is: "dialog" }, documents: { is: "documents", optional: true }, answer: { is: "answer" } });
const found_by_words = system.dataset("found_by_words", () => inputs({ count: 800, seed: 1 }), { prompt: { is: "dialog" }, documents: { is: "documents", optional: true } });
const words = system.tokenizer("words", { kind: "bpe", vocab: 3_072, from: excerpt });
const policy = system.model("policy", { tokenizer: words, window: 400 });
const judge = system.model("judge", { tokenizer: words, window: 400 });
const value = system.model("value", { tokenizer: words, window: 400 });
const asker = system.model("asker", { tokenizer: words, window: 200 });
const careful = { strategy: { kind: "greedy" }, most: 32 };
const their_words = system.dataset("their_words", () => in_their_words({ count: 300, seed: 1_001 }), { prompt: { is: "dialog" }, documents: { is: "documents", optional: true }, answer: { is: "answer" } });
const other_words = system.dataset("other_words", () => in_other_words({ count: 300, seed: 1_001 }), { prompt: { is: "dialog" }, documents: { is: "documents", optional: true }, answer: { is: "answer" } });
const conversation = system.dataset("conversation", () => in_conversation({ count: 300, seed: 1_001 }), { prompt: { is: "dialog" }, documents: { is: "documents", optional: true }, answer: { is: "answer" } });
const other_sorts = system.dataset("other_sorts", () => of_other_sorts({ count: 300, seed: 1_001 }), { prompt: { is: "dialog" }, documents: { is: "documents", optional: true }, answer: { is: "answer" } });
const blocks = system.dataset("blocks", () => read_their_words({ count: 300, seed: 1_001 }), { prompt: { is: "dialog" }, documents: { is: "documents", optional: true }, answer: { is: "answer" } });
const blocks_in_other_words = system.dataset("blocks_in_other_words", () => read_other_words({ count: 300, seed: 1_001 }), { prompt: { is: "dialog" }, documents: { is: "documents", optional: true }, answer: { is: "answer" } });
const blocks_of_other_sorts = system.dataset("blocks_of_other_sorts", () => read_other_sorts({ count: 300, seed: 1_001 }), { prompt: { is: "dialog" }, documents: { is: "documents", optional: true }, answer: { is: "answer" } });

/** main.neuro:87 */
export const answer = system.pipeline("answer", "main.neuro:87", async (run, prompt: Dialog): Promise<Answer> => {
  const queries = run.stage("rephrase", "main.neuro:88", async (at) => rephrase(prompt, asker, { most: 2 }, at), { within: 10_000, otherwise: () => [last(prompt)], key: ["1285344854879e2e", prompt] });
  const asked_ = run.later(async () => await asking(await queries));
  const found = run.stage("search", "main.neuro:90", async (at) => search(library, await queries, { top: 12 }, at), { key: ["d5538b6aca4639fd", prompt] });
  const ranked = run.stage("rerank", "main.neuro:91", async (at) => rerank(await found, relevance, await asked_, { top: 1 }, at), { within: 10_000, otherwise: async () => await found, key: ["5cabe7be02059477", prompt] });
  const context = run.stage("infocontext", "main.neuro:92", async (at) => infocontext(await ranked, await queries, { block: 80, overlap: 20, budget: 160, by: { kind: "bm25" }, full: { kind: "cut" }, order: { kind: "best" } }, at), { key: ["d94bd066903fbc37", prompt] });
  return run.stage("generate", "main.neuro:93", async (at) => generate(policy, await asked_, await context, { with: careful, checked: borne_out, least: 0.95, unsupported: { kind: "drop" } }, at), { key: ["1049919b1de58752", prompt] });
});

/**
 * The same by words alone, as the last turn was said.
 * main.neuro:102
 */
export const bm25_alone = system.pipeline("bm25_alone", "main.neuro:102", async (run, prompt: Dialog): Promise<Answer> => {
  const found = run.stage("search", "main.neuro:103", async (at) => search(library, [last(prompt)], { top: 20 }, at), { key: ["5981daf2bd975aa9", prompt] });
  const context = run.stage("infocontext", "main.neuro:104", async (at) => infocontext(await found, [last(prompt)], { block: 80, overlap: 20, budget: 160, by: { kind: "bm25" }, full: { kind: "cut" }, order: { kind: "best" } }, at), { key: ["2d19ac15f5231c8d", prompt] });
  return run.stage("generate", "main.neuro:105", async (at) => generate(policy, prompt, await context, { with: careful, checked: { kind: "none" }, least: 0.5, unsupported: { kind: "repair" } }, at), { key: ["60f283cc44a2b374", prompt] });
});

/**
 * The same over documents that are given: what `npm run eval:example` asks.
 * main.neuro:108
 */
export const reading = system.pipeline("reading", "main.neuro:108", async (run, prompt: Dialog, documents: Docs): Promise<Answer> => {
  const context = run.stage("infocontext", "main.neuro:109", async (at) => infocontext(documents, [last(prompt)], { block: 80, overlap: 20, budget: 160, by: { kind: "bm25" }, full: { kind: "cut" }, order: { kind: "best" } }, at));
  return run.stage("generate", "main.neuro:110", async (at) => generate(policy, prompt, await context, { with: careful, checked: { kind: "none" }, least: 0.5, unsupported: { kind: "repair" } }, at));
});

/**
 * Better than a sentence of the documents, in the eyes of the judge; borne out by what it cites, or silent; and short.
 * main.neuro:116
 */
export const quality = system.reward("quality", "main.neuro:116", async (row: { prompt: Dialog; documents: Docs; answer: Answer; rival?: Answer }, { term, at }) => {
  const { prompt, documents, answer: answer_ } = row;
  const rival = row.rival ?? (await quote(prompt, documents, { most: 3 }, at));
  const wins = term("wins", await system.measure("quality.1", { judge }, { answer: answer_, rival, prompt, documents }));
  const judged = term("judged", -softplus(-(0.5 * wins.main + 0.3 * wins.usefulness + 0.2 * wins.confirmation)));
  const borne = term("borne", hard(confirmed(answer_, { documents }) === 1 || is_getoff(answer_)));
  const form = term("form", soft({ left: tokens(answer_), op: "in", from: 1, to: 12 }, { by: 4 }) - soft({ left: footnotes(answer_), op: ">", right: 1, whole: true }));
  return term("total", judged + borne + form);
}, { key: "941c602aec039142", reads: ["prompt", "documents", "answer"] });

/**
 * What an input is worth: an answer that it bears out, and good in the same eyes; silence is no answer.
 * main.neuro:124
 */
export const worth = system.reward("worth", "main.neuro:124", async (row: { prompt: Dialog; documents: Docs; answer: Answer; rival?: Answer }, { term, at }) => {
  const { prompt, documents, answer: answer_ } = row;
  const rival = row.rival ?? (await quote(prompt, documents, { most: 3 }, at));
  const wins = term("wins", await system.measure("worth.1", { judge }, { answer: answer_, rival, prompt, documents }));
  const judged = term("judged", -softplus(-wins.main));
  const told = term("told", hard(confirmed(answer_, { documents }) === 1 && !is_getoff(answer_)));
  return term("total", judged + 2 * told);
}, { key: "549f0e6bd87a00e6", reads: ["prompt", "documents", "answer"] });

/** main.neuro:132 */
export const truth = system.reward("truth", "main.neuro:132", async (row: { answer: Answer; expected: string }, { term, at }) => {
  const { answer: answer_, expected } = row;
  const known = term("known", hard(await right(answer_, expected) && !is_getoff(answer_)));
  const unknown = term("unknown", hard(await right(answer_, expected) && is_getoff(answer_)));
  return term("total", known + unknown);
}, { key: "fcbd3fd56f079830", reads: ["answer", "expected"] });

/** main.neuro:139 */
export const neuro = system.recipe("neuro", "main.neuro:139", async (run) => {
  let policy_ = run.start(policy);
  let judge_ = run.start(judge);
  let value_ = run.start(value);
  let asker_ = run.start(asker);
  [policy_] = await run.fit([policy_], { by: "cross_entropy", on: practice, steps: 6_000, batch: 16, rate: 0.002, warmup: 150 }, { key: "63fe7e59febcf8fc", where: "main.neuro:140" });
  const sft = policy_;
  [judge_] = await run.fit([await run.step("warm_start", warm_start, [judge_, sft], { key: "3b7544564fb5548b", where: "main.neuro:144" })], { by: "pair_pm", on: await run.step("judgments", judgments, [await run.step("sample", sample, [sft, asked, { n: 8, temperature: 1.5, most: 32, seed: 0 }], { key: "953ac2727427e309", where: "main.neuro:146" }), { each: 6, seed: 1 }], { key: "3da7266297623b15", where: "main.neuro:146" }), epochs: 1, batch: 16, rate: 0.0005, warmup: 50 }, { key: "c1b72cce6708d4c8", where: "main.neuro:143" });
  const tried = await run.step("judgments", judgments, [await run.step("sample", sample, [sft, held_out, { n: 8, temperature: 1.5, most: 32, seed: 0 }], { key: "953ac2727427e309", where: "main.neuro:152" }), { each: 4, seed: 1 }], { key: "3da7266297623b15", where: "main.neuro:152" });
  await run.report({ judge: await run.evaluate([judge_], { by: "pair_pm", on: tried, of: { kind: "accuracy" } }, { key: "c822110b012f73e4", where: "main.neuro:153" }) });
  const worths = await run.step("expected", expected_, [(await run.using(worth, { judge: judge_ })), [sft], { on: found_by_words, n: 2, each: "document", temperature: 1, most: 32, seed: 0 }], { key: "36019811153daaae", where: "main.neuro:155" });
  [value_] = await run.fit([await run.step("warm_start", warm_start, [value_, sft], { key: "3b7544564fb5548b", where: "main.neuro:157" })], { by: "regression", on: worths, epochs: 3, batch: 32, rate: 0.0003, warmup: 30 }, { key: "4c5cbc008678ffdb", where: "main.neuro:156" });
  await run.report({ predictable: await run.step("ceiling", ceiling, [worths], { key: "23b91860b97168cd", where: "main.neuro:165" }) });
  [asker_] = await run.fit([asker_], { by: "cross_entropy", on: heard, steps: 4_000, batch: 32, rate: 0.003, warmup: 100 }, { key: "18f0924f8f7cd21a", where: "main.neuro:166" });
  for (const round of range(1, 3)) {
    const best = await run.step("top", top, [await run.step("sample", sample, [policy_, asked, { n: 8, temperature: 1.3, most: 32, seed: 0 }], { key: "953ac2727427e309", where: "main.neuro:169" }), 1, (await run.using(quality, { judge: judge_ })), { share: 1, above: -1e+300 }], { key: "da3f01fb82de261d", where: "main.neuro:169" });
    [policy_] = await run.fit([policy_], { by: "cross_entropy", on: best, epochs: 1, batch: 16, rate: 0.0002 }, { key: "5bcb1d46d9934b07", where: "main.neuro:170" });
    const now = await run.step("greedy", greedy, [policy_, held_out, { most: 32 }], { key: "aafa007365b1e025", where: "main.neuro:171" });
    await run.plot(round, { best: mean(await column(best, "reward")), greedy: mean(await column(await run.step("score", score, [now, (await run.using(quality, { judge: judge_ }))], { key: "57cc922aecfb4244", where: "main.neuro:175" }), "reward")), truth: mean(await column(await run.step("score", score, [now, truth], { key: "57cc922aecfb4244", where: "main.neuro:176" }), "reward")) });
  }
  const drawn = await run.step("sample", sample, [policy_, asked, { n: 8, temperature: 1.5, most: 32, seed: 0 }], { key: "953ac2727427e309", where: "main.neuro:180" });
  const runs = await run.each(range(1, 2), async (seed) => {
    return (await run.fit([policy_], { by: "dpo", with: { reference: await run.step("ema", ema, [policy_, 0.99], { key: "cd1b2ff02bf36ff8", where: "main.neuro:184" }), β: 0.1, smooth: 0, nll: 0, per_token: false }, on: await run.step("pairs", pairs, [drawn, (await run.using(quality, { judge: judge_ })), { gap: 0.65, pick: "random", most: 2, longer: 1_000_000, seed }], { key: "966ad384a9403902", where: "main.neuro:185" }), steps: 100, batch: 16, rate: 0.00005, seed }, { key: "b8ed79aa694d77f8", where: "main.neuro:182" }))[0];
  });
  policy_ = await run.merge("liti", { start: sft, end: await run.merge("slerp", { runs, from: sft }, { key: "b768a2580040b3c3", where: "main.neuro:192" }), η: 0.8 }, { key: "867e8bf1905b624d", where: "main.neuro:192" });
  const learned = await run.each([sft, policy_], async (version) => {
    const said = await run.step("score", score, [await run.step("greedy", greedy, [version, held_out, { most: 32 }], { key: "aafa007365b1e025", where: "main.neuro:194" }), (await run.using(quality, { judge: judge_ }))], { key: "57cc922aecfb4244", where: "main.neuro:194" });
    return { judged: mean(column(await column(said, "terms"), "judged")), borne: mean(column(await column(said, "terms"), "borne")), form: mean(column(await column(said, "terms"), "form")), quality: mean(await column(said, "reward")), truth: mean(await column(await run.step("score", score, [said, truth], { key: "57cc922aecfb4244", where: "main.neuro:200" }), "reward")) };
  });
  await run.report({ before: at_(learned, 0), after: at_(learned, 1) });
  await run.publish({ policy: policy_, judge: judge_, value: value_, asker: asker_ });
});

/**
 * The first steps of that, for the eye: its weights are thrown away.
 * main.neuro:206
 */
export const lesson = system.recipe("lesson", "main.neuro:206", async (run) => {
  let policy_ = run.start(policy);
  await run.fit([policy_], { by: "cross_entropy", on: practice, steps: 40, batch: 16, rate: 0.002, warmup: 20 }, { key: "63fe7e59febcf8fc", where: "main.neuro:207" });
});

/**
 * The reward that an answer over this document is expected to earn.
 * main.neuro:96
 */
async function relevance(prompt: Dialog, doc: Doc): Promise<number> {
  return await system.measure("relevance.1", { value }, { prompt, documents: [doc] });
}

/**
 * How sure the policy is of a sentence when it reads only what the sentence cites: the chance of a token of it.
 * main.neuro:98
 */
async function borne_out(prompt: Dialog, documents: Docs, sentence: string): Promise<number> {
  return Math.exp(await system.measure("borne_out.1", { policy }, { text: `${sentence} [1]`, prompt, documents }));
}

system.eval("asked_in_their_words", "main.neuro:224", { of: [{ name: "bm25_alone", run: bm25_alone, takes: ["prompt"] }, { name: "answer", run: answer, takes: ["prompt"] }], task: { kind: "answers", by: says }, rows: their_words, report: [{ kind: "exact_match" }, { kind: "citation_recall" }, { kind: "citation_precision" }, { kind: "missed" }, { kind: "admitted" }], against: { name: "bm25_alone", run: bm25_alone, takes: ["prompt"] } });
system.eval("asked_in_other_words", "main.neuro:231", { of: [{ name: "bm25_alone", run: bm25_alone, takes: ["prompt"] }, { name: "answer", run: answer, takes: ["prompt"] }], task: { kind: "answers", by: says }, rows: other_words, report: [{ kind: "exact_match" }, { kind: "citation_recall" }, { kind: "citation_precision" }, { kind: "missed" }], against: { name: "bm25_alone", run: bm25_alone, takes: ["prompt"] } });
system.eval("asked_in_conversation", "main.neuro:238", { of: [{ name: "bm25_alone", run: bm25_alone, takes: ["prompt"] }, { name: "answer", run: answer, takes: ["prompt"] }], task: { kind: "answers", by: says }, rows: conversation, report: [{ kind: "exact_match" }, { kind: "citation_recall" }, { kind: "citation_precision" }, { kind: "missed" }, { kind: "admitted" }], against: { name: "bm25_alone", run: bm25_alone, takes: ["prompt"] } });
system.eval("asked_of_other_sorts", "main.neuro:245", { of: [{ name: "bm25_alone", run: bm25_alone, takes: ["prompt"] }, { name: "answer", run: answer, takes: ["prompt"] }], task: { kind: "answers", by: says }, rows: other_sorts, report: [{ kind: "admitted" }], against: { name: "bm25_alone", run: bm25_alone, takes: ["prompt"] } });
system.eval("read_in_their_words", "main.neuro:256", { of: [{ name: "reading", run: reading, takes: ["prompt", "documents"] }], task: { kind: "answers", by: says }, rows: blocks, report: [{ kind: "exact_match" }, { kind: "citation_recall" }, { kind: "citation_precision" }, { kind: "missed" }, { kind: "admitted" }] });
system.eval("read_in_other_words", "main.neuro:262", { of: [{ name: "reading", run: reading, takes: ["prompt", "documents"] }], task: { kind: "answers", by: says }, rows: blocks_in_other_words, report: [{ kind: "exact_match" }, { kind: "citation_recall" }, { kind: "citation_precision" }, { kind: "missed" }] });
system.eval("read_of_other_sorts", "main.neuro:268", { of: [{ name: "reading", run: reading, takes: ["prompt", "documents"] }], task: { kind: "answers", by: says }, rows: blocks_of_other_sorts, report: [{ kind: "admitted" }] });
system.server("site", "main.neuro:271", { of: answer, beside: [bm25_alone], port: 8_080, page: { kind: "chat" }, limit: 64, queue: 64, deadline: 30_000, reward: quality });
