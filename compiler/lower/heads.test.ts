// A head stands where an architecture ends: what it reads is the architecture's body, under the same paths; it scores, and it learns.
import { expect, test } from "vitest";
import * as k from "../../kernels/index.ts";
import { interpret } from "../../kernels/interp/interpret.ts";
import { modelPrograms } from "./model.ts";
import { objectivePrograms } from "./objective.ts";
import { modelOf, stdlib } from "./testing.ts";

const aspects = { name: "Aspect", cases: ["main", "safety"] };
const types = "type Aspect = main | safety";
const sizes = {
  encoder: "encoder: 1 layers, decoder: 1 layers, width: 8, heads: 2, inner: 12",
  depth: "depth: 1 layers, width: 8, heads: 2, inner: 12",
};
const bodies = { EncoderDecoder: sizes.encoder, Decoder: sizes.depth } as const;
type Body = keyof typeof bodies;
const noise = (n: number, seed: number): number[] =>
  Array.from({ length: n }, (_, i) => 0.5 * Math.sin(12.9898 * (i + 1) + 78.233 * seed));
const count = (axes: readonly { size: k.Size }[], given: Record<string, number> = {}): number =>
  axes.reduce((n, a) => n * k.evaluate(a.size, given), 1);

function open(body: Body, head: string, kind: string, over?: typeof aspects) {
  const std = ["models", "decoders", "objectives"].map(stdlib);
  const text = `model m: ${body} { ${bodies[body]}${head ? `, head: ${head}` : ""} }`;
  const { context, instance, objective } = modelOf([...std, types, text], "m", 11, kind);
  return { context, instance: { ...instance, ...(over ? { over } : {}) }, objective };
}

function forward(body: Body, head: string, kind: string, over?: typeof aspects) {
  const { context, instance } = open(body, head, kind, over);
  const { programs, weights } = modelPrograms(context, instance);
  const values = Object.fromEntries(weights.map((w, i) => [w.path, noise(count(w.axes), i + 1)]));
  const { program, feeds } = programs[0]!;
  return {
    program,
    feeds,
    paths: weights.map((w) => w.path),
    run: (given: Record<string, number[]>, at: Record<string, number>) => [
      ...interpret(program, { ...values, ...given }, at).value!,
    ],
  };
}

const heads: readonly (readonly [string, string, number, typeof aspects?])[] = [
  ["scalar", "Scorer", 1],
  ["scores(over: Aspect)", "Scorer", 2, aspects],
  ["pairwise(over: Aspect)", "Comparer", 2, aspects],
  ["embedding(3)", "Embedder", 3],
  ["preference(planes: 2)", "Embedder", 4],
  ["sentence", "Embedder", 8],
];

