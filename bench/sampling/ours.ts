/** Our side of bench/sampling.ts: `node ours.ts FOLDER THREADS`. Answers `run N` with N rounds of all answers. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Feed } from "../../compiler/lower/feeds.ts";
import { type ProgramJson, programFromJson, renderOnnx } from "../../kernels/index.ts";
import { decode } from "../../runtime/decode/decode.ts";
import { type FedProgram, openModel } from "../../runtime/decode/writer.ts";
import { openCpu } from "../../runtime/device/cpu.ts";
import { sourceOf } from "../../runtime/device/source.ts";
import { Worker } from "../peer.ts";

/** What bench/sampling.ts leaves in its folder. */
export type Plan = {
  readonly programs: Readonly<Record<string, { readonly json: ProgramJson; readonly feeds: Readonly<Record<string, Feed>> }>>;
  readonly weights: readonly { readonly path: string; readonly shape: readonly number[] }[];
  readonly prompts: readonly (readonly number[])[];
  readonly answers: number;
  readonly most: number;
  /** How many tokens each answer has, in the order of the prompts, those of one prompt after another. */
  readonly lengths: readonly number[];
  readonly begin: number;
  readonly end: number;
};

/** The model on the CPU, as a recipe opens a version. */
export async function opened(folder: string, threads: number) {
  const plan = JSON.parse(readFileSync(join(folder, "plan.json"), "utf8")) as Plan;
  const device = await openCpu({ threads });
  const fed = (name: string): FedProgram | undefined => {
    const made = plan.programs[name];
    return made && { program: sourceOf(programFromJson(made.json), renderOnnx), feeds: made.feeds as FedProgram["feeds"] };
  };
  const weights = new Map(
    plan.weights.map(({ path, shape }, i) => [
      path,
      { shape, data: new Float32Array(new Uint8Array(readFileSync(join(folder, `${i}.bin`))).buffer) },
    ]),
  );
  const parts = { device, weights, encode: fed("encode"), prefill: fed("prefill"), step: fed("step")! };
  return { plan, device, model: await openModel({ ...parts, pad: 0, begin: plan.begin }) };
}

/** Writes all answers once; with `greedy` the first tokens of each prompt, to compare. */
export async function written({ plan, model }: Awaited<ReturnType<typeof opened>>, seed: number) {
  const { prompts, answers, most, lengths, begin, end } = plan;
  const places = prompts.flatMap((_, i) => Array.from({ length: answers }, () => i));
  const writer = await model.encode(prompts, most);
  await writer.select(places);
  const rows = await decode(writer, {
    strategy: { kind: "sample" },
    most,
    seed,
    begin,
    end,
    stops: (row, tokens) => tokens.length >= lengths[row]!,
  });
  writer.close();
  return rows;
}

if (process.argv[1] === import.meta.filename) {
  const [, , folder, threads] = process.argv;
  const open = await opened(folder!, Number(threads));
  let seed = 0;
  await Worker.answer({}, async (count) => {
    const from = performance.now();
    let tokens = 0;
    for (let i = 0; i < count; i++) for (const row of await written(open, ++seed)) tokens += row.tokens.length;
    const seconds = (performance.now() - from) / 1000;
    const writer = await open.model.encode(open.plan.prompts, 8);
    const greedy = await decode(writer, { strategy: { kind: "greedy" }, most: 8, seed, begin: open.plan.begin, end: -1 });
    writer.close();
    const first = greedy.map((row) => row.tokens);
    return { seconds, tokens, first, memory: process.resourceUsage().maxRSS * 1024 };
  });
}
