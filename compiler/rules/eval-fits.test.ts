import { expect, test } from "vitest";
import { check } from "../index.ts";
import { hostOf } from "../tests/library.ts";

const spec = (evals: string) => `use std.answering { search, quote }
source pages = files("pages/*.md")
index library { over: pages, text: bm25(language: "en") }
dataset questions: { prompt: Dialog, answers: List<Text> } = jsonl("questions.jsonl")
dataset judged: { prompt: Dialog, relevant: List<Text> } = jsonl("judged.jsonl")
dataset shown: { prompt: Dialog, documents: Docs, answer: Answer } = jsonl("shown.jsonl")
pipeline words(prompt: Dialog) -> Docs = search(library, [last(prompt)], top: 100)
pipeline answer(prompt: Dialog) -> Answer = quote(prompt, words(prompt))
pipeline reading(prompt: Dialog, documents: Docs) -> Answer = quote(prompt, documents)
${evals}
`;
const found = (evals: string) =>
  check(hostOf({ "main.neuro": spec(evals) }), "main.neuro").diagnostics.map(({ code, text }) => `${code}: ${text}`);

test("evals of answers and of retrieval check clean", () => {
  expect(
    found(`eval facts { of: answer, task: simpleqa, rows: questions, report: [f1], against: answer }
eval texts { of: [answer], task: answers(rows: questions), report: [exact_match, f1, known] }
eval ranks { of: [words], task: retrieval(beir: "nfcorpus"), report: [ndcg(at: 10), map, recall(at: 100), mrr(rel: 2, at: 10)], test: t, correct: holm, level: 99% }
eval named { of: words, task: retrieval(topics: "t.txt", qrels: "q.txt", part: desc, ids: name), report: [bpref, rprec], against: words }
eval both { of: [answer, reading], task: answers, rows: shown, report: [f1], against: answer }
eval rowed { of: words, task: retrieval, rows: judged, report: [success(at: 5)] }`),
  ).toEqual([]);
});

test("anything may be called as a task or a choice is", () => {
  expect(
    found(`eval simpleqa { of: answer, task: simpleqa, rows: questions, report: [f1] }
index bm25 { over: pages, text: bm25(language: "en") }
eval retrieval { of: words, task: retrieval(beir: "x"), report: [map] }
index whole { over: pages, text: bm25(language: "en"), block: whole }
pipeline map(prompt: Dialog) -> Docs = search(bm25, [last(prompt)])
pipeline name(prompt: Dialog) -> Docs = search(whole, [last(prompt)])
eval ranks { of: [map, name], task: retrieval(topics: "t", qrels: "q", ids: name), report: [map], against: name }`),
  ).toEqual([]);
});

test("what does not fit its task is said before anything runs", () => {
  const wrong = [
    `eval facts { of: words, task: simpleqa, rows: questions, report: [f1] }`,
    `eval ranks { of: [words, answer], task: retrieval(beir: "x"), report: [map] }`,
    `eval ranks { of: library, task: retrieval(beir: "x"), report: [map] }`,
    `eval facts { of: reading, task: answers, rows: questions, report: [f1] }`,
    `eval facts { of: answer, against: words, task: answers, rows: questions, report: [f1] }`,
    `eval ranks { of: words, task: retrieval, rows: questions, report: [map] }`,
    `eval ranks { of: words, task: retrieval(beir: "x"), report: [precision] }`,
    `eval ranks { of: words, task: retrieval(beir: "x"), report: [exact_match] }`,
    `eval ranks { of: words, task: retrieval(beir: "x"), report: [map(cut: 3)] }`,
    `eval ranks { of: words, task: retrieval(beir: "x"), report: [map], level: 120% }`,
    `eval ranks { of: [words, library], task: retrieval(beir: "x"), report: [map] }`,
    `eval ranks { of: words, task: retrieval(beir: "x"), report: [map], test: wilcoxon }`,
  ];
  expect(wrong.flatMap((text) => found(text))).toMatchInlineSnapshot(`
    [
      "wrong_type: What simpleqa measures must be a pipeline that gives Answer, and this is one that gives Docs.",
      "wrong_type: What retrieval measures must be a pipeline that gives Docs, and this is one that gives Answer.",
      "wrong_type: The field of must be Pipelines, and this is Index.",
      "row_lacks_field: The pipeline reading reads \`documents\`, and these rows have prompt, answers.",
      "wrong_type: What answers measures must be a pipeline that gives Answer, and this is one that gives Docs.",
      "row_lacks_field: The task retrieval reads \`relevant\`, and these rows have prompt, answers.",
      "missing_argument: precision needs \`at\`.",
      "metric_of_other_task: The task retrieval does not measure exact_match.",
      "unknown_parameter: map has no parameter \`cut\`.",
      "outside_range: The field level must be in 0..1, and this is 120%.",
      "wrong_type: The field of must be Pipelines, and this is List<fn(Dialog) -> Docs>.",
      "unknown_name: Nothing called \`wilcoxon\` is in sight.",
    ]
  `);
});

test("an eval of rankings that asks nothing is told what to ask; of answers it may be given rows when it runs", () => {
  const hints = (evals: string) =>
    check(hostOf({ "main.neuro": spec(evals) }), "main.neuro").diagnostics.map(({ text, hint }) => `${text} ${hint}`);
  expect(hints("eval ranks { of: words, task: retrieval, report: [map] }")).toEqual([
    'The eval ranks needs `rows`. Write rows: and a dataset whose rows have `relevant`, or task: retrieval(beir: "folder").',
  ]);
  expect(hints("eval facts { of: answer, task: answers, report: [f1] }")).toEqual([]);
});