for (const body of ["EncoderDecoder", "Decoder"] as const) {
  const own = forwardPaths(body);
  for (const [head, kind, wide, over] of heads)
    test(`${body} with ${head}: its body has the paths of one that writes, padding counts for nothing, and the last token is read`, () => {
      const { run, paths, feeds } = forward(body, head, kind, over);
      const name = head.replace(/\(.*/, "");
      const rest = paths.filter((path) => !path.startsWith(name));
      expect(own).toEqual(expect.arrayContaining(rest));
      expect(rest.length).toBeGreaterThan(10);
      const judged = body === "Decoder" ? "source" : "source.2";
      expect(feeds[`${judged}.ids`]).toMatchObject({ kind: "source", laid: "begun" });
      const asked: Record<string, number[]> =
        body === "Decoder" ? {} : { "source.ids": [5, 6, 7, 5, 8, 0], "source.present": [1, 1, 1, 1, 1, 0] };
      const text = (ids: number[], present: number[]) => ({ ...asked, [`${judged}.ids`]: ids, [`${judged}.present`]: present });
      const at = { batch: 2, source: body === "Decoder" ? 4 : 3, "source.2": 4 };
      const one = run(text([2, 4, 5, 1, 2, 4, 1, 0], [1, 1, 1, 1, 1, 1, 1, 0]), at);
      expect(one.length).toBe(2 * wide);
      expect(run(text([2, 4, 5, 1, 2, 4, 1, 9], [1, 1, 1, 1, 1, 1, 1, 0]), at)).toEqual(one);
      // The token before the last is seen through the last alone.
      const other = run(text([2, 4, 6, 1, 2, 4, 1, 0], [1, 1, 1, 1, 1, 1, 1, 0]), at);
      expect(other[0]).not.toBeCloseTo(one[0]!, 4);
      expect(other.slice(wide)).toEqual(one.slice(wide));
    });

  test(`${body} with per_token gives a number for each token of an answer, none of them told by what comes later`, () => {
    const { run, feeds } = forward(body, "per_token", "TokenScorer");
    expect(Object.values(feeds).some((feed) => feed.kind === "target")).toBe(true);
    const decoder = body === "Decoder";
    const of = (input: number[]) =>
      decoder
        ? run(
            {
              "text.input": [2, 5, 6, ...input],
              "text.present": [1, 1, 1, 1, 1],
              "text.given": [2],
              "answer.present": [1, 1, 1],
            },
            { batch: 1, text: 5, answer: 3 },
          )
        : run(
            { "source.ids": [5, 6], "source.present": [1, 1], "answer.input": [2, ...input], "answer.present": [1, 1, 1] },
            { batch: 1, source: 2, answer: 3 },
          );
    const [one, other] = [of([4, 7]), of([4, 8])];
    expect(one.length).toBe(3);
    expect(other.slice(0, 2)).toEqual(one.slice(0, 2));
    expect(other[2]).not.toBeCloseTo(one[2]!, 4);
  });

  test(`${body}: a judge learns Bradley and Terry's scores, and a value its rewards`, () => {
    const rows = body === "Decoder" ? 4 : 3;
    for (const [name, head, over] of [
      ["bradley_terry", "scores(over: Aspect)", aspects],
      ["regression", "scalar", undefined],
    ] as const) {
      const { context, instance, objective } = open(body, head, "Scorer", over);
      const param = name === "regression" ? "value" : "judge";
      const use = { decl: objective(name), models: new Map([[param, instance]]), name: `m.${name}` };
      const { step } = objectivePrograms(context, use)!;
      const ports = k.inputPorts(step.program);
      const symbols = k.symbolsOfProgram(step.program);
      const at = Object.fromEntries(symbols.map((symbol) => [symbol, symbol === "batch" ? 2 : rows]));
      const scalars: Record<string, number> = {
        rate: 0.03,
        step: 1,
        beta1: 0.9,
        beta2: 0.98,
        epsilon: 1e-9,
        decay: 0,
        clip: 1,
        τ: 1,
      };
      const held = Object.fromEntries(
        ports.map(({ name: input, axes, role, dtype }, i) => {
          const n = count(axes, at);
          if (role === "scalar") return [input, [scalars[input] ?? 0]];
          if (role === "weight") return [input, noise(n, i + 1)];
          if (role === "state") return [input, new Array<number>(n).fill(0)];
          if (input.endsWith("present")) return [input, new Array<number>(n).fill(1)];
          if (input.endsWith("ids") || input.endsWith("input"))
            return [input, noise(n, i + 1).map((x) => 3 + Math.floor(15.9 * Math.abs(x)))];
          return [input, dtype === "i32" ? [0, 1] : [1, 0]];
        }),
      );
      const losses: number[] = [];
      let feeds: Record<string, ArrayLike<number>> = held;
      for (let round = 1; round <= 30; round++) {
        const out = interpret(step.program, { ...feeds, step: [round] }, at);
        losses.push(out.loss![0]!);
        feeds = { ...feeds, ...Object.fromEntries(Object.entries(out).filter(([output]) => output in held)) };
      }
      expect(losses.at(-1)).toBeLessThan(0.3 * losses[0]!);
    }
  });
}

function forwardPaths(body: Body): string[] {
  const { context, instance } = open(body, "", "LanguageModel");
  return modelPrograms(context, instance).weights.map((w) => w.path);
}

test("where a text is read both ways its states are averaged, and `pool` says otherwise", () => {
  const std = stdlib("models");
  const value = (head: string) => {
    const { context, instance } = modelOf([std, `model m: Encoder { ${sizes.depth}, head: ${head} }`], "m", 11, "Scorer");
    const { programs, weights } = modelPrograms(context, instance);
    const values = Object.fromEntries(weights.map((w, i) => [w.path, noise(count(w.axes), i + 1)]));
    const { program } = programs[0]!;
    return interpret(program, { ...values, "source.ids": [4, 5, 6], "source.present": [1, 1, 1] }, { batch: 1, source: 3 })
      .value![0]!;
  };
  expect(value("scalar")).toBe(value("scalar(pool: average)"));
  expect(new Set([value("scalar"), value("scalar(pool: first)"), value("scalar(pool: latest)")]).size).toBe(3);
});
