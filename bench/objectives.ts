/**
 * One optimisation step of cross entropy, of DPO and of PPO (std's own objectives, compiled) against the same step in PyTorch eager (objectives.py), taking
 * turns in one run: std's Decoder of 4 layers and width 256, 8 heads, vocabulary 8192, 16 texts of 96 to 192 tokens of which 32 to 64 are an answer
 * (for DPO 8 pairs of them, for PPO a critic of the same size besides, `entropy: false`), clipping and AdamW.
 *   node bench/objectives.ts [--objectives cross_entropy,dpo,ppo] [--threads 1,2] [--rounds 5] [--python python3] [--profile]
 * `--profile` tells instead where the time of our steps goes. The table is in objectives.md.
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
    objectives: { type: "string", default: "cross_entropy,dpo,ppo" },
    threads: { type: "string", default: "1,2" },
    rounds: { type: "string", default: "5" },
    python: { type: "string", default: "python3" },
    profile: { type: "boolean", default: false },
    serve: { type: "string" },
  },
});

const vocabulary = 8192;
const [longest, least, most] = [128, 32, 64];

/** What each objective is given besides the policy, and how many rows make 16 texts. */
const uses: Readonly<
  Record<string, { rows: number; models: Record<string, "policy" | "critic">; numbers?: Record<string, number> }>
> = {
  cross_entropy: { rows: 16, models: { policy: "policy" } },
  dpo: { rows: 8, models: { policy: "policy", reference: "policy" } },
  ppo: { rows: 16, models: { policy: "policy", value: "critic" }, numbers: { entropy: 0 } },
};

/** The defaults of the objectives' own numbers. */
const scalars: Readonly<Record<string, number>> = {
  ...optimiser,
  rate: 1e-4,
  ...{ β: 0.1, ε: 0.2, ε_value: 0.2, kl: 0.05, γ: 1, λ: 0.95, share: 0.1 },
};

function compiled(name: string): Program {
  const spec = readFileSync(new URL("./objectives.neuro", import.meta.url), "utf8");
  const texts = [stdlib("models"), stdlib("decoders"), stdlib("objectives"), spec].map((t) => t.replace(/^use .*$/gm, ""));
  const { context, instance, objective } = modelOf(texts, "policy", vocabulary);
  const models = { policy: instance, critic: modelOf(texts, "critic", vocabulary, "TokenScorer").instance };
  const { models: given, numbers: fixed = {} } = uses[name]!;
  const made = objectivePrograms(context, {
    decl: objective(name) as Callable,
    models: new Map(Object.entries(given).map(([param, one]) => [param, models[one]])),
    numbers: new Map(Object.entries(fixed)),
    name: `policy.${name}`,
  });
  if (!made) throw new Error("the specification has faults");
  return made.step.program;
}

/** Each input's values: texts of any length in ids of any word, numbers as a rollout of a fresh model has them. */
function valuesFor(rows: number): (port: Port, place: number) => number {
  const next = numbers(7);
  const among = (low: number, high: number): number => low + Math.floor(next() * (high - low + 1));
  const given = Array.from({ length: rows }, () => among(longest / 2, longest));
  const told = Object.fromEntries(
    ["answer", "chosen", "rejected"].map((name) => [name, Array.from({ length: rows }, () => among(least, most))]),
  );
  return (port, place) => {
    const [, text, face] = /^(.*)\.(\w+)$/.exec(port.name) ?? [];
    if (port.role === "weight") return fresh(port, next);
    if (port.role !== "data") return scalars[port.name] ?? 0;
    if (face === "given") return given[place]!;
    if (face === "present") {
      const lengths =
        text === "text.2" ? told.rejected! : text === "text" ? (rows === 8 ? told.chosen! : told.answer!) : told[text!]!;
      const width = text!.startsWith("text") ? longest + most : most;
      const row = Math.floor(place / width);
      return Number(place % width < lengths[row]! + (text!.startsWith("text") ? given[row]! : 0));
    }
    if (port.dtype === "i32") return among(3, vocabulary - 1);
    return port.name === "old" || port.name === "anchor" ? -9 + 0.2 * (next() - 0.5) : next() - 0.5;
  };
}

const threads = flags.threads.split(",").map(Number);

async function measured(name: string): Promise<void> {
  const { rows } = uses[name]!;
  const texts = { text: longest + most, "text.2": longest + most, answer: most, chosen: most, rejected: most };
  const folder = written(compiled(name), { batch: rows, ...texts }, valuesFor(rows));
  try {
    if (flags.profile) {
      console.log(name);
      return await profiled(folder, threads[0]!);
    }
    for (const n of threads) {
      const theirs = [join(import.meta.dirname, "objectives.py"), name];
      const given = { threads: n, rounds: Number(flags.rounds), ours: import.meta.filename, python: flags.python, theirs };
      const ratio = await compared(`${name} | ${n}`, folder, given);
      console.log(`PyTorch / neuro, ${name}, ${n} thread(s): ${ratio.toFixed(2)}`);
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
}

if (flags.serve !== undefined) await serve(flags.serve, threads[0]!);
else {
  if (!flags.profile) console.log(head("objective", "threads"));
  for (const name of flags.objectives.split(",")) await measured(name);
}
