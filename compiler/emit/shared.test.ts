import { expect, test } from "vitest";
import { check } from "../check.ts";
import { hostOf } from "../tests/library.ts";
import { emitModule } from "./index.ts";

const head = `use std.answering { search, fuse, rerank, quote }
source pages = files("pages/*.md")
index library { over: pages, text: bm25(language: "en") }
index other { over: pages, text: bm25(language: "ru") }
`;

async function textOf(body: string): Promise<string> {
  const checked = check(hostOf({ "main.neuro": `${head}${body}\n` }), "main.neuro");
  expect(checked.diagnostics.filter(({ severity }) => severity === "error")).toEqual([]);
  return (await emitModule(checked, { name: "t", version: "0", meaning: () => "key" })).ts;
}

/** The keys of the stages of a pipeline, as letters by order of first appearance in the file, and what they depend on. */
function keysOf(text: string): Record<string, string[]> {
  const letters = new Map<string, string>();
  const keys: Record<string, string[]> = {};
  for (const [, name, body] of text.matchAll(/export const (\w+) = system\.pipeline\(([\s\S]*?)\n\}\);/g)) {
    keys[name!] = [...body!.matchAll(/run\.stage\("(\w+)"[^\n]*?(?:key: \["(\w+)"((?:, \w+)*)\]|\n|$)/g)].map(
      ([, stage, hash, given]) => {
        if (hash === undefined) return `${stage} -`;
        if (!letters.has(hash)) letters.set(hash, String.fromCharCode(65 + letters.size));
        return `${stage} ${letters.get(hash)}${given}`;
      },
    );
  }
  return keys;
}

test("equal prefixes of compared pipelines have equal keys, whatever their bindings are called", async () => {
  const keys = keysOf(
    await textOf(`fn titled(prompt: Dialog, doc: Doc) -> Float = if doc.title == "" then 0 else 1
pipeline words(prompt: Dialog) -> Docs {
  found = search(library, [last(prompt)], top: 50)
  found
}
pipeline ranked(prompt: Dialog) -> Docs {
  asked = [last(prompt)]
  hits = search(library, asked, top: 50)
  rerank(hits, by: titled, given: prompt)
}
pipeline again(prompt: Dialog) -> Docs {
  queries = [last(prompt)]
  first = search(library, queries, top: 50)
  rerank(first, by: titled, given: prompt)
}
pipeline fewer(prompt: Dialog) -> Docs {
  queries = [last(prompt)]
  search(library, queries, top: 5)
}
pipeline elsewhere(prompt: Dialog) -> Docs {
  queries = [last(prompt)]
  search(other, queries, top: 50)
}
eval ranks { of: [words, ranked, again, fewer, elsewhere], task: retrieval(beir: "x"), report: [map] }`),
  );
  expect(keys).toEqual({
    words: ["search A, prompt"],
    ranked: ["search A, prompt", "rerank B, prompt"],
    again: ["search A, prompt", "rerank B, prompt"],
    fewer: ["search C, prompt"],
    elsewhere: ["search D, prompt"],
  });
});

test("a stage within a loop has no key: it is not the same each time; pipelines that nobody compares have none", async () => {
  const text = await textOf(`pipeline several(prompt: Dialog, questions: List<Text>) -> Docs {
  lists = for question in questions { search(library, [question], top: 50) }
  fuse(lists, top: 20)
}
pipeline alone(prompt: Dialog) -> Docs = search(library, [last(prompt)])
pipeline plain(prompt: Dialog) -> Docs = search(other, [last(prompt)])
eval ranks { of: [several, plain], task: retrieval, rows: judged, report: [map] }
dataset judged: { prompt: Dialog, questions: List<Text>, relevant: List<Text> } = jsonl("judged.jsonl")`);
  const keys = keysOf(text);
  expect(keys.several).toEqual(["search -", "fuse A, questions"]);
  expect(keys.plain).toEqual(["search B, prompt"]);
  expect(text.match(/run\.stage\("search"[^\n]*\[question\][^\n]*/)?.[0]).not.toContain("key:");
  expect(text.match(/export const alone[\s\S]*?\n\}\);/)?.[0]).not.toContain("key:");
});

test("an eval is a handle after what it measures, with what each pipeline takes of a row", async () => {
  const text = await textOf(`dataset questions: { prompt: Dialog, answers: List<Text> } = jsonl("questions.jsonl")
pipeline answer(prompt: Dialog) -> Answer = quote(prompt, search(library, [last(prompt)]))
eval facts { of: answer, task: answers, rows: questions, report: [exact_match, f1], level: 99% }
eval ranks { of: [found], against: found, task: retrieval(topics: "t", qrels: "q", ids: name), report: [ndcg(at: 10), map], correct: none }
pipeline found(prompt: Dialog) -> Docs = search(library, [last(prompt)])`);
  expect(text.slice(text.indexOf("system.eval")).trim()).toMatchInlineSnapshot(`
    "system.eval("facts", "main.neuro:7", { of: [{ name: "answer", run: answer, takes: ["prompt"] }], task: { kind: "answers" }, rows: questions, report: [{ kind: "exact_match" }, { kind: "f1" }], level: 0.99 });
    system.eval("ranks", "main.neuro:8", { of: [{ name: "found", run: found, takes: ["prompt"] }], against: { name: "found", run: found, takes: ["prompt"] }, task: { kind: "retrieval", topics: "t", qrels: "q", ids: { kind: "name" } }, report: [{ kind: "ndcg", at: 10 }, { kind: "map" }], correct: { kind: "none" } });"
  `);
});
