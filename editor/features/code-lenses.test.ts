import { expect, test } from "vitest";
import { bench } from "../tests/marked.ts";
import { codeLenses } from "./code-lenses.ts";

test("commands stand on the declarations that they are about", () => {
  const { view } = bench(`use std.answering { quote, search }
source pages = files("pages/*.md")
index library { over: pages, text: bm25(language: "en") }
pipeline answer(prompt: Dialog) -> Answer = quote(prompt, search(library, [last(prompt)]))
train tune { report(x: 1) }
train part(start: LanguageModel) -> LanguageModel { start }
eval facts { of: answer, task: simpleqa, report: [f1] }
serve site { of: answer }
`);
  const lenses = codeLenses(view).map(({ span, title, command, arguments: words }) => [
    view.text.slice(span.start, span.end),
    title,
    [command, ...words].join(" "),
  ]);
  expect(lenses).toEqual([
    ["", "Check", "check main.neuro"],
    ["", "Build", "build main.neuro"],
    ["answer", "Ask", "ask main.neuro answer"],
    ["tune", "Train", "train main.neuro tune"],
    ["tune", "Open report", "report main.neuro tune"],
    ["facts", "Evaluate", "eval main.neuro facts"],
    ["facts", "Open report", "report main.neuro facts"],
    ["site", "Serve", "serve main.neuro site"],
  ]);
});

test("a file of functions is only checked, and an empty one not even that", () => {
  expect(codeLenses(bench("fn f(x: Float) -> Float = x\n").view).map(({ command }) => command)).toEqual(["check"]);
  expect(codeLenses(bench("").view)).toEqual([]);
});
