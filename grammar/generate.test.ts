import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { generated } from "./generate.ts";
import { kinds, reserved, signs } from "./tokens.ts";

const read = (path: string) => readFileSync(new URL(path, import.meta.url), "utf8");

test.each(Object.keys(generated))("%s is what the grammar generates now", (path) => {
  expect(read(path)).toBe(generated[path]!());
});

describe("the railroad page", () => {
  const page = generated["generated/railroad.html"]!();
  test("loads nothing and has a diagram for every link", () => {
    expect(page).not.toMatch(/<script|<link|src=|@import|https?:/);
    const links = [...page.matchAll(/href="#(\w+)"/g)].map((match) => match[1]);
    for (const link of links) expect(page).toContain(`<h2 id="${link}">`);
  });
  test("shows every word and sign of the language", () => {
    const shown = new Set(
      [...page.matchAll(/<text [^>]*>([^<]*)<\/text>/g)].map((match) => match[1]!.replace("&lt;", "<").replace("&gt;", ">")),
    );
    for (const text of [...reserved, ...kinds, ...Object.values(signs)])
      expect([...shown].some((label) => label === text || label === escapeHtml(text))).toBe(true);
  });
});

const escapeHtml = (text: string) => text.replaceAll("<", "&lt;").replaceAll(">", "&gt;");

describe("the highlighter", () => {
  const { repository } = JSON.parse(generated["generated/neuro.tmLanguage.json"]!()) as {
    repository: Record<string, { patterns: { name?: string; match?: string; captures?: Record<string, { name: string }> }[] }>;
  };
  /** What the rules of one group find in a line, as scope and text. */
  const find = (group: string, line: string) =>
    repository[group]!.patterns.flatMap(({ name, match, captures }) => {
      return [...line.matchAll(new RegExp(match!, "gu"))].flatMap((found) =>
        name ? [[name, found[0]]] : found.slice(1).map((text, i) => [captures![i + 1]!.name, text]),
      );
    }).filter(([, text]) => text !== undefined);

  test("every pattern is a regular expression", () => {
    const patterns = [...generated["generated/neuro.tmLanguage.json"]!().matchAll(/"(?:match|begin|end)": ("(?:[^"\\]|\\.)*")/g)];
    expect(patterns.length).toBeGreaterThan(15);
    for (const [, pattern] of patterns) expect(() => new RegExp(JSON.parse(pattern!) as string, "u")).not.toThrow();
  });
  test("tells a declaration from a name", () => {
    expect(find("declarations", "extern fn ema(live m: Weights)")).toEqual([
      ["storage.modifier.neuro", "extern"],
      ["storage.type.neuro", "fn"],
      ["entity.name.function.neuro", "ema"],
      ["storage.modifier.neuro", "live"],
    ]);
    expect(find("declarations", "  x = index + model")).toEqual([]);
  });
  test("tells a unit from what follows a number", () => {
    const scopes = (line: string) => find("numbers", line).map(([, text]) => text);
    expect(scopes("6 layers, 10%, 3e-4, 1..5 until")).toEqual(["6", "layers", "10", "%", "3e-4", "1", "5"]);
  });
  test("knows every reserved word", () => {
    for (const text of reserved) expect(find("words", `x ${text} y`).map(([, found]) => found)).toEqual([text]);
  });
});
