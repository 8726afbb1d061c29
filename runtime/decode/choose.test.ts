import { expect, test } from "vitest";
import { axis, type Sampling as DeviceSampling, input, interpret, output, program, sample } from "../../kernels/index.ts";
import { keyOf, Stream, stream } from "../random.ts";
import { chooser, type Sampling } from "./choose.ts";

const vocabulary = 50;
const logits = input("logits", "data", "f32", [axis("b", "b"), axis("v", vocabulary)]);
const uniform = input("uniform", "data", "f32", [axis("b", "b")]);

const drawnOnDevice = (next: readonly number[], uniforms: readonly number[], options: DeviceSampling): number[] => {
  const p = program("sample", [output("id", "value", sample(logits, uniform, "v", options))]);
  return [...interpret(p, { logits: next, uniform: uniforms }, { b: uniforms.length }).id!];
};

const strategies: readonly Omit<Sampling, "kind">[] = [
  {},
  { temperature: 0.7 },
  { top_k: 5 },
  { top_k: 100, temperature: 1.4 },
  { top_p: 0.6 },
  { top_p: 0 },
  { min_p: 0.3 },
  { temperature: 0.8, top_k: 12, top_p: 0.9, min_p: 0.05 },
];

test.each(strategies)("the device draws what the host draws for the same uniform number: %o", (strategy) => {
  const rows = 200;
  const random = stream(7, "logits");
  // Rounded to quarters, so that there are ties.
  const next = Array.from({ length: rows * vocabulary }, () => Math.round(random.normal() * 8) / 4);
  const choose = chooser({ kind: "sample", ...strategy }, 3);
  const host = Array.from({ length: rows }, (_, row) =>
    choose(Float32Array.from(next.slice(row * vocabulary, (row + 1) * vocabulary)), row, 11),
  );
  const uniforms = host.map((_, row) => new Stream(keyOf(3, "sample"), row, 11).uniform());
  const { temperature, top_k: k, top_p: p, min_p: minP } = strategy;
  const given = Object.fromEntries(Object.entries({ temperature, k, p, minP }).filter(([, v]) => v !== undefined));
  expect(drawnOnDevice(next, uniforms, given)).toEqual(host);
});

test("a temperature of 0 takes the largest, the first of equals, on both", () => {
  const next = Array.from({ length: vocabulary }, (_, i) => (i % 7 === 3 ? 2 : 1));
  const greedy = chooser({ kind: "sample", temperature: 0 }, 1);
  expect([greedy(Float32Array.from(next), 0, 0), ...drawnOnDevice(next, [0.9], { temperature: 0 })]).toEqual([3, 3]);
});

test("the largest draw there is takes a token that may be drawn", () => {
  const next = [0, 0, ...Array<number>(vocabulary - 2).fill(Number.NEGATIVE_INFINITY)];
  expect(drawnOnDevice(next, [1 - 2 ** -53], {})).toEqual([1]);
  expect(drawnOnDevice(next, [1], {})).toEqual([1]);
});
