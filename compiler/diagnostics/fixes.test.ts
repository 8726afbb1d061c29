import { expect, test } from "vitest";
import { editsOf, withEdits } from "../../grammar/index.ts";
import { check } from "../check.ts";
import { hostOf } from "../tests/library.ts";
import type { Example } from "./define.ts";
import { diagnostics } from "./index.ts";

type Files = Readonly<{ [path: string]: string }>;

const filesOf = (example: Example): Files => (typeof example === "string" ? { "main.neuro": example } : example);
const checked = (files: Files) => check(hostOf(files), "main.neuro");

/** The files after the fix of the first diagnostic of a code; undefined where it has none. */
function mended(files: Files, code: string): Files | undefined {
  const { diagnostics: found, modules } = checked(files);
  const fix = found.find((each) => each.code === code && each.fix)?.fix;
  if (!fix) return undefined;
  const sources = new Map(modules.map((module) => [module.path, module]));
  const at = found.find((each) => each.fix === fix)!.span.file;
  const edits = editsOf(fix, sources.get(at)!, (path) => sources.get(path));
  expect(edits, `the fix "${fix.title}" has a place`).toBeDefined();
  const changed = new Set(edits!.map(({ file }) => file));
  const now = [...changed].map((path) => [
    path,
    withEdits(
      files[path]!,
      edits!.filter(({ file }) => file === path),
    ),
  ]);
  return { ...files, ...Object.fromEntries(now) };
}

/** Their hints name a choice that only the author can make, or something in another language; all others have a fix. */
const undetermined = new Set([
  "absent_axis",
  "axes_differ",
  "axis_in_use",
  "axis_twice",
  "confusable_names",
  "constant_loss",
  "cyclic_definition",
  "cyclic_import",
  "different_texts",
  "ends_with_block",
  "extern_differs",
  "guard_misfit",
  "live_outside_fit",
  "metric_of_other_task",
  "missing_file",
  "name_twice",
  "no_gradient",
  "not_in_this_version",
  "not_measured",
  "not_packable",
  "ragged_split",
  "recipe_called",
  "remote_model",
  "row_lacks_field",
  "schedule_outside_fit",
  "stale_rollouts",
  "tokenizers_differ",
  "units_differ",
  "weights_differ",
  "wrong_givens",
]);

for (const { code, wrong } of diagnostics.values()) {
  if (undetermined.has(code)) continue;
  test(`${code}: the fix of the wrong example leaves no such fault`, () => {
    let files = filesOf(wrong);
    for (let round = 0; round < 3 && checked(files).diagnostics.some((each) => each.code === code); round++) {
      const now = mended(files, code);
      expect(now, "there is a fix").toBeDefined();
      files = now!;
    }
    expect(checked(files).diagnostics.map((each) => each.code)).not.toContain(code);
  });
}

const pages = `source pages = files("pages/*.md")
tokenizer words = bpe(vocab: 4096, from: pages)
`;

