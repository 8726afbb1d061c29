/**
 * Decoding with a decoder-only model of std (width 512, 8 layers, 8 heads, gated by SiLU with 1408 channels, vocabulary 8192), against llama.cpp with a
 * model of the same shapes, and against a plain ONNX export of it (operator by operator, caches grown by concatenation, nothing fused by hand). All
 * take turns in one run, each in a process of its own.
 *   node bench/decoding.ts --llama FOLDER [--precisions f32,int8,int4] [--threads 1,2] [--rows 1,8] [--tokens 128] [--rounds 5] [--profile]
 * FOLDER has node-llama-cpp: `mkdir FOLDER && cd FOLDER && npm init -y && npm install node-llama-cpp@3.22.1`; without it llama.cpp is left out.
 * The table is in decoding.md.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { type Precision, writeGguf } from "./decoding/model.ts";
import { median, Worker } from "./peer.ts";

const { values: flags } = parseArgs({
  options: {
    llama: { type: "string" },
    precisions: { type: "string", default: "f32,int8,int4" },
    threads: { type: "string", default: "1,2" },
    rows: { type: "string", default: "1,8" },
    tokens: { type: "string", default: "128" },
    rounds: { type: "string", default: "5" },
    profile: { type: "boolean", default: false },
  },
});

const list = (text: string): string[] => text.split(",");

/** One setting: every side writes as many tokens, in turns; the medians of tokens in a second. */
async function compared(precision: Precision, threads: string, rows: string, gguf: string): Promise<void> {
  const side = (file: string, ...more: string[]) =>
    new Worker(process.execPath, [join(import.meta.dirname, "decoding", file), precision, threads, rows, ...more]);
  const sides: { name: string; worker: Worker; seconds: number[]; work: number[] }[] = [
    { name: "neuro", worker: side("ours.ts"), seconds: [], work: [] },
  ];
  if (precision !== "int4") sides.push({ name: "plain ONNX", worker: side("plain.ts"), seconds: [], work: [] });
  if (flags.llama) sides.push({ name: "llama.cpp", worker: side("llama.ts", flags.llama, gguf), seconds: [], work: [] });
  const tokens = Number(flags.tokens);
  for (let round = 0; round <= Number(flags.rounds); round++)
    for (const { worker, seconds, work } of sides) {
      const found = (await worker.ask(`run ${tokens}`)) as { seconds: number; work: number };
      if (round > 0) seconds.push(found.seconds);
      if (round > 0) work.push(found.work);
    }
  type Side = (typeof sides)[number];
  const rate = (s: Side) => (Number(rows) * tokens) / median(s.seconds);
  // What a processor at work writes in a second does not depend on what else the machine does.
  const atWork = (s: Side) => (Number(rows) * tokens) / median(s.work);
  const than = (s: Side, of: (s: Side) => number) => (of(sides[0]!) / of(s)).toFixed(2);
  for (const s of sides) {
    s.worker.end();
    const cells = [precision, threads, rows, s.name, rate(s).toFixed(0), than(s, rate), atWork(s).toFixed(0), than(s, atWork)];
    console.log(`| ${cells.join(" | ")} |`);
  }
}

const folder = mkdtempSync(join(tmpdir(), "neuro-decoding-"));
try {
  if (flags.profile) {
    const { profile } = await import("./decoding/ours.ts");
    for (const precision of list(flags.precisions))
      await profile(precision as Precision, Number(flags.threads[0]), Number(flags.rows[0]));
  } else {
    console.log(
      "| weights | threads | streams | | tokens/s | neuro is | tokens a second at work | neuro is |\n| --- | --- | --- | --- | --- | --- | --- | --- |",
    );
    for (const precision of list(flags.precisions) as Precision[]) {
      const gguf = flags.llama ? writeGguf(folder, precision) : "";
      for (const threads of list(flags.threads))
        for (const rows of list(flags.rows)) await compared(precision, threads, rows, gguf);
    }
  }
} finally {
  rmSync(folder, { recursive: true });
}
