// Only the stage whose answer is the pipeline's tells what it writes; a draft that another stage looks at is nobody's answer.
import { expect, test } from "vitest";
import { check } from "../check.ts";
import { hostOf } from "../tests/library.ts";
import { emitModule } from "./index.ts";

const head = `use std.answering { search, infocontext, quote, verify }
source pages = files("pages/*.md")
index library { over: pages, text: bm25(language: "en") }
`;

/** The stages of a pipeline that may tell what they write. */
async function telling(body: string): Promise<string[]> {
  const lines = `found = search(library, [last(prompt)], top: 5)\n${body}`;
  const text = `${head}pipeline answer(prompt: Dialog) -> Answer {\n${lines}\n}\n`;
  const checked = check(hostOf({ "main.neuro": text }), "main.neuro");
  expect(checked.diagnostics.filter(({ severity }) => severity === "error")).toEqual([]);
  const { ts } = await emitModule(checked, { name: "t", version: "0", meaning: () => "key" });
  const stages = [...ts.matchAll(/run\.stage\("(\w+)"[^\n]*/g)];
  return stages.flatMap(([line, name]) => (line.includes("quiet: true") || name === "search" ? [] : [name!]));
}

test("what is checked by another stage is told by that stage alone", async () => {
  const body = `context = infocontext(found, given: [last(prompt)])
draft = quote(prompt, found)
verify(draft, context, prompt)`;
  expect(await telling(body)).toEqual(["infocontext", "verify"]);
});

test("the last expression is followed through names and choices", async () => {
  expect(await telling("quote(prompt, found)")).toEqual(["quote"]);
  expect(await telling("said = quote(prompt, found)\nsaid")).toEqual(["quote"]);
  expect(await telling("said = quote(prompt, found)")).toEqual(["quote"]);
  expect(
    await telling("short = quote(prompt, found, most: 1)\nif short.known then quote(prompt, found) else short"),
  ).toHaveLength(2);
});
