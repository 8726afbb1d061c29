/** llama.cpp's side of bench/decoding.ts: `node llama.ts PRECISION THREADS ROWS FOLDER GGUF`. */
import { createRequire } from "node:module";
import { join } from "node:path";
import { Worker } from "../peer.ts";

interface Sequence {
  evaluate(tokens: number[], options: object): AsyncIterable<number>;
  clearHistory(): Promise<void>;
}

const [, , , threads, rows, folder, gguf] = process.argv;
const { getLlama } = (await import(createRequire(join(folder!, "package.json")).resolve("node-llama-cpp"))) as {
  getLlama(options: object): Promise<{
    loadModel(options: object): Promise<{ createContext(options: object): Promise<{ getSequence(): Sequence }> }>;
  }>;
};
const llama = await getLlama({ gpu: false, build: "never", logLevel: "disabled", maxThreads: Number(threads) });
const model = await llama.loadModel({ modelPath: gguf, gpuLayers: 0 });
const context = await model.createContext({
  contextSize: 512,
  sequences: Number(rows),
  threads: Number(threads),
  flashAttention: true,
});
const sequences = Array.from({ length: Number(rows) }, () => context.getSequence());

async function written(sequence: Sequence, count: number, first: number): Promise<void> {
  await sequence.clearHistory();
  let n = 0;
  for await (const _ of sequence.evaluate([first], { temperature: 0, yieldEogToken: true })) if (++n === count) break;
}

await Worker.answer({}, async (count) => {
  const from = performance.now();
  await Promise.all(sequences.map((s, i) => written(s, count, 300 + i)));
  return { seconds: (performance.now() - from) / 1000 };
});
process.exit(0);
