/**
 * A training step of an encoder-decoder (training-step.neuro, compiled) against the same step in PyTorch eager (training-step.py), both in one run, taking
 * turns: width 256, 4 + 4 layers, 8 heads, vocabulary 8192, batch 16, 128 + 64 tokens, clipping and AdamW.
 *   node bench/training-step.ts [--threads 1,2] [--rounds 7] [--python python3] [--profile]
 * `--profile` tells instead where the time of our step goes. The table is in training-step.md.
 */
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { objectivePrograms } from "../compiler/lower/objective.ts";
import { modelOf, stdlib } from "../compiler/lower/testing.ts";
import type { Callable } from "../grammar/index.ts";
import type { Port, Program } from "../kernels/index.ts";
import { numbers } from "../kernels/ops/drawn.ts";
import { compared, fresh, head, optimiser, profiled, serve, written } from "./step.ts";

const { values: flags } = parseArgs({
  options: {
    threads: { type: "string", default: "1,2" },
    rounds: { type: "string", default: "7" },
    python: { type: "string", default: "python3" },
    profile: { type: "boolean", default: false },
    serve: { type: "string" },
  },
});

const vocabulary = 8192;
const sizes = { batch: 16, source: 128, answer: 64 };

function compiled(): Program {
  const spec = readFileSync(new URL("./training-step.neuro", import.meta.url), "utf8").replace(/^use .*$/gm, "");
  const { context, instance, objective } = modelOf([stdlib("models"), stdlib("objectives"), spec], "translator", vocabulary);
  const decl = objective("cross_entropy") as Callable;
  const made = objectivePrograms(context, { decl, models: new Map([["policy", instance]]), name: "translator.cross_entropy" });
  if (!made) throw new Error("the specification has faults");
  return made.step.program;
}

/** Weights near those of a fresh model, ids anywhere in the vocabulary, all of the text there. */
function placed(port: Port, next: () => number): number {
  if (port.name.endsWith(".present")) return 1;
  if (port.dtype === "i32") return Math.floor(next() * vocabulary);
  return port.role === "weight" ? fresh(port, next) : (optimiser[port.name] ?? 0);
}

const threads = flags.threads.split(",").map(Number);
if (flags.serve !== undefined) await serve(flags.serve, threads[0]!);
else {
  const next = numbers(7);
  const folder = written(compiled(), sizes, (port) => placed(port, next));
  try {
    if (flags.profile) await profiled(folder, threads[0]!);
    else {
      console.log(head("threads"));
      const theirs = [join(import.meta.dirname, "training-step.py")];
      for (const n of threads) {
        const given = { threads: n, rounds: Number(flags.rounds), ours: import.meta.filename, python: flags.python, theirs };
        const ratio = await compared(String(n), folder, given);
        console.log(`PyTorch / neuro on ${n} thread(s): ${ratio.toFixed(2)}`);
      }
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
}
