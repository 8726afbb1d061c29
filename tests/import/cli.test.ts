// neuroc import and neuroc export as a stranger meets them.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { writeAtomically } from "../../runtime/files.ts";
import { ggufOf } from "../../runtime/weights/gguf/export.ts";
import { randomDecoders, randomModel } from "./random-decoders.ts";

const neuroc = join(import.meta.dirname, "../../bin/neuroc.mjs");
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "neuro-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

function run(...words: string[]): { code: number | null; out: string; err: string } {
  const env = { ...process.env, NO_COLOR: "1" };
  const { status, stdout, stderr } = spawnSync(process.execPath, [neuroc, ...words], { cwd: folder, encoding: "utf8", env });
  return { code: status, out: stdout, err: stderr };
}

test("a GGUF file becomes a spec that checks clean, which goes to a folder and comes back with the same weights", () => {
  const decoder = randomDecoders.at(-1)!;
  writeAtomically(join(folder, "Tiny-Qwen.gguf"), ggufOf(randomModel(decoder), "F32").parts);
  const imported = run("import", "Tiny-Qwen.gguf", "--json");
  expect(imported.code).toBe(0);
  const facts = JSON.parse(imported.out);
  expect(facts).toMatchObject({ name: "tiny", architecture: "Decoder", config: decoder.config, window: 64 });
  expect(readdirSync(join(folder, "tiny")).sort()).toContain("tiny.lineage.json");
  expect(readFileSync(join(folder, "tiny/main.neuro"), "utf8")).toContain("norms:     true");
  expect(run("check", "tiny").code).toBe(0);
  expect(run("fmt", "--check", "tiny/main.neuro").code).toBe(0);
  expect(run("export", "tiny", "--to", "hf")).toMatchObject({ code: 0, out: "hf: tiny\n" });
  expect(JSON.parse(readFileSync(join(folder, "hf/config.json"), "utf8")).model_type).toBe("qwen3");
  mkdirSync(join(folder, "again"));
  const again = run("import", "hf", "--as", "tiny", "--out", "again", "--json");
  expect(JSON.parse(again.out).weights).toBe(facts.weights);
  expect(readFileSync(join(folder, "again/tiny.safetensors"))).toEqual(readFileSync(join(folder, "tiny/tiny.safetensors")));
}, 120_000);

test("a file whose tokenizer cannot be read is imported with another one, and the spec that it makes names it", () => {
  const { name, ...decoder } = randomDecoders[0]!;
  const bytes = Buffer.concat([...ggufOf(randomModel({ name, ...decoder }), "F32").parts]);
  // The kind of the tokenizer, `llama`, becomes one of the same length that is not known.
  const key = bytes.indexOf("tokenizer.ggml.model") + "tokenizer.ggml.model".length + 4 + 8;
  bytes.write("sigma", key, "latin1");
  writeAtomically(join(folder, "odd.gguf"), bytes);
  expect(run("import", "odd.gguf").err).toMatch(/has a tokenizer of the kind sigma; llama and gpt2 are read.*--tokenizer/s);
  const vocab = Object.fromEntries(Array.from({ length: 200 }, (_, id) => [id === 0 ? "</s>" : `t${id}`, id]));
  writeAtomically(join(folder, "other.json"), JSON.stringify({ model: { type: "BPE", vocab, merges: [] } }));
  const { notes } = JSON.parse(run("import", "odd.gguf", "--tokenizer", "other.json", "--json").out);
  expect(notes).toEqual(["72 rows of its table are no token: named [PAD200] and so on"]);
  expect(run("check", "odd").code).toBe(0);
}, 120_000);

test("what cannot be imported or exported is said in two sentences, with nothing left behind", () => {
  writeAtomically(join(folder, "model.gguf"), "GGUF but not quite");
  const said = (words: string[], code: number, text: RegExp): void => {
    const { code: exit, err } = run(...words);
    expect(err).toMatch(text);
    expect(err).toMatch(/hint:/);
    expect(err).not.toMatch(/fault of its own|\n\s+at .*:\d+:\d+/);
    expect(exit).toBe(code);
  };
  said(["import", "model.gguf"], 1, /model.gguf cannot be used as GGUF/);
  said(["import", "nothing"], 1, /There is no file nothing/);
  said(["import", "model.gguf", "--as", "Model"], 2, /a model cannot be called Model/);
  writeAtomically(join(folder, "main.neuro"), "fn f(x: Int) -> Int = x\n");
  said(["export", "--to", "out"], 2, /this spec has 0 models with weights/);
  said(["export", "--to", "out.gguf", "--type", "bf16"], 2, /a GGUF file is not written as bf16/);
  expect(readdirSync(folder).sort()).toEqual(["main.neuro", "model.gguf"]);
  expect(existsSync(join(folder, "out"))).toBe(false);
}, 120_000);
