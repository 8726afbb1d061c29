/**
 * What it gains to read a prompt from where it differs from those before: the time to the first token with that and without, in turn, for a decoder with
 * drawn weights. It knows no HTTP.
 */
import { decoderPrograms } from "../../compiler/lower/decoder-testing.ts";
import { type Program, renderOnnx } from "../../kernels/index.ts";
import { Batch } from "../../runtime/decode/batching.ts";
import { type FedProgram, openModel } from "../../runtime/decode/writer.ts";
import { openCpu } from "../../runtime/device/cpu.ts";
import { sourceOf } from "../../runtime/device/source.ts";
import { stream } from "../../runtime/random.ts";
import { initialise } from "../../runtime/weights/initialise.ts";

/** Milliseconds to the first token, medians, and the share of the prompts' tokens that had been read before. */
export type Gain = { readonly what: string; readonly without: number; readonly with: number; readonly reused: number };

const vocab = 4096;
const sizes = { depth: 8, width: 384, heads: 6, kv: 2, inner: 1024 };
const [instructions, question, answer] = [1000, 100, 50];

/** A prompt, made from the one before it and what was answered. */
type Next = (before: readonly number[], told: readonly number[]) => readonly number[];

/** So many prompts of each kind, in the order in which they are asked. */
function prompts(count: number): Record<string, Next[]> {
  const random = stream(3, "prompts");
  const drawn = (length: number) => Array.from({ length }, () => 10 + random.below(vocab - 10));
  const shared = drawn(instructions);
  const kind = (make: Next): Next[] => Array.from({ length: count }, () => make);
  return {
    [`${instructions} tokens of instructions that all share, ${question} of a question`]: kind(() => [
      ...shared,
      ...drawn(question),
    ]),
    [`a conversation: ${question} tokens of a question behind all that was said, ${instructions} tokens and more`]: kind(
      (before, told) => (told.length === 0 ? drawn(instructions) : [...before, ...told, ...drawn(question)]),
    ),
    [`nothing shared, ${instructions} tokens`]: kind(() => drawn(instructions)),
  };
}

/** Asks each kind of prompt so many times, with and without in turn; the first of each kind, which finds nothing, is not counted. */
export async function prefixGains(rounds = 8): Promise<{ readonly weights: number; readonly gains: readonly Gain[] }> {
  const device = await openCpu();
  const { prefill, resume, step, weights } = decoderPrograms(sizes, vocab);
  const fed = (program: Program): FedProgram => ({ program: sourceOf(program, renderOnnx), feeds: {} });
  const specs = weights.map(({ path, axes, init }) => ({ path, axes, init: init as { kind: "constant"; value: number } }));
  const drawnWeights = initialise(specs, 7);
  const model = await openModel({
    device,
    weights: drawnWeights,
    prefill: fed(prefill),
    resume: fed(resume),
    step: fed(step),
    lasting: true,
    pad: 0,
    begin: 2,
  });
  const rows = model.rows!;
  const gains: Gain[] = [];
  for (const [what, all] of Object.entries(prompts(rounds + 1))) {
    const [plain, reusing] = [new Batch({ ...rows, resume: undefined }), new Batch(rows)];
    const times = { plain: [] as number[], reusing: [] as number[] };
    let before: readonly number[] = [];
    let told: readonly number[] = [];
    for (const [turn, next] of all.entries()) {
      const source = next(before, told);
      const sides = [["plain", plain] as const, ["reusing", reusing] as const];
      for (const [side, batch] of turn % 2 === 0 ? sides : sides.toReversed()) {
        const begun = performance.now();
        let first = 0;
        const row = await batch.write({
          ...{ source, seed: 1, begin: 2, end: -1, most: answer },
          strategy: { kind: "greedy" },
          onToken: () => {
            first ||= performance.now() - begun;
          },
        });
        if (turn > 0) times[side].push(first);
        told = row.tokens;
      }
      before = source;
    }
    const { sourceTokens, reusedTokens } = reusing.facts;
    gains.push({ what, without: median(times.plain), with: median(times.reusing), reused: reusedTokens / sourceTokens });
    plain.close();
    reusing.close();
  }
  model.close();
  await device.close();
  return { weights: [...drawnWeights.values()].reduce((sum, { data }) => sum + data.length, 0), gains };
}

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1]!;

/** A table of that. */
export function gainTable(gains: readonly Gain[]): string {
  const row = ({ what, without, with: reusing, reused }: Gain) =>
    `| ${what} | ${(100 * reused).toFixed(0)}% | ${without.toFixed(0)} ms | ${reusing.toFixed(0)} ms | ${(without / reusing).toFixed(1)} |`;
  return [
    "| prompts | tokens read before | first token without | with | ratio |",
    "| --- | --- | --- | --- | --- |",
    ...gains.map(row),
  ].join("\n");
}
