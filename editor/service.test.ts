import { expect, test } from "vitest";
import { hostOf } from "../compiler/tests/library.ts";
import { Service } from "./service.ts";

const codes = (service: Service, path = "main.neuro") => service.view(path).checked.diagnostics.map(({ code }) => code);

test("an open document counts above the disk, and the disk counts again when it is closed", () => {
  const service = new Service(hostOf({ "main.neuro": "fn a() = 1\n" }));
  expect(codes(service)).toEqual([]);
  service.open("main.neuro", "fn a() = b\n");
  expect(codes(service)).toEqual(["unknown_name"]);
  service.close("main.neuro");
  expect(codes(service)).toEqual([]);
});

test("changes are replacements, each of the text that the one before left", () => {
  const service = new Service(hostOf({}));
  service.open("main.neuro", "fn a() = 1\n");
  service.change("main.neuro", [
    { start: 9, end: 10, text: "12" },
    { start: 11, end: 11, text: "3" },
  ]);
  expect(service.text("main.neuro")).toBe("fn a() = 123\n");
});

test("a file that others use is checked with them as it stands in its editor", () => {
  const files: { [path: string]: string } = {
    "main.neuro": 'use "./b.neuro" { b }\nfn a() -> Float = b(1)\n',
    "b.neuro": "fn b(x: Float) = x\n",
  };
  const service = new Service(hostOf(files));
  expect(codes(service)).toEqual([]);
  service.open("b.neuro", "fn b(x: Text) = x\n");
  expect(codes(service)).toContain("wrong_type");
  service.open("b.neuro", "fn c(x: Float) = x\n");
  expect(codes(service)).toEqual(["unknown_import"]);
  service.close("b.neuro");
  expect(codes(service)).toEqual([]);
  files["b.neuro"] = "fn b() = 1\n";
  service.touched(["b.neuro"]);
  expect(codes(service)).not.toEqual([]);
});

test("the TypeScript behind an extern is read again when it was touched", () => {
  const files: { [path: string]: string } = {
    "main.neuro": 'extern fn near(x: Float) -> Float from "./near.ts"\n',
    "near.ts": "export const near = (x: number): number => x;\n",
  };
  const service = new Service(hostOf(files));
  expect(codes(service)).toEqual([]);
  files["near.ts"] = "export const near = (x: string): number => 1;\n";
  service.touched(["near.ts"]);
  expect(codes(service)).toEqual(["extern_differs"]);
});

test("what a keystroke does not touch keeps its nodes and its types; what mentions it is checked again", () => {
  const text = "fn a(x: Float) -> Float = x + 1\nfn b(x: Float) -> Float = x * 2\nfn c(x: Float) = a(x)\n";
  const service = new Service(hostOf({ "main.neuro": text }));
  const [a, b, c] = declared(service);
  const types = [a, b, c].map((each) => service.view("main.neuro").checked.declared(each!));
  service.open("main.neuro", text.replace("x + 1", "x + 10"));
  const now = declared(service);
  expect(now[0]).not.toBe(a);
  expect(now.slice(1)).toEqual([b, c]);
  const after = now.map((each) => service.view("main.neuro").checked.declared(each!));
  expect(after[1]).toBe(types[1]);
  expect(after[2]).not.toBe(types[2]);
  expect(service.view("main.neuro").text.slice(b!.node.span.start, b!.node.span.end)).toBe("fn b(x: Float) -> Float = x * 2");
});

const declared = (service: Service) => [...service.view("main.neuro").module.declarations.values()];

test("a file that is not there has a view with one fault", () => {
  expect(codes(new Service(hostOf({})), "nowhere.neuro")).toEqual(["missing_file"]);
});

test("what is slow to find out is found once for each meaning", () => {
  const service = new Service(hostOf({}));
  let made = 0;
  const ask = (key: string) => service.remembered("cost", key, () => ++made);
  expect([ask("a"), ask("a"), ask("b")]).toEqual([1, 1, 2]);
});