test.each<[what: string, code: string, wrong: string, right: string]>([
  [
    "a name of std is imported beside the others",
    "unknown_name",
    "use std.rewards { footnotes }\nreward r(a: Answer) { total = soft(footnotes(a) > 1) + hard(is_getoff(a)) }\n",
    "use std.rewards { footnotes, is_getoff }\nreward r(a: Answer) { total = soft(footnotes(a) > 1) + hard(is_getoff(a)) }\n",
  ],
  [
    "a name of std is imported on a line of its own",
    "unknown_name",
    "/// What it is worth.\nreward r(a: Answer) { total = hard(is_getoff(a)) }\n",
    "use std.rewards { is_getoff }\n/// What it is worth.\nreward r(a: Answer) { total = hard(is_getoff(a)) }\n",
  ],
  [
    "an architecture of std is imported",
    "unknown_type",
    `${pages}model policy: EncoderDecoder { tokenizer: words }\n`,
    `use std.models { EncoderDecoder }\n${pages}model policy: EncoderDecoder { tokenizer: words }\n`,
  ],
  [
    "fields come on lines where the others do",
    "missing_field",
    `use std.models { EncoderDecoder }\n${pages}model policy: EncoderDecoder {\n  width: 64\n  heads: 4\n}\n`,
    `use std.models { EncoderDecoder }\n${pages}model policy: EncoderDecoder {\n  width: 64\n  heads: 4\n  tokenizer: words\n}\n`,
  ],
  [
    "a near axis",
    "absent_axis",
    "fn f(query: [rows, time]) -> [rows] = sum(query over tiem)\n",
    "fn f(query: [rows, time]) -> [rows] = sum(query over time)\n",
  ],
  [
    "an unused import goes with its line",
    "unused_name",
    "use std.rewards { footnotes }\nfn f(x: Float) -> Float = x\n",
    "fn f(x: Float) -> Float = x\n",
  ],
  [
    "an unused import goes with its comma",
    "unused_name",
    "use std.rewards { footnotes, is_getoff, brackets }\nreward r(a: Answer) { total = soft(footnotes(a) + brackets(a) > 1) }\n",
    "use std.rewards { footnotes, brackets }\nreward r(a: Answer) { total = soft(footnotes(a) + brackets(a) > 1) }\n",
  ],
  [
    "an import twice",
    "name_twice",
    "use std.rewards { footnotes, footnotes }\nreward r(a: Answer) { total = soft(footnotes(a) > 1) }\n",
    "use std.rewards { footnotes }\nreward r(a: Answer) { total = soft(footnotes(a) > 1) }\n",
  ],
  ["a module of std", "missing_file", "use std.rewadrs { footnotes }\n", "use std.rewards { footnotes }\n"],
  [
    "a name is called as it should be wherever it is read",
    "name_case",
    "fn f(X: Float) -> Float = X * X\n",
    "fn f(x: Float) -> Float = x * x\n",
  ],
  [
    "tokens of two texts are summed first",
    "different_texts",
    `objective f(train policy: LanguageModel, pair: { prompt: Dialog, chosen: Answer, rejected: Answer }) {
  a = log(policy(pair.chosen | pair.prompt).tokens)
  b = log(policy(pair.rejected | pair.prompt).tokens)
  minimize mean(a - b)
}
`,
    `objective f(train policy: LanguageModel, pair: { prompt: Dialog, chosen: Answer, rejected: Answer }) {
  a = log(policy(pair.chosen | pair.prompt).tokens)
  b = log(policy(pair.rejected | pair.prompt).tokens)
  minimize mean(sum(a over token) - sum(b over token))
}
`,
  ],
  [
    "a number in quotes",
    "wrong_type",
    'fn f(n: Int) -> Int = n\nfn g() -> Int = f("12")\n',
    "fn f(n: Int) -> Int = n\nfn g() -> Int = f(12)\n",
  ],
  [
    "one text for a list of them",
    "wrong_type",
    'fn f(t: List<Text>) -> Int = count(t)\nfn g() -> Int = f("a")\n',
    'fn f(t: List<Text>) -> Int = count(t)\nfn g() -> Int = f(["a"])\n',
  ],
  [
    "a share above all of it",
    "outside_range",
    "fn f(x: Float in 0..0.5) -> Float = x\nfn g() -> Float = f(70%)\n",
    "fn f(x: Float in 0..0.5) -> Float = x\nfn g() -> Float = f(50%)\n",
  ],
])("%s", (_what, code, wrong, right) => {
  expect(mended({ "main.neuro": wrong }, code)?.["main.neuro"]).toBe(right);
  expect(checked({ "main.neuro": right }).diagnostics.map((each) => each.code)).not.toContain(code);
});

test("what is wrong inside a called body has no fix at the call", () => {
  const files = { "main.neuro": "fn f(x) = x + (x > 1)\nlayer g(y: [b]) -> [b] = f(y)\n" };
  expect(checked(files).diagnostics.filter((each) => each.fix)).toEqual([]);
});
