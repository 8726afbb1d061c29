import { expect, test } from "vitest";
import { interpret } from "../interp/interpret.ts";
import { add } from "../ir/elementwise.ts";
import { cumsum } from "../ir/lookup.ts";
import { axis } from "../ir/node.ts";
import { inputOf, output, type Program, printProgram, program } from "../ir/program.ts";
import { rename } from "../ir/shape.ts";
import { evaluate } from "../ir/size.ts";
import { input } from "../ir/source.ts";
import { broken } from "../ir/spec.ts";
import { drawn } from "../ops/drawn.ts";
import { runOnnx } from "../render/onnx-session.ts";
import { forward } from "../tests/encoder-decoder.ts";
import { splitByDependence } from "./split.ts";
import { decodingStep } from "./step.ts";

const shape = { width: 8, heads: 2, encoder: 2, decoder: 2, vocabulary: 11 };
const whole = forward(shape);
const [b, s, t, v] = [2, 5, 6, 11];
/** Places of the caches: more than are used. */
const capacity = 8;

/** Weights small enough that softmaxes stay soft. */
function feedsOf(p: Program): Record<string, Float64Array> {
  const feeds = drawn(p, { b, s, t });
  for (const n of p.inputs) if (inputOf(n).role === "weight") feeds[inputOf(n).name] = feeds[inputOf(n).name]!.map((x) => x / 2);
  return { ...feeds, "source.present": Float64Array.of(1, 1, 1, 1, 1, 1, 1, 1, 0, 0) };
}

const zeros = (p: Program): Record<string, Float64Array> =>
  Object.fromEntries(
    p.inputs
      .filter((n) => inputOf(n).role === "state")
      .map((n) => [inputOf(n).name, new Float64Array(n.axes.reduce((c, a) => c * evaluate(a.size, { b, capacity }), 1))]),
  );

const { encode, rest } = splitByDependence(whole, { names: { encode: "encode", rest: "rest" }, on: (n) => n.includes("source") });
const step = decodingStep(rest, { name: "step", axis: "t", names: { [`below${v}.target`]: "token" } });

test("what the source decides is computed once, and the rest with it is the whole", () => {
  expect([...broken(encode, { final: true }), ...broken(rest)]).toEqual([]);
  const feeds = feedsOf(whole);
  const expected = interpret(whole, feeds, { b, s, t }).next!;
  const found = interpret(rest, { ...feeds, ...interpret(encode, feeds, { b, s }) }, { b, s, t }).next!;
  expected.forEach((x, i) => void expect(found[i]).toBeCloseTo(x, 9));
  const names = encode.outputs.map((o) => o.name);
  expect(names).toContain(`below${v}.source`);
  // Keys and values of two layers, keys of the copying head, the token before, and penalties: nothing of the encoder is left.
  expect(printProgram(rest)).not.toContain("encoder.0");
});

test("decoding step by step is the whole forward pass, also on onnxruntime", async () => {
  expect(broken(step, { final: true })).toEqual([]);
  const feeds = feedsOf(whole);
  const expected = interpret(whole, feeds, { b, s, t }).next!;
  const given = { ...feeds, ...interpret(encode, feeds, { b, s }) };
  let state: Record<string, ArrayLike<number>> = zeros(step);
  let device = state;
  for (let i = 0; i < t; i++) {
    const token = Float64Array.from({ length: b }, (_, row) => feeds[`below${v}.target`]![row * t + i]!);
    const run = interpret(step, { ...given, ...state, token }, { b, s, past: i, capacity });
    const found = await runOnnx(step, { ...given, ...device, token }, { b, s, past: i, capacity });
    state = run;
    device = found;
    for (let row = 0; row < b; row++)
      for (let word = 0; word < v; word++) {
        const wanted = expected[(row * t + i) * v + word]!;
        expect(run.next![row * v + word]).toBeCloseTo(wanted, 9);
        expect(found.next![row * v + word]).toBeCloseTo(wanted, 4);
      }
  }
});

test("projected keys and values are what is kept, and the step computes one position", () => {
  const states = step.outputs
    .filter((o) => o.role === "state")
    .map((o) => `${o.name} ${o.axes.map((a) => `${a.name}=${a.size}`).join(" ")}`);
  expect(states).toMatchInlineSnapshot(`
    [
      "shift.1 b=b t=1 d=8",
      "cache.2 b=b h=2 w=capacity k=4",
      "cache.3 b=b h=2 w=capacity k=4",
      "cache.4 b=b h=2 w=capacity k=4",
      "cache.5 b=b h=2 w=capacity k=4",
    ]
  `);
});

test("several tokens at once are one after another", () => {
  const many = decodingStep(rest, { name: "verify", axis: "t", tokens: "n" });
  expect(broken(many, { final: true })).toEqual([]);
  const feeds = feedsOf(whole);
  const expected = interpret(whole, feeds, { b, s, t }).next!;
  const given = { ...feeds, ...interpret(encode, feeds, { b, s }) };
  let state: Record<string, ArrayLike<number>> = zeros(many);
  for (const [from, n] of [
    [0, 4],
    [4, 2],
  ] as const) {
    const target = Float64Array.from(
      { length: b * n },
      (_, i) => feeds[`below${v}.target`]![Math.floor(i / n) * t + from + (i % n)]!,
    );
    state = interpret(many, { ...given, ...state, [`below${v}.target`]: target }, { b, s, past: from, n, capacity });
    for (let row = 0; row < b; row++)
      for (let i = 0; i < n * v; i++) expect(state.next![row * n * v + i]).toBeCloseTo(expected[(row * t + from) * v + i]!, 9);
  }
});

test("a running sum goes on, and looking ahead is refused", () => {
  const [rows, text] = [axis("b", "b"), axis("t", "t")];
  const x = input("x", "data", "f32", [rows, text]);
  const sums = decodingStep(program("p", [output("out", "value", add(cumsum(x, "t", { exclusive: true }), cumsum(x, "t")))]), {
    name: "step",
    axis: "t",
  });
  let state: Record<string, ArrayLike<number>> = { "sum.1": [0], "sum.2": [0] };
  const found: number[] = [];
  for (const n of [1, 2, 3]) {
    state = interpret(sums, { ...state, x: [n] }, { b: 1 });
    found.push(state.out![0]!);
  }
  expect(found).toEqual([1, 4, 9]);
  const ahead = program("p", [output("out", "value", cumsum(x, "t", { reverse: true }))]);
  expect(() => decodingStep(ahead, { name: "step", axis: "t" })).toThrow("not there yet");
  expect(rename(x, { t: "u" }).axes[1]!.name).toBe("u");
});
