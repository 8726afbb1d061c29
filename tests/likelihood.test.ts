// One probability everywhere: what a sampler thought of each token it wrote, what the whole text's score says, and what the training step sees
// agree to 1e-5 for every setting of the sampler, so the ratio of PPO's first step is 1 however its answers were drawn.
import { afterAll, beforeAll, expect, test } from "vitest";
import { check } from "../compiler/check.ts";
import { lowerSystem } from "../compiler/lower/index.ts";
import { hostOf } from "../compiler/tests/library.ts";
import { inputPorts, renderOnnx } from "../kernels/index.ts";
import { collate } from "../runtime/data/feeds.ts";
import { toRow } from "../runtime/data/row.ts";
import type { Strategy } from "../runtime/decode/choose.ts";
import { decode } from "../runtime/decode/decode.ts";
import { openModel } from "../runtime/decode/writer.ts";
import { openCpu } from "../runtime/device/cpu.ts";
import type { Device, Tensor } from "../runtime/device/device.ts";
import { sourceOf } from "../runtime/device/source.ts";
import { trainBpe } from "../runtime/text/bpe.ts";
import { Tokenizer } from "../runtime/text/tokenizer.ts";
import { initialise, type WeightSpec } from "../runtime/weights/initialise.ts";

const small = "tokenizer: words, width: 16, heads: 2, inner: 24, window: 48 tokens";
const spec = `
use std.models { EncoderDecoder, Critic }
use std.decoders { Decoder }
use std.objectives { ppo, cross_entropy }
use std.data { Rollout }
dataset played: Rollout = jsonl("played.jsonl")
tokenizer words = bpe(vocab: 300, from: played)
model crossing: EncoderDecoder { ${small}, encoder: 1 layers, decoder: 2 layers, copy: 8 }
model writer: Decoder { ${small}, depth: 2 layers, kv: 1 }
/// How far the ratio of the first step is from 1, at the token where it is farthest.
objective first_step(train policy: LanguageModel, row: Rollout) {
  ratio = policy(row.answer | row.prompt, row.documents).tokens / row.old
  off = max(abs(ratio - 1))
  minimize -mean(ratio)
}
train t {
  crossing = fit(crossing, by: first_step, on: played, steps: 1 steps)
  writer = fit(writer, by: first_step, on: played, steps: 1 steps)
}`;

const text = "the red car is a door of the grey lamp and a book is blue or green";
const tokenizer = Tokenizer.parse(trainBpe([text], { vocab: 300 }));
const checked = check(hostOf({ "main.neuro": spec, "played.jsonl": "" }), "main.neuro");
const { models } = lowerSystem(checked);
const prompts = ["the red car", "a book", "blue or green is the door of the grey lamp"].map((prompt) => tokenizer.encode(prompt));
const strategies: Record<string, Strategy> = {
  "as it is": { kind: "sample" },
  "temperature 0.5": { kind: "sample", temperature: 0.5 },
  "temperature 1.7": { kind: "sample", temperature: 1.7 },
  "top k": { kind: "sample", top_k: 5 },
  "top p": { kind: "sample", top_p: 0.7 },
  "min p": { kind: "sample", min_p: 0.05 },
  "all of them": { kind: "sample", temperature: 0.8, top_k: 40, top_p: 0.9, min_p: 0.01 },
  greedy: { kind: "greedy" },
  beam: { kind: "beam", width: 3 },
};

let device: Device;
beforeAll(async () => {
  device = await openCpu({ threads: 1 });
});
afterAll(() => device.close());

test("the spec of this test is right", () => {
  expect(checked.diagnostics.filter(({ severity }) => severity === "error")).toEqual([]);
});

for (const model of models) {
  const program = (name: string) => {
    const found = model.programs.find((each) => each.program.name === `${model.name}.${name}`);
    return found && { program: sourceOf(found.program, renderOnnx), feeds: found.feeds, lowered: found.program };
  };
  // Wider than they are drawn, so that words differ by several nats. What f32 leaves open grows with the scores: at three times it is 4e-5.
  const drawn = new Map([...initialise(model.weights as readonly WeightSpec[], 7)].map(([path, t]) => [path, { ...t, data: t.data.map((x) => 1.5 * x) }])); // biome-ignore format: one map

  /** What a program says of answers to the prompts. */
  async function told(name: string, rows: readonly object[]): Promise<Record<string, readonly number[]>> {
    const { program: source, feeds, lowered } = program(name)!;
    const ready = await device.prepare(source);
    const { values } = collate(rows.map((row) => toRow(row, "a row")), inputPorts(lowered), feeds, { tokenizer, window: 48, rounded: true }); // biome-ignore format: one call
    const given: Record<string, Tensor> = {};
    for (const { name: port, role } of ready.inputs) {
      const weight = role === "weight" ? drawn.get(port) : undefined;
      if (weight) given[port] = device.upload("f32", weight.shape, weight.data.slice());
      else if (values[port]) given[port] = device.upload(values[port].dtype, values[port].shape, values[port].data);
    }
    const out = await device.run(ready, given);
    return Object.fromEntries(await Promise.all(Object.entries(out).map(async ([n, t]) => [n, [...(await device.read(t))]] as const))); // biome-ignore format: one list
  }

  for (const [name, strategy] of Object.entries(strategies))
    test(`${model.name}, ${name}: the sampler, the score and the training step agree, and the first ratio is 1`, async () => {
      const { pad, begin, end } = tokenizer.special;
      const [encode, prefill] = [program("encode"), program("prefill")];
      const reads = { ...(encode && { encode }), ...(prefill && { prefill }) };
      const opened = await openModel({ device, weights: drawn, ...reads, step: program("step")!, pad, begin });
      const writer = await opened.encode(prompts);
      const written = await decode(writer, { strategy, most: 9, seed: 3, begin, end });
      writer.close();
      opened.close();
      const rows = written.map(({ tokens, logps }, i) => ({
        given: prompts[i],
        prompt: "",
        answer: { text: "", tokens },
        reward: 1,
        old: logps,
      }));
      const { logp } = await told("forward", rows);
      const width = logp!.length / rows.length;
      for (const [i, { logps }] of written.entries())
        logps.forEach((x, t) => void expect(Math.abs(x - logp![i * width + t]!)).toBeLessThan(1e-5));
      const { off, loss } = await told("first_step.loss", rows);
      expect(off![0]).toBeLessThan(1e-5);
      expect(loss![0]).toBeCloseTo(-1, 5);
      expect(written.some(({ tokens }) => tokens.length > 1)).toBe(true);
    });
}
