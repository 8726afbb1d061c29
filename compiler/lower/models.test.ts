// Models of std and of the language page: decoding step by step is the forward pass, and heads give what they promise.
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import * as k from "../../kernels/index.ts";
import { interpret } from "../../kernels/interp/interpret.ts";
import { modelPrograms } from "./model.ts";
import { objectivePrograms } from "./objective.ts";
import { modelOf, stdlib } from "./testing.ts";

const page = readFileSync(new URL("../math/fixtures/layers.neuro", import.meta.url), "utf8");
/** Numbers that look random and never change. */
const noise = (n: number, seed: number): number[] =>
  Array.from({ length: n }, (_, i) => 0.5 * Math.sin(12.9898 * (i + 1) + 78.233 * seed));
const count = (axes: readonly k.Axis[], sizes: Record<string, number>): number =>
  axes.reduce((n, a) => n * k.evaluate(a.size, sizes), 1);

const turning = page
  .replaceAll("past, heads: heads)", "past, heads)")
  .replace(
    "attention(y, rename(y over t -> u), mask, heads, bias)",
    "attention(y, rename(y over t -> u), mask, heads, bias, kv: 1, rope: true)",
  );

const decoders: Record<string, string> = {
  "the language page": page,
  "the language page with rotary positions and one key for all heads": turning,
  std: stdlib("models"),
  "std's T5": `${stdlib("models")}\n${stdlib("decoders")}\n${stdlib("t5")}`,
  "a model that uses most of mathematics": readFileSync(new URL("./fixtures/odd.neuro", import.meta.url), "utf8"),
};

for (const [title, text] of Object.entries(decoders)) {
  test(`a decoder of ${title}: each step gives what the forward pass gives`, () => {
    const tiny = text.includes("model Odd")
      ? "model policy: Odd { width: 8 }"
      : text.includes("model T5")
        ? "model policy: T5 { encoder: 1 layers, decoder: 2 layers, width: 8, heads: 2, channels: 4 }"
        : "model policy: EncoderDecoder { encoder: 1 layers, decoder: 2 layers, width: 8, heads: 2 }";
    const { context, instance } = modelOf([text, tiny], "policy", 13);
    const { programs, weights } = modelPrograms(context, instance);
    const [forward, encode, step] = programs.map((p) => p.program) as [k.Program, k.Program, k.Program];
    const values = Object.fromEntries(
      weights.map((w, i) => [
        w.path,
        noise(
          w.axes.reduce((n, a) => n * a.size, 1),
          i + 1,
        ),
      ]),
    );
    const sizes = { batch: 2, source: 5, answer: 4 };
    const source = { "source.ids": [4, 7, 3, 4, 9, 5, 3, 8, 0, 0], "source.present": [1, 1, 1, 1, 1, 1, 1, 1, 0, 0] };
    const input = [2, 4, 7, 3, 2, 8, 5, 3];
    const ids = [4, 7, 3, 1, 8, 5, 3, 1];
    const answer = { "answer.input": input, "answer.ids": ids, "answer.present": Array(8).fill(1) };
    const { logp } = interpret(forward, { ...values, ...source, ...answer }, sizes);
    const encoded = interpret(encode, { ...values, ...source }, { batch: 2, source: 5 });
    const ports = k.inputPorts(step).filter((p) => p.role === "state");
    let state: Record<string, ArrayLike<number>> = Object.fromEntries(
      ports.map((p) => [p.name, Array(count(p.axes, { ...sizes, capacity: 6 })).fill(0)]),
    );
    for (let t = 0; t < 4; t++) {
      const out = interpret(
        step,
        { ...values, ...encoded, ...state, token: [input[t]!, input[4 + t]!] },
        { batch: 2, source: 5, past: t, capacity: 6 },
      );
      for (const row of [0, 1]) expect(out.next![13 * row + ids[4 * row + t]!]).toBeCloseTo(logp![4 * row + t]!, 9);
      state = Object.fromEntries(ports.map((p) => [p.name, out[p.name]!]));
    }
  });
}

test("what a step keeps are projected keys and values, not what they are computed from", () => {
  const { context, instance } = modelOf(
    [stdlib("models"), "model policy: EncoderDecoder { encoder: 1 layers, decoder: 1 layers, width: 16, heads: 2 }"],
    "policy",
    13,
  );
  const step = modelPrograms(context, instance).programs[2]!.program;
  const caches = k.inputPorts(step).filter((p) => p.name.startsWith("cache"));
  expect(caches.map((p) => p.axes.map((a) => a.name.split("@")[0]))).toEqual([
    ["batch", "g", "w", "k"],
    ["batch", "g", "w", "k"],
  ]);
});

