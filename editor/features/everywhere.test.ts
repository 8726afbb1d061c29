// No feature throws on any offset of any text, whole or broken; what is offered applies, and mends what it says it mends.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { bench } from "../tests/marked.ts";
import { afterOwn, askAll, askAt, draws } from "./tests/everywhere.ts";

const root = join(import.meta.dirname, "../..");
const texts = Object.fromEntries(
  ["compiler/tests/neuro.neuro", "compiler/tests/recipes.neuro", "grammar/kitchen-sink.neuro", "stdlib/models.neuro"].map(
    (path) => [path, readFileSync(join(root, path), "utf8")],
  ),
);

test.each(Object.entries(texts))("%s can be asked at any place", (_path, text) => {
  const { view } = bench({ "main.neuro": text });
  askAll(view);
  for (let offset = text.length % 13; offset <= text.length; offset += 61) askAt(view, offset);
});

test.each(Object.entries(texts))("%s can be asked where it is cut, and where something is torn out", (path, text) => {
  const draw = draws(path.length);
  for (let round = 0; round < 12; round++) {
    const at = draw(text.length);
    const broken = round % 2 === 0 ? text.slice(0, at) : text.slice(0, at) + text.slice(at + draw(40));
    const { view } = bench({ "main.neuro": broken });
    askAll(view);
    for (const offset of [at, Math.max(0, at - 1), draw(broken.length + 1), broken.length])
      askAt(view, Math.min(offset, broken.length));
  }
});

test("what is offered for a whole text leaves it as right as it was", () => {
  const text = texts["compiler/tests/neuro.neuro"]!;
  const { view } = bench(text);
  const tried = new Set<string>();
  for (let offset = 0; offset < text.length; offset += 17)
    for (const { title, edits } of askAt(view, offset)) {
      if (tried.has(title)) continue;
      tried.add(title);
      const now = bench(afterOwn(view, edits)).view.checked.diagnostics;
      expect(now, title).toEqual([]);
    }
  expect(tried.size).toBeGreaterThan(10);
});

test("odd texts can be asked anywhere", () => {
  for (const text of [
    "",
    "\n",
    "(",
    '"',
    '"""',
    "use",
    "use ",
    "use std.",
    "{",
    "}",
    "fn",
    "fn f(",
    "model m: X {",
    "😀",
    "\u0000",
    "train t { repeat",
    "a.b.c.",
    "1..",
    "x =",
    "///",
    '"{',
    "extern",
    "type A = ",
    "fn f(x: [",
    "serve s { of: ",
    "\r\n\r\nfn f() = \r\n",
  ]) {
    const { view } = bench(text);
    askAll(view);
    for (let offset = 0; offset <= text.length; offset++) askAt(view, offset);
  }
});
