// Decoders of random weights tell what llama.cpp tells of them, through files that our writer made and our reader reads; and blocks of random
// bytes mean to our reader what they mean to llama.cpp. Its numbers were written down by bench/llama-logits.ts.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openCpu } from "../../runtime/device/cpu.ts";
import type { Device } from "../../runtime/device/device.ts";
import { writeAtomically } from "../../runtime/files.ts";
import { Tokenizer } from "../../runtime/text/tokenizer.ts";
import { ggufOf } from "../../runtime/weights/gguf/export.ts";
import { openForeign } from "../../runtime/weights/open.ts";
import { type Probed, probed, probeFile } from "./block-probe.ts";
import { teller } from "./programs.ts";
import { centred, randomDecoders, randomModel } from "./random-decoders.ts";
import { hardTexts, smallTokenizers } from "./tokenizers.ts";

type Recorded = { decoders: Record<string, number[][]>; blocks: Record<Probed, number[]>; texts: Record<string, number[][]> };
const recorded: Recorded = JSON.parse(readFileSync(join(import.meta.dirname, "llama-logits.json"), "utf8"));
let device: Device;
let folder: string;

beforeAll(async () => {
  device = await openCpu();
  folder = mkdtempSync(join(tmpdir(), "neuro-"));
});
afterAll(async () => {
  await device.close();
  rmSync(folder, { recursive: true });
});

test.each(randomDecoders)("$name of random weights has llama.cpp's logits", async (decoder) => {
  const { name, config, prompts } = decoder;
  const path = join(folder, "random.gguf");
  writeAtomically(path, ggufOf(randomModel(decoder), "F32").parts);
  const foreign = openForeign(path);
  expect(foreign.config).toEqual(config);
  const model = await teller(device, foreign, foreign.window, (weight) => foreign.tensors.get(weight)!);
  foreign.close();
  for (const [i, prompt] of prompts.entries()) {
    const ours = centred(await model.next(prompt));
    const worst = Math.max(...ours.map((each, id) => Math.abs(each - recorded.decoders[name]![i]![id]!)));
    expect(worst).toBeLessThan(1e-3);
  }
});

test.each(Object.keys(probed) as Probed[])("blocks of %s mean what llama.cpp takes them for", (name) => {
  const path = join(folder, "blocks.gguf");
  writeFileSync(path, probeFile(name));
  const foreign = openForeign(path);
  const width = foreign.config.width;
  const row = foreign.tensors
    .get("table")!
    .read()
    .subarray(7 * width, 8 * width);
  foreign.close();
  const scale = Math.sqrt(row.reduce((sum, x) => sum + x * x, 0) / width + 4);
  const expected = recorded.blocks[name].slice(0, width);
  // Without a good number of different values the comparison would say little.
  expect(new Set(expected).size).toBeGreaterThan(8);
  for (const [i, logit] of expected.entries())
    expect(Math.abs(row[i]! / scale - logit)).toBeLessThan(2e-6 * Math.max(1, Math.abs(logit)));
});

test.each(Object.entries(smallTokenizers()))("texts are cut by %s as llama.cpp cuts them", (name, json) => {
  const tokenizer = Tokenizer.parse(json, name, name === "pieces" ? {} : { eos_token: "<|end|>" });
  for (const [i, text] of hardTexts.entries()) {
    expect([text, tokenizer.encode(text)]).toEqual([text, recorded.texts[name]![i]]);
    expect(tokenizer.decode(tokenizer.encode(text))).toBe(text);
    const { starts, ends } = tokenizer.encodeWithSpans(text);
    // Token after token, the spans are the text, but for characters of several tokens, which each of them spans.
    expect(starts.map((start, k) => text.slice(Math.max(start, ends[k - 1] ?? 0), ends[k])).join("")).toBe(text);
  }
});
