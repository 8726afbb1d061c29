import { expect, test } from "vitest";
import { parse } from "./index.ts";
import { syntaxPages } from "./pages.ts";

const codes = (text: string) => parse(text, "x.neuro").diagnostics.map(({ code }) => code);

test.each(syntaxPages.filter(({ wrong }) => wrong !== ""))(
  "$code: the wrong text yields it and nothing else, the right one nothing",
  (page) => {
    expect(codes(page.wrong)).toEqual([page.code]);
    expect(codes(page.right)).toEqual([]);
  },
);

test("the codes without a short text are reported too", () => {
  expect(codes("\u0000")).toEqual(["not_text"]);
  expect(codes(`fn f() = ${"(".repeat(1000)}`)).toContain("too_deep");
  expect(codes("type A = a | b\n".repeat(200_000))).toContain("too_large");
});
