// What llama.cpp computes for decoders of random weights and for blocks of random bytes, written down for the tests of the importer.
// node bench/llama-logits.ts --llama FOLDER    (a folder in which `npm install node-llama-cpp` was run)
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { writeAtomically } from "../runtime/files.ts";
import { Tokenizer } from "../runtime/text/tokenizer.ts";
import { ggufOf } from "../runtime/weights/gguf/export.ts";
import { type Probed, probed, probeFile } from "../tests/import/block-probe.ts";
import { centred, randomDecoders, randomModel } from "../tests/import/random-decoders.ts";
import { hardTexts, smallTokenizers } from "../tests/import/tokenizers.ts";

const { llama: place } = parseArgs({ options: { llama: { type: "string" } } }).values;
if (place === undefined) throw new Error("say where node-llama-cpp is installed: --llama FOLDER");
const modules = join(resolve(place), "node_modules/node-llama-cpp");
const { getLlama, LlamaLogLevel } = await import(pathToFileURL(join(modules, "dist/index.js")).href);
const { version } = JSON.parse(readFileSync(join(modules, "package.json"), "utf8"));
const llama = await getLlama({ gpu: false, build: "never", logLevel: LlamaLogLevel.error });
const folder = mkdtempSync(join(tmpdir(), "neuro-llama-"));

/** The logits after each prompt. Caches of 32 bits, so that nothing is rounded that is not a sum. */
async function logitsOf(path: string, prompts: readonly (readonly number[])[]): Promise<number[][]> {
  const model = await llama.loadModel({ modelPath: path });
  const cache = { experimentalKvCacheKeyType: "F32", experimentalKvCacheValueType: "F32" };
  const context = await model.createContext({ contextSize: 64, flashAttention: false, ...cache });
  const sequence = context.getSequence();
  const found: number[][] = [];
  for (const prompt of prompts) {
    await sequence.clearHistory();
    const last = prompt.length - 1;
    const asked = prompt.map((id, i) => (i === last ? [id, { generateNext: { logits: true } }] : id));
    const told = (await sequence.controlledEvaluate(asked))[last].next.logits as Map<number, number>;
    found.push(Array.from({ length: told.size }, (_, id) => told.get(id)!));
  }
  await context.dispose();
  await model.dispose();
  return found;
}

const short = (values: readonly number[]): number[] => values.map((value) => Number(value.toPrecision(7)));
const decoders: Record<string, number[][]> = {};
for (const decoder of randomDecoders) {
  const path = join(folder, "random.gguf");
  writeAtomically(path, ggufOf(randomModel(decoder), "F32").parts);
  decoders[decoder.name] = (await logitsOf(path, decoder.prompts)).map((logits) => short(centred(logits)));
}
const blocks: Record<string, number[]> = {};
for (const name of Object.keys(probed) as Probed[]) {
  const path = join(folder, "blocks.gguf");
  writeFileSync(path, probeFile(name));
  blocks[name] = short((await logitsOf(path, [[7]]))[0]!);
}
const texts: Record<string, number[][]> = {};
for (const [name, json] of Object.entries(smallTokenizers())) {
  const path = join(folder, "tokenizer.gguf");
  const tokenizer = Tokenizer.parse(json, name, name === "pieces" ? {} : { bos_token: "<|begin|>", eos_token: "<|end|>" });
  const [decoder] = randomDecoders;
  const config = { ...decoder!.config, vocab: tokenizer.size };
  writeAtomically(path, ggufOf({ ...randomModel({ ...decoder!, config }), tokenizer }, "F32").parts);
  const model = await llama.loadModel({ modelPath: path });
  texts[name] = hardTexts.map((text) => [...model.tokenize(text, false)]);
  await model.dispose();
}
await llama.dispose();
rmSync(folder, { recursive: true });
const out = join(import.meta.dirname, "../tests/import/llama-logits.json");
const lines = (cases: object): string => JSON.stringify(cases).replace(/("[\w ]+":\[)/g, "\n    $1");
writeAtomically(
  out,
  `{\n  "by": "node-llama-cpp ${version}, bench/llama-logits.ts",\n  "decoders": ${lines(decoders)},\n  "blocks": ${lines(blocks)},\n  "texts": ${lines(texts)}\n}\n`,
);
console.log(`written: ${out}`);
