import { expect, test } from "vitest";
import { arena } from "../../kernels/arena.ts";
import {
  type Binding,
  evaluate,
  mean,
  namesOf,
  neg,
  optimized,
  output,
  type Program,
  program,
  trainingStep,
} from "../../kernels/index.ts";
import { symbolsOfProgram } from "../../kernels/ir/program.ts";
import { renderWgsl } from "../../kernels/render/wgsl.ts";
import { decoderPrograms } from "./decoder-testing.ts";
import { modelPrograms } from "./model.ts";
import { modelOf, stdlib } from "./testing.ts";

const small = { width: 64, heads: 4, inner: 128 };

/** The programs of std's encoder-decoder of so many layers, by the last word of their names. */
function encoderDecoder(layers: number): Record<string, Program> {
  const sizes = Object.entries(small).map(([name, value]) => `${name}: ${value}`);
  const model = `model m: EncoderDecoder { encoder: ${layers} layers, decoder: ${layers} layers, ${sizes.join(", ")} }`;
  const { context, instance } = modelOf([stdlib("models"), model], "m", 128);
  return Object.fromEntries(modelPrograms(context, instance).programs.map(({ program }) => [program.name.slice(2), program]));
}

/** How many dispatches a third layer adds to a program of two. */
const added = (of: (layers: number) => Program): number => {
  const [two, three] = [2, 3].map((layers) => renderWgsl(optimized(of(layers))).plan.steps.length) as [number, number];
  return three - two;
};

test("a layer of a decoder takes at most 8 dispatches in a step", () => {
  expect(added((depth) => decoderPrograms({ depth, ...small, kv: 2 }, 128).step)).toBeLessThanOrEqual(8);
});

test("a layer of a decoder that reads a source takes at most 8 dispatches in a step", () => {
  expect(added((layers) => encoderDecoder(layers).step!)).toBeLessThanOrEqual(8);
});

test("a layer of an encoder takes at most 8 dispatches, and each decoder's layer one for its keys and values", () => {
  expect(added((layers) => encoderDecoder(layers).encode!)).toBeLessThanOrEqual(8 + 1);
});

test("temporaries find room in little more than the most that is alive at once", () => {
  const { forward, prefill, step } = decoderPrograms({ depth: 3, ...small, kv: 2 }, 128);
  const { encode } = encoderDecoder(3);
  for (const program of [forward, prefill, step, encode!])
    for (const size of [1, 7, 64]) {
      const optimal = optimized(program);
      const binding = Object.fromEntries(symbolsOfProgram(optimal).map((s) => [s, s === "batch" ? 3 : size]));
      const { bytes, peak } = arena(renderWgsl(optimal).plan.temporaries, binding, 256);
      expect(bytes).toBeLessThanOrEqual(1.15 * peak);
    }
});

/** The largest temporary of a program, in values of four bytes. */
const largest = (program: Program, binding: Binding): number =>
  Math.max(...renderWgsl(optimized(program)).plan.temporaries.map((t) => evaluate(t.bytes, binding) / 4));

test("no temporary of a decoder that reads its whole text is as large as its scores", () => {
  const { forward } = decoderPrograms({ depth: 2, ...small, kv: 2 }, 128);
  const binding = Object.fromEntries(["batch", "text", "answer"].map((s) => [s, s === "batch" ? 1 : 1024]));
  // Scores are [batch, heads, text, text]; what the model predicts is [batch, text, vocab].
  expect(largest(forward, binding)).toBeLessThanOrEqual(1024 * 128);
});

test("a training step over 32,768 words holds neither its logits nor its scores", () => {
  const vocab = 32_768;
  const { forward } = decoderPrograms({ depth: 2, ...small, kv: 2 }, vocab);
  const [{ node }] = forward.outputs as [Program["outputs"][0]];
  const loss = program("loss", [output("loss", "loss", neg(mean(node, namesOf(node.axes))))], forward.inputs);
  const train = optimized(trainingStep(loss, { name: "train" }));
  const binding = Object.fromEntries(symbolsOfProgram(train).map((s) => [s, s === "batch" ? 16 : 128]));
  const { bytes, peak } = arena(renderWgsl(train).plan.temporaries, binding, 256);
  const logits = 4 * 16 * 128 * vocab;
  expect(bytes).toBeLessThan(logits / 5);
  expect(bytes).toBeLessThanOrEqual(1.15 * peak);
  // The gradient of the table of words is the largest.
  expect(largest(train, binding)).toBeLessThanOrEqual(vocab * small.width);
});
