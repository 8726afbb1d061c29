import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Project as RealProject, ts } from "ts-morph";
import { beforeEach, describe, expect, test } from "vitest";
import { check } from "../../compiler/check.ts";
import { emitModule } from "../../compiler/emit/index.ts";
import { meaningOf } from "../../compiler/meaning.ts";
import { hostOf, library, stdFiles } from "../../compiler/tests/library.ts";
import { format } from "../../grammar/index.ts";
import { Session } from "./session.ts";
import { Project } from "./ts-morph.ts";

const std = Object.fromEntries(stdFiles.map((path) => [path, library.read(path)!]));
const folder = join(import.meta.dirname, "examples");
const examples = readdirSync(folder).map((file) => [file, readFileSync(join(folder, file), "utf8")] as const);

describe.each(examples)("the example %s", (_, text) => {
  test("checks clean, is formatted, and becomes something", async () => {
    const session = new Session(std, "0", { "main.neuro": text });
    expect(session.problems()).toEqual([]);
    expect(format(text).text).toBe(text);
    for (const { name } of session.programs().slice(0, 1))
      for (const kind of ["wgsl", "onnx", "plan"] as const) expect(await session.form(kind, name)).toHaveProperty("text");
  });

  test("its TypeScript is laid out to the byte as a build's is", async () => {
    const checked = check(hostOf({ "main.neuro": text }), "main.neuro");
    const meaning = (declaration: Parameters<typeof meaningOf>[1]) => meaningOf(checked, declaration);
    const { ts: emitted } = await emitModule(checked, { name: "playground", version: "0", meaning });
    const rough = emitted.replace(/^ +/gm, "").replace(/ {/g, "{");
    (globalThis as { ts?: typeof ts }).ts = ts;
    const laidOut = (Kind: typeof Project | typeof RealProject) => {
      const file = new Kind({ useInMemoryFileSystem: true } as never).createSourceFile("index.ts", rough);
      file.formatText({ indentSize: 2, ensureNewLineAtEndOfFile: true });
      return file.getFullText();
    };
    expect(laidOut(Project)).toBe(laidOut(RealProject));
    expect(laidOut(Project)).not.toBe(rough);
  });
});

describe("a spec that is typed", () => {
  const text = "use std.rewards { footnotes }\nreward quality(answer: Answer) {\n  total = soft(footnotes(answer) >= 3)\n}\n";
  let session: Session;
  beforeEach(() => {
    session = new Session(std, "0", { "main.neuro": text });
  });

  test("is checked again after each change, and has no forms while it is wrong", async () => {
    expect(session.problems()).toEqual([]);
    session.edit(text.replace("footnotes(answer)", "footnote(answer)"));
    expect(session.problems().map(({ code }) => code)).toContain("unknown_name");
    expect(await session.form("typescript")).toEqual({ missing: "The spec has errors.", fixable: true });
    session.edit(text);
    expect(session.problems()).toEqual([]);
    expect(await session.form("wgsl")).toEqual({
      missing: "The spec declares no model with weights of its own, so it becomes no tensor programs.",
    });
  });

  test("is explained, completed and gone through, the library's files too", () => {
    const at = text.indexOf("footnotes(answer)");
    expect(session.hover("main.neuro", at + 2)!.markdown).toContain("How many footnotes stand in an answer");
    expect(session.completion("main.neuro", at + 4).map(({ label }) => label)).toContain("footnotes");
    const [place] = session.definition("main.neuro", at + 2);
    expect(place!.file).toBe("std/rewards.neuro");
    expect(session.read("std/rewards.neuro")!.slice(place!.start, place!.end)).toContain("footnotes");
    expect(session.symbols("std/rewards.neuro").map(({ name }) => name)).toContain("footnotes");
  });

  test("what a hint says is offered as an edit that mends it", () => {
    const wrong = text.replace("footnotes(answer)", "footnotess(answer)");
    session.edit(wrong);
    const start = wrong.indexOf("footnotess");
    const mending = session.codeActions("main.neuro", { start, end: start }).find(({ preferred }) => preferred)!;
    const [edit] = mending.edits;
    session.edit(wrong.slice(0, edit!.start) + edit!.text + wrong.slice(edit!.end));
    expect(session.problems()).toEqual([]);
  });

  test("costs are found out a piece at a time, and then stand as hints", () => {
    const [, spec] = examples.find(([file]) => file === "layer.neuro")!;
    session.edit(spec);
    const labels = () => session.inlayHints("main.neuro", { start: 0, end: spec.length }).map(({ label }) => label);
    expect(labels().some((label) => label.includes("weights"))).toBe(false);
    while (session.learnCost());
    expect(labels().some((label) => label.includes("weights"))).toBe(true);
  });
});
