import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { check } from "../compiler/index.ts";
import { hostOf } from "../compiler/tests/library.ts";
import { format } from "../grammar/index.ts";
import { losses, searchFeatures } from "../runtime/trees/index.ts";

const page = readFileSync(new URL("trees.md", import.meta.url), "utf8");
const [spec] = [...page.matchAll(/^```neuro\n([\s\S]*?)^```$/gm)].map(([, text]) => text!);

test("the spec of the page checks clean, and is in the formatter's style", () => {
  expect(check(hostOf({ "main.neuro": spec! }), "main.neuro").diagnostics).toEqual([]);
  expect(format(spec!).text).toBe(spec);
});

test("the page names every loss, and every column but those that follow from others", () => {
  for (const loss of Object.keys(losses)) expect(page).toContain(`| \`${loss}\` |`);
  for (const column of searchFeatures.filter((name) => !name.endsWith("_share") && name !== "age"))
    expect(page).toContain(`\`${column}\``);
});

test("trees stand where a function ranks, and nothing else does; boost takes trees and their rows", () => {
  const faults = (line: string) =>
    check(hostOf({ "main.neuro": spec!.replace("rerank(found(prompt), by: quick,", line) }), "main.neuro").diagnostics.map(
      ({ code, text }) => [code, text],
    );
  expect(faults("rerank(found(prompt), by: library,")).toEqual([["wrong_type", expect.stringContaining("`by` of rerank")]]);
  expect(faults("rerank(found(prompt), by: quik,")).toEqual([
    ["unknown_name", expect.anything()],
    ...faults("rerank(found(prompt), by: quik,").slice(1),
  ]);
  const boosted = (text: string) =>
    check(
      hostOf({ "main.neuro": spec!.replace("boost(quick, on: valued(asked, by: worth)", text) }),
      "main.neuro",
    ).diagnostics.map(({ code }) => code);
  expect(boosted("boost(value, on: valued(asked, by: worth)")).toContain("wrong_type");
  expect(boosted("boost(quick, on: asked")).toContain("row_lacks_field");
  expect(boosted("boost(quick, on: valued(asked, by: worth), depht: 3")).toContain("unknown_parameter");
});