function forwardOf(model: string, head: string, feeds: Record<string, number[]>, over?: { name: string; cases: string[] }) {
  const made = modelOf([stdlib("models"), "type Aspect = main | safety", model], "m", 11, head);
  const { programs, weights } = modelPrograms(made.context, { ...made.instance, ...(over ? { over } : {}) });
  const values = Object.fromEntries(
    weights.map((w, i) => [
      w.path,
      noise(
        w.axes.reduce((n, a) => n * a.size, 1),
        i + 1,
      ),
    ]),
  );
  return {
    value: [...interpret(programs[0]!.program, { ...values, ...feeds }, { batch: 2, source: 4 }).value!],
    feeds: programs[0]!.feeds,
    program: programs[0]!.program,
  };
}
const read = { "source.ids": [3, 4, 5, 6, 3, 4, 9, 9], "source.present": [1, 1, 1, 1, 1, 1, 0, 0] };

test("an encoder's score does not see what is absent", () => {
  const one = forwardOf("model m: Encoder { depth: 1 layers, width: 8, heads: 2 }", "Scorer", read);
  const other = forwardOf("model m: Encoder { depth: 1 layers, width: 8, heads: 2 }", "Scorer", {
    ...read,
    "source.ids": [3, 4, 5, 6, 3, 4, 1, 2],
  });
  expect(one.value).toEqual(other.value);
  expect(one.value[0]).not.toBeCloseTo(one.value[1]!, 3);
});

test("an embedding has length 1", () => {
  const { value } = forwardOf("model m: Encoder { depth: 1 layers, width: 8, heads: 2, head: embedding(3) }", "Embedder", read);
  for (const row of [0, 1]) expect(Math.hypot(...value.slice(3 * row, 3 * row + 3))).toBeCloseTo(1, 6);
});

test("a pairwise head gives a number per aspect, and reads both answers in one text", () => {
  const aspects = { name: "Aspect", cases: ["main", "safety"] };
  const { value, feeds } = forwardOf(
    "model m: Encoder { depth: 1 layers, width: 8, heads: 2, head: pairwise(over: Aspect) }",
    "Comparer",
    read,
    aspects,
  );
  expect(value.length).toBe(4);
  expect(feeds["source.ids"]).toEqual({
    kind: "source",
    given: ["prompt", "documents", "left", "right"],
    as: "ids",
    laid: "parts",
  });
});

test("dropout draws in a training step of a trained model, and nowhere else", () => {
  const text = `
model Dropping(source: [b, s] of Token, target: [b, t] of Token) -> LanguageModel {
  weight table: [vocab, d = 64] = normal(0, 1)
  softmax(dot(dropout(table[vocab: target] + mean(table[vocab: source] over s), 50%), table over d) over vocab)
}
model policy: Dropping {}`;
  const { context, instance, objective } = modelOf([stdlib("objectives"), text], "policy", 7);
  const models = new Map([["policy", instance]]);
  const { step, loss } = objectivePrograms(context, { decl: objective("cross_entropy"), models, name: "policy.cross_entropy" })!;
  const names = (p: k.Program) => k.inputPorts(p).map((port) => port.name);
  expect(names(step.program)).toContain("seed");
  expect(names(loss.program)).not.toContain("seed");
  const feeds: Record<string, number[]> = Object.fromEntries(
    k.inputPorts(step.program).map(({ name, axes, role }) => {
      const n = count(axes, { batch: 2, source: 3, answer: 3 });
      const scalars: Record<string, number> = {
        rate: 0.1,
        step: 1,
        beta1: 0.9,
        beta2: 0.98,
        epsilon: 1e-9,
        decay: 0,
        clip: 1,
        seed: 5,
      };
      if (role === "scalar") return [name, [scalars[name]!]];
      return [
        name,
        role === "weight"
          ? noise(n, 1)
          : role === "state"
            ? Array(n).fill(0)
            : name.endsWith("present")
              ? Array(n).fill(1)
              : Array(n).fill(3),
      ];
    }),
  );
  const at = (seed: number) => interpret(step.program, { ...feeds, seed: [seed] }, { batch: 2, source: 3, answer: 3 }).loss![0]!;
  expect(at(5)).toBe(at(5));
  expect(at(5)).not.toBeCloseTo(at(6), 6);
});
