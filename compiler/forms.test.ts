import { expect, test } from "vitest";
import { check } from "./check.ts";
import { notInThisVersion } from "./diagnostics/not_in_this_version.ts";
import { openForms } from "./forms.ts";
import { hostOf } from "./tests/library.ts";

const spec = `use std.models { Encoder, scalar }
use std.objectives { regression }

source pages = files("*.md")
tokenizer words = bpe(vocab: 512, from: pages)
model judge: Encoder { tokenizer: words, width: 16, heads: 2, depth: 1 layers, head: scalar }
fn bent(a: [..], b: [..]) -> [..] = (a + b) / 2
pipeline answer(prompt: Dialog) -> Text { last(prompt) }
`;

test("a spec becomes programs, and each of their forms names lines of the spec", async () => {
  const forms = openForms(check(hostOf({ "main.neuro": spec }), "main.neuro"));
  expect(forms.diagnostics).toEqual([]);
  expect(forms.programs.map(({ name }) => name)).toEqual(["judge.forward"]);
  expect(forms.programs[0]!.lines.some((line) => line.startsWith("std/models.neuro:"))).toBe(true);
  const line = /std\/models\.neuro:\d+/;
  expect(forms.wgsl("judge.forward")).toMatch(line);
  expect(forms.onnx("judge.forward")).toMatch(line);
  expect(forms.plan("judge.forward")).toMatch(line);
  expect(await forms.typescript("small", "0")).toContain('"main.neuro:8"');
});

test("what this version cannot run is said, and nothing is made of it", () => {
  const wrong = notInThisVersion.wrong as string;
  const forms = openForms(check(hostOf({ "main.neuro": wrong }), "main.neuro"));
  expect(forms.diagnostics.map(({ code }) => code)).toContain("not_in_this_version");
  expect(forms.programs).toEqual([]);
});
