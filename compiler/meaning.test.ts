import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { check } from "./check.ts";
import { meaningOf } from "./meaning.ts";
import { hostOf } from "./tests/library.ts";

const target = readFileSync(join(import.meta.dirname, "tests/neuro.neuro"), "utf8");

function meaning(text: string, name: string, files: Readonly<{ [path: string]: string }> = {}): string {
  const checked = check(hostOf({ "main.neuro": text, ...files }), "main.neuro");
  return meaningOf(checked, checked.entry.declarations.get(name)!);
}

test("comments, blank lines and the order of declarations mean nothing", () => {
  const other = target
    .replace(/^\/\/.*$/gm, "")
    .replace("reward quality(", "\n\n// worth\nreward quality(")
    .replace(/^serve site .*\n/m, "");
  expect(meaning(other, "quality")).toBe(meaning(target, "quality"));
});

test("names of locals mean nothing, names of terms do not change what follows", () => {
  const before = "fn worth(x: Float) -> Float {\n  y = x + 1\n  y * y\n}";
  expect(meaning(before.replaceAll("y", "z"), "worth")).toBe(meaning(before, "worth"));
  expect(meaning(before.replace("y * y", "y * x"), "worth")).not.toBe(meaning(before, "worth"));
});

test("a coefficient changes what reaches it and nothing else", () => {
  const other = target.replace("0.5 * wins.main", "0.6 * wins.main");
  expect(meaning(other, "quality")).not.toBe(meaning(target, "quality"));
  expect(meaning(other, "neuro")).not.toBe(meaning(target, "neuro"));
  expect(meaning(other, "direct")).toBe(meaning(target, "direct"));
  expect(meaning(other, "answer")).toBe(meaning(target, "answer"));
});

test("the file behind an extern is part of what it means", () => {
  const text = 'extern fn twice(x: Float) -> Float from "./twice.ts"\nfn four(x: Float) -> Float = twice(twice(x))';
  const file = (body: string) => ({ "twice.ts": `export function twice(x: number): number {\n  return ${body};\n}\n` });
  expect(meaning(text, "four", file("2 * x"))).toBe(meaning(text, "four", file("2 * x")));
  expect(meaning(text, "four", file("2 * x"))).not.toBe(meaning(text, "four", file("x + x")));
});

test("renaming a declaration that another uses changes neither", () => {
  const text = "fn inner(x: Float) -> Float = x + 1\nfn outer_one(x: Float) -> Float = 2 * inner(x)";
  expect(meaning(text.replaceAll("inner", "plus"), "outer_one")).toBe(meaning(text, "outer_one"));
});
