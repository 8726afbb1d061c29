import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { check } from "../check.ts";
import { hostOf } from "./library.ts";

const target = readFileSync(join(import.meta.dirname, "neuro.neuro"), "utf8");
const diagnose = (text: string) => check(hostOf({ "main.neuro": text }), "main.neuro").diagnostics;

test("the target example checks clean", () => {
  expect(diagnose(target)).toEqual([]);
});

/** One change of one line each, and the one mistake that it is. */
const mutations: readonly (readonly [from: string, to: string, code: string])[] = [
  // names
  ["rerank(found, by: relevance", "rerank(found, by: relevanse", "unknown_name"],
  ["context = infocontext(", "context = infocontex(", "unknown_name"],
  ["generate(policy, prompt, context, with: fast)", "generate(polcy, prompt, context, with: fast)", "unknown_name"],
  ["with: fast", "with: quick", "unknown_name"],
  ["total  = judged + form", "total  = judgd + form", "unknown_name"],
  ["- 2 * hard(is_getoff(answer))", "- 2 * hrad(is_getoff(answer))", "unknown_name"],
  ["pair.prompt, pair.documents) / reference", "pear.prompt, pair.documents) / reference", "unknown_name"],
  ["sample(policy, questions, n: 16, temperature: 0.7)", "sampel(policy, questions, n: 16, temperature: 0.7)", "unknown_name"],
  ["wins.usefulness", "wins.usefulnes", "unknown_field"],
  ["mean(best.reward)", "mean(best.rewards)", "unknown_field"],
  ["{ over: pages, text:", "{ over: pages, txet:", "unknown_field"],
  ["serve site { of: answer, port: 8080", "serve site { of: answer, prot: 8080", "unknown_field"],
  ["head: embedding(128) }", "head: embedding(128), heds: 4 }", "unknown_field"],
  ["reward quality(", "rewrad quality(", "unknown_kind"],
  ["decoding fast", "decodign fast", "unknown_kind"],
  ["dataset judged: Judged<Aspect>", "dataset judged: Juged<Aspect>", "unknown_type"],
  ["answer: Answer, rival", "answer: Anser, rival", "unknown_type"],
  ["model policy: EncoderDecoder {", "model policy: EncoderDecodr {", "unknown_type"],
  ["use std.weights { ema, slerp, liti }", "use std.weights { ema, slerp, lity }", "unknown_import"],
  ["use std.answering { rephrase,", "use std.answerng { rephrase,", "missing_file"],
  ["12 layers", "12 layrs", "unknown_unit"],
  ["head: pairwise(over: Aspect)", "head: pairwise(over: Aspekt)", "unknown_name"],
  ["source weather(", "source pages(", "name_twice"],
  ["eval facts {", "eval Facts {", "name_case"],
  ["source weather(city: Text)", "source weather(City: Text)", "name_case"],
  [
    "use std.rewards { footnotes, brackets, is_getoff, confirmed }",
    "use std.rewards { footnotes, brackets, copied, is_getoff, confirmed }",
    "unused_name",
  ],
  // calls
  ["top: 50)", "tpo: 50)", "unknown_parameter"],
  ["steps: 20_000 steps", "stps: 20_000 steps", "unknown_parameter"],
  ["most: 3,", "mots: 3,", "unknown_parameter"],
  ["slerp(runs, from: sft)", "slerp(runs)", "missing_argument"],
  ["infocontext(ranked, by: scout, given: queries,", "infocontext(ranked, by: scout,", "missing_argument"],
  ["found   = search(library, queries, top: 50)", "found   = search(library, top: 50)", "missing_argument"],
  ["model value: Encoder { tokenizer: words, depth", "model value: Encoder { depth", "missing_field"],
  ["serve site { of: answer, port", "serve site { port", "missing_field"],
  ["page: chat, limit: 64 concurrent", "page: chat, page: none, limit: 64 concurrent", "field_twice"],
  ["window:    2048 tokens", "window:    2048 tokens\n  width:     512", "field_twice"],
  // types
  ["port: 8080", 'port: "8080"', "wrong_type"],
  ["search(library, queries, top: 50)", "search(pages, queries, top: 50)", "wrong_type"],
  ["rerank(found, by: relevance", "rerank(queries, by: relevance", "wrong_type"],
  ["rerank(found, by: relevance", "rerank(found, by: 3", "wrong_type"],
  ["generate(policy, prompt, context, with: fast)", "generate(judge, prompt, context, with: fast)", "wrong_type"],
  ["generate(policy, prompt, context, with: fast)", "generate(policy, prompt, ranked, with: fast)", "wrong_type"],
  ["generate(policy, prompt, context, with: fast)", "context", "wrong_type"],
  ["value(prompt, [doc])", "last(prompt)", "wrong_type"],
  ["vectors: embed(by: scout)", "vectors: embed(by: policy)", "wrong_type"],
  ["quantize: int8,", "quantize: fast2,", "unknown_name"],
  ["of: answer, port", "of: quality, port", "wrong_type"],
  ["n: 16, temperature: 0.7), 1", "n: 1.5, temperature: 0.7), 1", "wrong_type"],
  ["label(duels, rank: worth", "label(duels, rank: relevance", "wrong_type"],
  ["- 2 * hard(is_getoff(answer))", "- 2 * is_getoff(answer)", "bool_as_number"],
  // numbers
  ["block: 256 tokens", "block: 256 layers", "wrong_unit"],
  ["limit: 64 concurrent", "limit: 64 documents", "wrong_unit"],
  ["heads:     8", "heads:     8 layers", "wrong_unit"],
  ["budget: 1500 tokens", "budget: 1500", "missing_unit"],
  ["encoder:   12 layers", "encoder:   12", "missing_unit"],
  ["steps: 20_000 steps", "steps: 20_000", "missing_unit"],
  ["tokens(answer) in 150..160 tokens, by", "tokens(answer) in 150..160, by", "units_differ"],
  ["soft(footnotes(answer) >= 3)", "soft(footnotes(answer) >= 3 tokens)", "units_differ"],
  ["150..160 tokens", "160..150 tokens", "reversed_range"],
  ["alpha: 0.5", "alpha: 1.5", "outside_range"],
  ["port: 8080", "port: 80800", "outside_range"],
  ["liti(sft, slerp(runs, from: sft), 0.3)", "liti(sft, slerp(runs, from: sft), 3)", "outside_range"],
  ["soft(brackets(answer) > 6)", "soft(3 < brackets(answer) < 6)", "chained_comparison"],
  ["soft(brackets(answer) > 6)", "soft(brackets(answer) > 6 and footnotes(answer) > 1)", "soft_needs_comparison"],
  // mathematics
  ["heads:     8", "heads:     7", "size_not_divisible"],
  ["maximize mean(log(sigmoid(", "maximize (log(sigmoid(", "loss_has_axes"],
  ["maximize mean(log(sigmoid(gain(pair.chosen) - gain(pair.rejected))))", "h = mean(gain(pair.chosen))", "no_minimize"],
  ["objective direct(train policy", "objective direct(policy", "trains_nothing"],
  [
    "* log(policy(y | pair.prompt, pair.documents) / reference(y | pair.prompt, pair.documents))",
    "* (policy(y | pair.prompt, pair.documents) + 1)",
    "prob_needs_log",
  ],
  ["gain(pair.chosen) - gain(pair.rejected)", "gain(pair.chosen) - gain(pair.rejcted)", "unknown_field"],
  // learning
  ["by: direct(reference: ema(policy, 0.99))", "by: direct", "missing_reference"],
  [
    "repeat round in 1..5 {",
    'slow = ema(policy, 0.99)\n  require(count([slow]) > 0, "")\n  repeat round in 1..5 {',
    "live_outside_fit",
  ],
  ["by: pair_pm, on: judged,", "by: pair_pm, on: questions,", "row_lacks_field"],
  ["by: cross_entropy, on: instructs", "by: cross_entropy, on: judged", "row_lacks_field"],
  [
    "top(sample(policy, questions, n: 16, temperature: 0.7), 1, by: quality)",
    "top(questions, 1, by: quality)",
    "row_lacks_field",
  ],
  ["slerp(runs, from: sft)", "slerp(runs, from: judge)", "weights_differ"],
  ["judge  = fit(judge, by: pair_pm", "judge  = fit(policy, by: pair_pm", "wrong_type"],
  ["steps: 2_000 steps, seed: seed)", "steps: 2_000 steps)", "equal_runs"],
  ["    fit(policy, by: direct(", "    policy = fit(policy, by: direct(", "rebind_in_for"],
  ["  duels = against(", "  plot(1, last: mean(best.reward))\n  duels = against(", "ends_with_block"],
  ["n: 8, each: document)", "n: 8, each: page)", "unknown_name"],
  // pipelines, rewards, settings
  ["otherwise: [last(prompt)])", 'otherwise: "")', "otherwise_type"],
  ["  ranked  = rerank", "  found = found\n  ranked  = rerank", "bound_twice"],
  ["total  = judged + form", "sum    = judged + form", "total_missing"],
  ["total  = judged + form", "good   = form > 1\n  total  = judged + form", "term_not_number"],
  ["form   = soft(footnotes(answer) >= 3) +", "form   = (footnotes(answer) >= 3) +", "bool_as_number"],
  ["most: 200 tokens", "most: 600 tokens", "over_window"],
  ["strategy: beam(width: 4),", "strategy: beam(width: 4), temperature: 0.7,", "decoding_clash"],
  ["method: smoothquant(alpha: 0.5)", "method: gptq", "quantization_clash"],
  ["report: [accuracy_given_attempted, f1]", "report: [accuracy_given_attempted, ndcg]", "metric_of_other_task"],
  [
    "fn relevance(prompt: Dialog, doc: Doc) -> Float = value(prompt, [doc])",
    "fn relevance(prompt: Dialog, doc: Doc) -> Float = relevance(prompt, doc)",
    "cyclic_definition",
  ],
];

for (const [from, to, code] of mutations) {
  test(`${code}: ${to.split("\n")[0]}`, () => {
    expect(target.split(from).length, "the text to change").toBeGreaterThan(1);
    const found = diagnose(target.replace(from, () => to));
    // A change can leave something unread besides; it must not leave a second error.
    const warns = found.every(({ severity }) => severity === "warning");
    const codes = found.filter(({ severity }) => warns || severity === "error").map((diagnostic) => diagnostic.code);
    expect([...new Set(codes)]).toEqual([code]);
  });
}
