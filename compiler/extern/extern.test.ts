import { expect, test } from "vitest";
import { check } from "../check.ts";
import { hostOf } from "../tests/library.ts";

/** What is said about a declaration and the TypeScript behind it. */
function said(declaration: string, ts: string): string[] {
  const files = { "main.neuro": `${declaration} from "./x.ts"`, "x.ts": ts };
  return check(hostOf(files), "main.neuro").diagnostics.map(({ code, text }) => `${code}: ${text}`);
}

test("numbers, texts, lists, records and enumerations have one form each", () => {
  const declaration = "extern fn f(n: Int, t: Text, xs: List<Float>, r: { a: Bool }) -> Float";
  expect(
    said(declaration, "export function f(n: number, t: string, xs: readonly number[], r: { a: boolean }): number { return n; }"),
  ).toEqual([]);
  expect(
    said(
      declaration,
      "export const f = async (n: number, t: string, xs: number[], r: { readonly a: boolean }): Promise<number> => n;",
    ),
  ).toEqual([]);
  expect(
    said(declaration, "export function f(n: number, t: number, xs: readonly number[], r: { a: boolean }): number { return n; }"),
  ).toEqual(["extern_differs: f in ./x.ts: `t: number` is not string."]);
});

test("parameters with a default come in one last object", () => {
  const declaration = "extern fn f(a: Text, n: Int = 3, deep: Bool = false) -> Text";
  expect(
    said(declaration, "export function f(a: string, { n, deep }: { n: number; deep: boolean }): string { return a; }"),
  ).toEqual([]);
  expect(said(declaration, "export function f(a: string, n: number): string { return a; }")).toEqual([
    "extern_differs: f in ./x.ts: what has a default comes in a last object, not in `number`.",
  ]);
  expect(said(declaration, "export function f(a: string, o: { n: string }): string { return a; }")).toEqual([
    "extern_differs: f in ./x.ts: the option `n: string` is not number.",
  ]);
});

test("what is not exported is said, and what another file declares is followed", () => {
  expect(said("extern fn f(a: Text) -> Text", "function f(a: string): string { return a; }")).toEqual([
    "extern_differs: f in ./x.ts: nothing called f is exported.",
  ]);
  const files = {
    "main.neuro": 'extern fn f(a: Text) -> Text from "./x.ts"',
    "x.ts": 'export { g as f } from "./y.ts";',
    "y.ts": "export function g(a: number): string { return String(a); }",
  };
  expect(check(hostOf(files), "main.neuro").diagnostics.map(({ code }) => code)).toEqual(["extern_differs"]);
});

test("comments and strings that look like code are passed over", () => {
  const ts =
    '// export function f(a: number): number\nconst s = "export function f(a: number)";\nexport function f(/* the text */ a: string): string { return a + s; }';
  expect(said("extern fn f(a: Text) -> Text", ts)).toEqual([]);
});

test("a result of another type is said; one that is inferred is trusted", () => {
  expect(said("extern fn f(a: Text) -> Int", "export function f(a: string): Promise<string> { return g(a); }")).toEqual([
    "extern_differs: f in ./x.ts: it gives `Promise<string>`, not number.",
  ]);
  expect(said("extern fn f(a: Text) -> Int", "export function f(a: string) { return a.length; }")).toEqual([]);
});

test("a function may leave out what it does not need, and may not ask for what nobody gives", () => {
  expect(
    said("extern stage f(docs: Docs, top: Int = 5) -> Docs", "export function f(docs: Docs): Docs { return docs; }"),
  ).toEqual([]);
  expect(said("extern fn f(a: Text) -> Text", "export function f(a: string, b: string): string { return a; }")).toEqual([
    "extern_differs: f in ./x.ts: the parameter `b` is given by nobody.",
  ]);
});

test("enumerations are unions of their cases", () => {
  const main = 'type Side = left | right\nextern fn f(side: Side) -> Text from "./x.ts"';
  const found = (ts: string) =>
    check(hostOf({ "main.neuro": main, "x.ts": ts }), "main.neuro").diagnostics.map(({ code }) => code);
  expect(found('export function f(side: "left" | "right"): string { return side; }')).toEqual([]);
  expect(found('export function f(side: "left" | "up"): string { return side; }')).toEqual(["extern_differs"]);
});
