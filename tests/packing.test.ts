// Several examples in one row are learned from as if each had a row of its own: the same loss, the same metrics, the same gradients.
import { expect, test } from "vitest";
import { check } from "../compiler/check.ts";
import { lowerSystem } from "../compiler/lower/index.ts";
import { hostOf } from "../compiler/tests/library.ts";
import { inputPorts, type Program, symbolsOfProgram } from "../kernels/index.ts";
import { interpret } from "../kernels/interp/interpret.ts";
import { collate, type Feeds } from "../runtime/data/feeds.ts";
import { toRow } from "../runtime/data/row.ts";
import { openCpu } from "../runtime/device/cpu.ts";
import { stream } from "../runtime/random.ts";
import { sourceOf } from "../runtime/tests/tiny.ts";
import { trainBpe } from "../runtime/text/bpe.ts";
import { Tokenizer } from "../runtime/text/tokenizer.ts";
import { openTrainer } from "../runtime/train/trainer.ts";
import type { WeightTensor } from "../runtime/weights/tensors.ts";

const small = "tokenizer: words, width: 16, heads: 2, window: 48 tokens";
const spec = (fits: string): string => `
use std.models { EncoderDecoder, Critic, Encoder }
use std.decoders { Decoder }
use std.encoders { Bert }
use std.t5 { T5 }
use std.objectives { cross_entropy, cross_entropy_by_text, dpo, simpo, regression, grpo, ppo }
use std.data { Instruct, Preference, Masked, Group, Rollout }
dataset rows: Instruct = jsonl("rows.jsonl")
dataset pairs: Preference = jsonl("pairs.jsonl")
dataset hidden: Masked = jsonl("hidden.jsonl")
dataset groups: Group = jsonl("groups.jsonl")
dataset played: Rollout = jsonl("played.jsonl")
model critic: Critic { ${small}, encoder: 1 layers, decoder: 1 layers, inner: 16 }
dataset worth: { prompt: Dialog, reward: Float } = jsonl("worth.jsonl")
tokenizer words = bpe(vocab: 300, from: rows)
model policy: EncoderDecoder { ${small}, encoder: 1 layers, decoder: 1 layers, inner: 16, copy: 8 }
model writer: Decoder { ${small}, depth: 1 layers, kv: 1, inner: 16 }
model reader: Decoder { ${small}, depth: 1 layers, inner: 16, prefix: true }
model other: T5 { ${small}, encoder: 1 layers, decoder: 1 layers, inner: 16 }
model bert: Bert { ${small}, depth: 1 layers, inner: 16, positions: 64 }
model value: Encoder { ${small}, depth: 1 layers, inner: 16 }
objective hidden_words(train model: MaskedModel, row: Masked) { minimize -mean(log(model(row.answer | row.masked).tokens)) }
train t { ${fits} }`;

const text = "the red car is a door of the grey lamp and a book is blue or green";
const tokenizer = Tokenizer.parse(trainBpe([text], { vocab: 300 }));
const random = stream(5, "rows");
const said = (least: number, most: number): string => {
  const words = text.split(" ");
  return Array.from({ length: least + random.below(most - least + 1) }, () => words[random.below(words.length)]).join(" ");
};
const documents = () => Array.from({ length: random.below(3) }, () => ({ title: said(1, 1), text: said(1, 4) }));
const many = <T>(make: () => T) => Array.from({ length: 9 }, make);
const rows = {
  instruct: many(() => ({ prompt: said(1, 5), documents: documents(), answer: `${said(1, 4)} [1]` })),
  pairs: many(() => ({ prompt: said(1, 5), documents: documents(), chosen: said(1, 5), rejected: said(1, 3) })),
  played: many(() => {
    const tokens = tokenizer.encode(said(1, 4));
    const per = () => tokens.map(() => -random.uniform());
    return {
      prompt: said(1, 5),
      answer: { text: "", tokens },
      reward: random.normal(),
      old: per(),
      anchor: per(),
      values: per(),
    };
  }),
  masked: many(() => {
    const tokens = tokenizer.encode(said(2, 9));
    const keep = tokens.map((_, i) => (i % 3 === 0 ? 1 : 0));
    return { masked: { text: "", tokens: tokens.map((id, i) => (keep[i] ? 5 : id)) }, answer: { text: "", tokens }, keep };
  }),
};

