/**
 * Sampling 16 answers for each of 64 prompts, against a PyTorch loop with caches (sampling/pytorch.py: all answers in one batch, caches allocated once,
 * prompts read once each): a decoder and an encoder-decoder, width 256, 8 heads, vocabulary 8192. Both take turns in one run.
 *   node bench/sampling.ts [--models decoder,translator] [--threads 1,2] [--rounds 3] [--prompts 64] [--answers 16] [--most 64] [--python python3]
 * `--even` lets all answers be as long as they may; otherwise their lengths are anything from an eighth of that. The table is in sampling.md.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { modelPrograms } from "../compiler/lower/model.ts";
import { modelOf, stdlib } from "../compiler/lower/testing.ts";
import { evaluate, inputPorts, programToJson } from "../kernels/index.ts";
import { numbers } from "../kernels/ops/drawn.ts";
import { median, Worker } from "./peer.ts";
import type { Plan } from "./sampling/ours.ts";

const { values: flags } = parseArgs({
  options: {
    models: { type: "string", default: "decoder,translator" },
    threads: { type: "string", default: "1,2" },
    rounds: { type: "string", default: "3" },
    prompts: { type: "string", default: "64" },
    answers: { type: "string", default: "16" },
    most: { type: "string", default: "64" },
    python: { type: "string", default: "python3" },
    even: { type: "boolean", default: false },
  },
});

const vocabulary = 8192;
const [begin, end] = [1, 2];
const specs: Record<string, string> = {
  decoder: "model decoder: Decoder { depth: 4 layers, width: 256, heads: 8, inner: 1024 }",
  translator: readFileSync(new URL("./training-step.neuro", import.meta.url), "utf8"),
};

/** Writes programs, weights and prompts where both sides find them. */
function prepared(name: string, folder: string): void {
  const texts = [stdlib("models"), stdlib("decoders"), specs[name]!].map((text) => text.replace(/^use .*$/gm, ""));
  const { context, instance } = modelOf(texts, name, vocabulary);
  const made = modelPrograms(context, instance).programs.map(({ program, feeds }) => ({
    json: programToJson(program),
    feeds,
    program,
  }));
  const programs = Object.fromEntries(made.map(({ program, ...rest }) => [program.name.split(".").at(-1)!, rest]));
  const next = numbers(11);
  const ports = made.flatMap(({ program }) => inputPorts(program).filter(({ role }) => role === "weight"));
  const weights = [...new Map(ports.map((port) => [port.name, port])).values()].map((port, i) => {
    const shape = port.axes.map((axis) => evaluate(axis.size, {}));
    const count = shape.reduce((n, s) => n * s, 1);
    const value = () => (port.name.endsWith("scale") ? 1 : (next() - 0.5) * (shape.length > 1 ? 0.1 : 1));
    writeFileSync(join(folder, `${i}.bin`), Float32Array.from({ length: count }, value));
    return { path: port.name, shape };
  });
  const [count, answers, most] = [Number(flags.prompts), Number(flags.answers), Number(flags.most)];
  const among = (low: number, high: number) => low + Math.floor(next() * (high - low + 1));
  const prompts = Array.from({ length: count }, () => Array.from({ length: among(32, 64) }, () => among(3, vocabulary - 1)));
  const lengths = Array.from({ length: count * answers }, () => (flags.even ? most : among(Math.ceil(most / 8), most)));
  const plan: Plan = { programs, weights, prompts, answers, most, lengths, begin, end };
  writeFileSync(join(folder, "plan.json"), JSON.stringify(plan));
}

type Round = { seconds: number; work: number; tokens: number; memory: number; first: readonly (readonly number[])[] };

async function compared(name: string, folder: string, threads: string): Promise<void> {
  const env = { ...process.env, OMP_NUM_THREADS: threads, OPENBLAS_NUM_THREADS: threads, MKL_NUM_THREADS: threads };
  const sides = [
    { name: "neuro", worker: new Worker(process.execPath, [join(import.meta.dirname, "sampling/ours.ts"), folder, threads]) },
    {
      name: "PyTorch",
      worker: new Worker(flags.python, [join(import.meta.dirname, "sampling/pytorch.py"), folder, threads], env),
    },
  ].map((side) => ({ ...side, rounds: [] as Round[] }));
  for (let round = 0; round <= Number(flags.rounds); round++)
    for (const { worker, rounds } of sides) {
      const found = (await worker.ask("run 1")) as Round;
      if (round > 0) rounds.push(found);
    }
  const rate = ({ rounds }: (typeof sides)[number], of: "seconds" | "work") => median(rounds.map((r) => r.tokens / r[of]));
  for (const side of sides) {
    side.worker.end();
    const memory = `${(side.rounds.at(-1)!.memory / 2 ** 20).toFixed(0)} MB`;
    const cells = [name, threads, side.name, rate(side, "seconds").toFixed(0), rate(side, "work").toFixed(0), memory];
    console.log(`| ${cells.join(" | ")} |`);
  }
  const [ours, theirs] = sides as [(typeof sides)[number], (typeof sides)[number]];
  const same = JSON.stringify(ours.rounds[0]!.first) === JSON.stringify(theirs.rounds[0]!.first);
  const [clock, work] = (["seconds", "work"] as const).map((of) => (rate(ours, of) / rate(theirs, of)).toFixed(2));
  console.log(
    `neuro / PyTorch, ${name}, ${threads} thread(s): ${clock} by the clock, ${work} at work; the likeliest tokens are ${same ? "" : "NOT "}the same`,
  );
}

console.log(
  "| model | threads | | tokens a second | tokens a second at work | peak memory |\n| --- | --- | --- | --- | --- | --- |",
);
for (const name of flags.models.split(",")) {
  const folder = mkdtempSync(join(tmpdir(), "neuro-sampling-"));
  try {
    prepared(name, folder);
    for (const threads of flags.threads.split(",")) await compared(name, folder, threads);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
