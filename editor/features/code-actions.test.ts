import { expect, test } from "vitest";
import { after, bench } from "../tests/marked.ts";
import { codeActions } from "./code-actions.ts";

/** The text after the action whose title begins so; undefined where there is none. */
function done(source: string, title: string): string | undefined {
  const { view, range, files } = bench(source);
  const action = codeActions(view, range).find((each) => each.title.startsWith(title));
  return action && after(files, action.edits)["main.neuro"];
}
const titles = (source: string): string[] => {
  const { view, range } = bench(source);
  return codeActions(view, range).map(({ title }) => title);
};

test("the fix of a fault is offered where the fault is, and nowhere else", () => {
  expect(done("fn f(x: Float) -> Float = so‸tf(x > 1)\n", "Write `soft`")).toBe("fn f(x: Float) -> Float = soft(x > 1)\n");
  expect(titles("fn f(x: Flo‸at) -> Float = sotf(x > 1)\n")).toEqual([]);
});

test("a syntax fault has its fix, too", () => {
  expect(done("fn f(x: Float) = 1 < x <‸ 3\n", "Join")).toBe("fn f(x: Float) = 1 < x and x < 3\n");
});

test("a fix of another file's place edits that file", () => {
  const { view, range, files } = bench({
    "main.neuro": `use std.models { EncoderDecoder }
use std.answering { search, infocontext, generate }
use "./fast.neuro" { careful }
source pages = files("pages/*.md")
tokenizer words = bpe(vocab: 4096, from: pages)
index library { over: pages, text: bm25(language: "en") }
model policy: EncoderDecoder { tokenizer: words, window: 2048 tokens }
pipeline answer(prompt: Dialog) -> Answer {
  context = infocontext(search(library, [last(prompt)]), given: [last(prompt)], budget: 1500 tokens)
  gener‸ate(policy, prompt, context, with: careful)
}
`,
    "fast.neuro": "decoding careful { strategy: greedy, most: 600 tokens }\n",
  });
  const action = codeActions(view, range).find(({ title }) => title.startsWith("Write most"));
  expect(after(files, action!.edits)).toEqual({ "fast.neuro": "decoding careful { strategy: greedy, most: 548 tokens }\n" });
});

test("what must be given is added as far as something in sight fits", () => {
  const source = 'source pages = files("x")\nindex library { ‸ }\n';
  expect(done(source, "Add over")).toBe('source pages = files("x")\nindex library { over: pages }\n');
});

test("a model's configuration is written out", () => {
  const source = `use std.models { EncoderDecoder }
source pages = files("x")
tokenizer words = bpe(vocab: 4096, from: pages)
model policy: EncoderDecoder {
  tokenizer: words‸
  width: 64
}
`;
  const text = done(source, "Write out the configuration");
  expect(text).toContain("  width: 64\n  encoder: 12 layers\n  decoder: 6 layers\n  heads: 8\n");
  expect(bench(text!).view.checked.diagnostics).toEqual([]);
});

test("imports are sorted, merged and rid of what is not read", () => {
  const files = {
    "main.neuro": `‸use "./b.neuro" { twice }
use std.rewards { is_getoff, footnotes }
use std.answering { search }
use std.rewards { brackets }
reward r(a: Answer) { total = soft(footnotes(a) + brackets(a) > 1) + twice(1) }
`,
    "b.neuro": "fn twice(x: Float) -> Float = 2 * x\n",
  };
  const { view, range, files: plain } = bench(files);
  const action = codeActions(view, range).find(({ kind }) => kind === "source.organizeImports");
  expect(after(plain, action!.edits)["main.neuro"]).toBe(`use std.rewards { brackets, footnotes }
use "./b.neuro" { twice }
reward r(a: Answer) { total = soft(footnotes(a) + brackets(a) > 1) + twice(1) }
`);
});

test("imports in order are left alone, and so are those with remarks", () => {
  const rest = "reward r(a: Answer) { total = soft(footnotes(a) > 1) }\n";
  expect(titles(`‸use std.rewards { footnotes }\n${rest}`)).toEqual([]);
  expect(titles(`‸use std.rewards { footnotes } // forms\nuse std.answering { quote }\n${rest}`)).not.toContain(
    "Organise imports",
  );
});

test("an expression gets a name before its statement", () => {
  expect(done("reward r(a: Answer) {\n  total = «2 * tokens(a) / 1 tokens» + 1\n}\n", "Extract a binding")).toBe(
    "reward r(a: Answer) {\n  value = 2 * tokens(a) / 1 tokens\n  total = value + 1\n}\n",
  );
});

test("an expression becomes a local function of the names in it", () => {
  expect(
    done(
      "objective o(train m: LanguageModel, row: { prompt: Dialog, a: Answer }, τ: Float = 1) {\n  p = log(m(row.a | row.prompt))\n  minimize -mean(«p / τ»)\n}\n",
      "Extract a local function",
    ),
  ).toBe(
    "objective o(train m: LanguageModel, row: { prompt: Dialog, a: Answer }, τ: Float = 1) {\n  p = log(m(row.a | row.prompt))\n  fn part(p, τ) = p / τ\n  minimize -mean(part(p, τ))\n}\n",
  );
});

test("an expression becomes a function of the file, with the types of what it takes", () => {
  expect(
    done("/// A mean.\nfn f(x: Float, n: Int) -> Float = 2 * «soft(x > n)»\n", "Extract a function `part` of this file"),
  ).toBe("fn part(x: Float, n: Int) -> Float = soft(x > n)\n\n/// A mean.\nfn f(x: Float, n: Int) -> Float = 2 * part(x, n)\n");
  expect(done("fn f(x: [b, d]) -> [b] = «mean(x ^ 2 over d)» + 1\n", "Extract a function `part` of this file")).toBe(
    "fn part(x: [b, d]) = mean(x ^ 2 over d)\n\nfn f(x: [b, d]) -> [b] = part(x) + 1\n",
  );
});

test("what would not check is not offered", () => {
  expect(
    titles("fn f(x: [t], y: [s]) -> [t, s] {\n  outer(«x - y»)\n}\n").filter((title) => title.startsWith("Extract")),
  ).toEqual([]);
});

test("a binding is written out where it is read", () => {
  expect(done("fn f(x: Float) -> Float {\n  y‸ = x + 1\n  2 * y + log(y)\n}\n", "Write out")).toBe(
    "fn f(x: Float) -> Float {\n  2 * (x + 1) + log(x + 1)\n}\n",
  );
});

test("a local function is written out with its arguments", () => {
  expect(done("fn f(x: Float) -> Float {\n  fn g(a, b) = a - b\n  2 * g‸(x + 1, x) + g(b: 1, a: x)\n}\n", "Write out")).toBe(
    "fn f(x: Float) -> Float {\n  2 * ((x + 1) - x) + (x - 1)\n}\n",
  );
});

test("what is bound anew is not written out", () => {
  expect(titles("fn f(x: Float) -> Float {\n  y‸ = x\n  x = 2\n  y + x\n}\n")).toEqual([]);
  expect(titles("fn f(x: Float) -> Float {\n  y = x\n  y = y + 1\n  y‸\n}\n")).toEqual([]);
});