const lowered = (fits: string) => {
  const checked = check(hostOf({ "main.neuro": spec(fits) }), "main.neuro");
  const { models, diagnostics } = lowerSystem(checked);
  const errors = [...checked.diagnostics, ...diagnostics].filter(({ severity }) => severity === "error");
  return { programs: models.flatMap(({ programs }) => programs), errors: errors.map(({ code, text }) => `${code}: ${text}`) };
};

/** Outputs of a step on rows, weights drawn by their names. */
function run({ program, feeds }: { program: Program; feeds: Feeds }, given: readonly object[]) {
  const ports = inputPorts(program);
  const made = collate(given.map((row) => toRow(row, "a row")), ports, feeds, { tokenizer, window: 48, rounded: true }); // biome-ignore format: one call
  const values: Record<string, number[]> = {};
  const sizes: Record<string, number> = {};
  const scalars: Record<string, number> = {
    rate: 0.1,
    step: 1,
    beta1: 0.9,
    beta2: 0.98,
    epsilon: 1e-9,
    decay: 0,
    clip: 1e9,
    seed: 1,
  };
  for (const { name, role, axes } of ports) {
    if (role === "scalar") values[name] = [scalars[name] ?? 0.3];
    else if (role === "data") {
      const { shape, data } = made.values[name]!;
      values[name] = Array.from(data, Number);
      for (const [i, { size }] of axes.entries()) if (typeof size === "string") sizes[size] = shape[i]!;
    } else {
      const draw = stream(7, name);
      const count = axes.reduce((n, axis) => n * Number(axis.size), 1);
      values[name] = Array.from({ length: count }, () => (role === "state" ? 0 : 0.3 * draw.normal()));
    }
  }
  expect(symbolsOfProgram(program).filter((symbol) => sizes[symbol] === undefined)).toEqual([]);
  return { out: interpret(program, values, sizes), made, sizes };
}

const cases = [
  ["an encoder-decoder that copies", "policy", "cross_entropy", "on: rows", rows.instruct],
  ["every text weighing alike", "policy", "cross_entropy_by_text", "on: rows", rows.instruct],
  ["T5", "other", "cross_entropy", "on: rows", rows.instruct],
  ["a decoder with rotary positions", "writer", "cross_entropy", "on: rows", rows.instruct],
  ["a decoder that sees its prompt both ways", "reader", "cross_entropy", "on: rows", rows.instruct],
  ["masked words", "bert", "hidden_words", "on: hidden", rows.masked],
  ["preferences beside a reference", "policy", "dpo(reference: policy)", "on: pairs", rows.pairs],
  ["an actor and a critic that values tokens", "policy, critic", "ppo", "on: played", rows.played],
  ["preferences of a decoder", "writer", "simpo", "on: pairs", rows.pairs],
] as const;

for (const [what, model, by, on, given] of cases)
  test(`${what}: packed and not, one loss and one gradient`, () => {
    const { programs, errors } = lowered(`${model} = fit(${model}, by: ${by}, ${on}, steps: 1 steps, pack: true)`);
    expect(errors).toEqual([]);
    const name = `${model.replace(/,.*/, "")}.${by.replace(/\(.*/, "")}`;
    const [plain, packed] = ["step", "packed"].map((role) => programs.find(({ program }) => program.name === `${name}.${role}`)!);
    const [one, several] = [run(plain!, given), run(packed!, given)];
    expect(several.sizes.packs).toBeLessThan(given.length);
    expect(several.made.rows).toHaveLength(given.length);
    expect(several.out.loss![0]).toBeCloseTo(one.out.loss![0]!, 9);
    const names = Object.keys(one.out).filter((key) => key !== "loss");
    expect(Object.keys(several.out).sort()).toEqual(Object.keys(one.out).sort());
    // Moments after one step are the gradient, scaled; the rest are metrics.
    for (const key of names.filter((each) => each.startsWith("m.") || one.out[each]!.length === 1))
      Array.from(one.out[key]!).forEach((value, i) => void expect(several.out[key]![i]! - value).toBeCloseTo(0, 8));
    const moved = names.filter((key) => key.startsWith("m.") && Array.from(one.out[key]!).some((x) => Math.abs(x) > 1e-6));
    expect(moved.length).toBeGreaterThan(5);
  });

