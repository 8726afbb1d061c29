// An encoder-decoder verifies drafted tokens: one after another or as a tree they are told as in the whole answer, and its step goes on.
import { expect, test } from "vitest";
import * as k from "../../kernels/index.ts";
import { interpret } from "../../kernels/interp/interpret.ts";
import { modelPrograms } from "./model.ts";
import { modelOf, stdlib } from "./testing.ts";
import { verifyingPrograms } from "./writing.ts";

type Values = Record<string, ArrayLike<number>>;
const vocab = 13;
const noise = (n: number, seed: number): number[] =>
  Array.from({ length: n }, (_, i) => 0.5 * Math.sin(12.9898 * (i + 1) + 78.233 * seed));
const count = (axes: readonly { size: k.Size }[], sizes: Record<string, number>) =>
  axes.reduce((n, a) => n * k.evaluate(a.size, sizes), 1);

const { context, instance } = modelOf(
  [stdlib("models"), "model policy: EncoderDecoder { encoder: 1 layers, decoder: 2 layers, width: 8, heads: 2 }"],
  "policy",
  vocab,
);
const { programs, weights } = modelPrograms(context, instance);
const [forward, encode, step] = programs.map((p) => p.program) as [k.Program, k.Program, k.Program];
const values: Values = Object.fromEntries(weights.map((w, i) => [w.path, noise(count(w.axes, {}), i + 1)]));
const source = { "source.ids": [4, 7, 3, 4, 9, 5, 3, 8, 0, 0], "source.present": [1, 1, 1, 1, 1, 1, 1, 1, 0, 0] };
const sizes = { batch: 2, source: 5, capacity: 9 };
const encoded = { ...values, ...interpret(encode, { ...values, ...source }, sizes) };

/** Log p of every next token after a text (the begin token first) in one row. */
function whole(row: number, text: readonly number[]): number[] {
  const ids = Array.from({ length: vocab }, (_, id) => [...text.slice(1), id]).flat();
  const own = (name: keyof typeof source) => source[name].slice(5 * row, 5 * row + 5);
  const feeds = {
    ...values,
    "source.ids": Array.from({ length: vocab }, () => own("source.ids")).flat(),
    "source.present": Array.from({ length: vocab }, () => own("source.present")).flat(),
    "answer.input": Array.from({ length: vocab }, () => text).flat(),
    "answer.ids": ids,
    "answer.present": ids.map(() => 1),
  };
  const { logp } = interpret(forward, feeds, { batch: vocab, source: 5, answer: text.length });
  return Array.from({ length: vocab }, (_, id) => logp![(id + 1) * text.length - 1]!);
}

function same(next: ArrayLike<number>, at: number, expected: readonly number[]): void {
  for (const [id, x] of expected.entries()) expect(next[at * vocab + id]).toBeCloseTo(x, 9);
}

const states = (p: k.Program) => k.inputPorts(p).filter((port) => port.role === "state");
const shapes = (p: k.Program) => states(p).map(({ name, axes }) => `${name} ${axes.map((a) => a.size).join(" ")}`);
const zeros = (p: k.Program): Values =>
  Object.fromEntries(states(p).map((port) => [port.name, new Float64Array(count(port.axes, sizes))]));
const texts = [
  [2, 4, 7, 3, 9, 4],
  [2, 8, 5, 4, 6, 10],
];

for (const tree of [false, true])
  test(`${tree ? "a tree" : "a chain"} of drafted tokens, of which two are kept, and the step after them`, () => {
    const { verify, commit } = verifyingPrograms(context, instance, { tree });
    expect([...k.broken(verify, { final: true }), ...k.broken(commit!, { final: true })]).toEqual([]);
    // The same states, so that one goes on where the other left off.
    expect(shapes(verify).sort()).toEqual(shapes(step).sort());
    const parents = tree ? [-1, 0, 0, 2] : [-1, 0, 1, 2];
    const ways = parents.map((_, i) => {
      const way = [i];
      while (parents[way[0]!]! >= 0) way.unshift(parents[way[0]!]!);
      return way;
    });
    const kept = tree ? [0, 2] : [0, 1];
    const tokens = texts.map((text, r) => parents.map((_, i) => (kept.includes(i) ? text[kept.indexOf(i)]! : 7 + r)));
    const ancestors = ways.flatMap((way) => parents.map((_, j) => (way.includes(j) ? 1 : 0)));
    const given = { token: tokens.flat(), at: [0, 0], ...(tree ? { tree: [...ancestors, ...ancestors] } : {}) };
    const begun = zeros(verify);
    const out = interpret(verify, { ...encoded, ...begun, ...given }, { ...sizes, fresh: 4, past: 0 });
    for (const r of [0, 1])
      for (const [i, way] of ways.entries())
        same(
          out.next!,
          4 * r + i,
          whole(
            r,
            way.map((j) => tokens[r]![j]!),
          ),
        );
    const path = [...kept, 0, 0];
    const chosen = { ...begun, ...out, at: [0, 0], accepted: [2, 2], path: [...path, ...path] };
    const moved = interpret(commit!, chosen, { ...sizes, fresh: 4 });
    const held = { ...begun, ...out, ...moved };
    const next = interpret(step, { ...encoded, ...held, token: texts.map((text) => text[2]!) }, { ...sizes, past: 2 });
    for (const [r, text] of texts.entries()) same(next.next!, r, whole(r, text.slice(0, 3)));
  });