test("packed in parts of the batch, the same steps", async () => {
  const { programs, errors } = lowered(
    "policy = fit(policy, by: dpo(reference: policy), on: pairs, steps: 1 steps, pack: true, accumulate: 3)",
  );
  expect(errors).toEqual([]);
  const of = (role: string) => {
    const found = programs.find(({ program }) => program.name === `policy.dpo.${role}`);
    return found && { program: sourceOf(found.program), feeds: found.feeds };
  };
  const device = await openCpu({ threads: 1 });
  const weights = (source: Program): Map<string, WeightTensor> =>
    new Map(
      inputPorts(source).flatMap(({ name, role, axes }) => {
        if (role !== "weight") return [];
        const shape = axes.map((axis) => Number(axis.size));
        const draw = stream(7, name.replace("reference/", "other "));
        return [
          [
            name,
            { shape, data: Float32Array.from({ length: shape.reduce((n, x) => n * x, 1) }, () => 0.3 * draw.normal()) },
          ] as const,
        ];
      }),
    );
  const all = weights(programs.find(({ program }) => program.name === "policy.dpo.step")!.program);
  const after = async (role: string, parts?: string) => {
    const trainer = await openTrainer({
      device,
      ...of(role)!,
      ...(parts !== undefined && {
        parts: {
          programs: { whole: of(`${parts}whole`), gradient: of(`${parts}gradient`)!, apply: of(`${parts}apply`)! },
          count: 3,
        },
      }),
      text: { tokenizer, window: 48, rounded: true },
      given: { β: 0.1, smooth: 0, nll: 0.5 },
      frozen: new Map([...all].filter(([name]) => name.startsWith("reference/"))),
    });
    await trainer.load(all);
    const batch = trainer.collate(rows.pairs.map((row) => toRow(row, "a row")));
    const losses: number[] = [];
    for (const step of [1, 2]) losses.push((await trainer.step(batch, { rate: 0.01, step, clip: 1, decay: 0, seed: 1 })).loss!);
    const moved = await trainer.weights();
    trainer.close();
    return { losses, moved };
  };
  const [plain, packed, parts] = [await after("step"), await after("packed"), await after("packed", "packed.")];
  for (const other of [packed, parts]) {
    other.losses.forEach((loss, i) => void expect(loss).toBeCloseTo(plain.losses[i]!, 5));
    for (const [name, { data }] of plain.moved)
      data.forEach((value, i) => void expect(other.moved.get(name)!.data[i]! - value).toBeCloseTo(0, 4));
  }
  expect(plain.losses[1]).toBeLessThan(plain.losses[0]!);
  await device.close();
});

test("what reads a text as a whole, or shares a prompt, is refused with the reason", () => {
  const refused = (fits: string) => lowered(fits).errors;
  expect(refused("value = fit(value, by: regression, on: worth, steps: 1 steps, pack: true)")).toEqual([
    "not_packable: Several examples of regression cannot share a row: value reads a text as a whole.",
  ]);
  expect(refused("policy = fit(policy, by: grpo(reference: policy), on: groups, steps: 1 steps, pack: true)")).toEqual([
    "not_packable: Several examples of grpo cannot share a row: answers of a group share their prompt.",
  ]);
  expect(refused("value = fit(value, by: regression, on: worth, steps: 1 steps)")).toEqual([]);
});
