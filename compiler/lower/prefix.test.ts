// A prefix language model: what is given is read both ways, per row, and what is told looks back; written token by token it is the same.
import { expect, test } from "vitest";
import * as k from "../../kernels/index.ts";
import { interpret } from "../../kernels/interp/interpret.ts";
import { runOnnx } from "../../kernels/render/onnx-session.ts";
import { modelPrograms } from "./model.ts";
import { modelOf, stdlib } from "./testing.ts";

type Values = Record<string, ArrayLike<number>>;
const vocab = 13;
const noise = (n: number, seed: number): number[] =>
  Array.from({ length: n }, (_, i) => 0.5 * Math.sin(12.9898 * (i + 1) + 78.233 * seed));
const count = (axes: readonly { size: k.Size }[], sizes: Record<string, number>): number =>
  axes.reduce((n, a) => n * k.evaluate(a.size, sizes), 1);

function open(model: string, head = "LanguageModel") {
  const { context, instance } = modelOf([stdlib("models"), stdlib("decoders"), model], "m", vocab, head);
  const { programs, weights } = modelPrograms(context, instance);
  const values: Values = Object.fromEntries(weights.map((w, i) => [w.path, noise(count(w.axes, {}), i + 1)]));
  return { named: (what: string) => programs.find((p) => p.program.name === `m.${what}`)!.program, values };
}
const prefix = open("model m: Decoder { depth: 2 layers, width: 8, heads: 4, kv: 2, inner: 12, prefix: true }");
const causal = open("model m: Decoder { depth: 2 layers, width: 8, heads: 4, kv: 2, inner: 12 }");
const bare = `
/// Everything that was given, and oneself.
model Narrow(text: [b, t] of Token) -> LanguageModel {
  weight table: [vocab, d = 8] = normal(0, 1)
  weight mark: [d] = normal(0, 1)
  u = twin(t)
  y = table[vocab: text] + outer(hard(given(t)) * mark)
  z = rename(y over t -> u)
  look = softmax(dot(y, z over d) over u where given(u) and outer(position(u) <= position(t)) or outer(position(u) == position(t)))
  softmax(dot(y + dot(look, z over u), table over d) over vocab)
}
model m: Narrow {}`;

/** The begin token, `given` tokens, and the answers; log p of each token of the answer. */
function told(model: ReturnType<typeof open>, texts: readonly (readonly number[])[], given: readonly number[]): number[][] {
  const long = Math.max(...texts.map((text) => text.length));
  const answers = texts.map((text, r) => text.slice(given[r]! + 1));
  const most = Math.max(...answers.map((answer) => answer.length));
  const padded = (rows: readonly (readonly number[])[], width: number) =>
    rows.flatMap((row) => Array.from({ length: width }, (_, i) => row[i] ?? 0));
  const feeds = {
    ...model.values,
    "text.input": padded(
      texts.map((text) => text.slice(0, -1)),
      long - 1,
    ),
    "text.present": padded(
      texts.map((text) => text.slice(1).map(() => 1)),
      long - 1,
    ),
    "text.given": given,
    "answer.ids": padded(answers, most),
    "answer.present": padded(
      answers.map((answer) => answer.map(() => 1)),
      most,
    ),
  };
  const { logp } = interpret(model.named("forward"), feeds, { batch: texts.length, text: long - 1, answer: most });
  return answers.map((answer, r) => [...logp!.slice(r * most, r * most + answer.length)]);
}

const texts = [
  [2, 4, 7, 3, 9, 4, 5, 11],
  [2, 8, 4, 4, 6, 10],
];
const given = [3, 1];

test("a token that is told leaves what was told before it as it was, to the last bit", () => {
  const before = told(prefix, texts, given);
  for (let place = given[0]! + 1; place < texts[0]!.length - 1; place++) {
    const other = texts[0]!.map((id, i) => (i === place ? 12 : id));
    const [after] = told(prefix, [other, texts[1]!], given);
    const first = place - given[0]! - 1;
    expect(after!.slice(0, first)).toEqual(before[0]!.slice(0, first));
    expect(after![first + 1]).not.toBe(before[0]![first + 1]);
  }
});

test("a token that is given reaches all that is told, the prefix before it too", () => {
  const before = told(prefix, texts, given)[0]!;
  for (const place of [1, 2, 3]) {
    const [after] = told(prefix, [texts[0]!.map((id, i) => (i === place ? 12 : id)), texts[1]!], given);
    after!.forEach((x, i) => void expect(x).not.toBe(before[i]));
  }
  // The state of the first given token tells a later one of a change behind it, which looking back it could not.
  const narrow = (model: ReturnType<typeof open>, changed: readonly number[]) => told(model, [changed], [3])[0]![0]!;
  const row = texts[0]!.slice(0, 5);
  const swapped = [row[0]!, row[1]!, row[3]!, row[2]!, row[4]!];
  expect(narrow(prefix, row) - narrow(causal, row)).not.toBeCloseTo(narrow(prefix, swapped) - narrow(causal, swapped), 6);
});

test("where nothing is given it looks back, row by row", () => {
  const none = texts.map(() => 0);
  expect(told(prefix, texts, none)).toEqual(told(causal, texts, none));
  const [one, other] = [told(prefix, texts, given), texts.map((text, r) => told(prefix, [text], [given[r]!])[0]!)];
  one.forEach((row, r) => {
    for (const [i, x] of row.entries()) expect(x).toBeCloseTo(other[r]![i]!, 12);
  });
});

const engines = [
  ["the interpreter", interpret, 9],
  ["onnxruntime", runOnnx, 4],
] as const;
for (const [title, model] of [
  ["a prefix", prefix],
  ["a mask that only what is given passes", open(bare)],
] as const)
  for (const [engine, run, digits] of engines)
    test(`${title}: written token by token after prompts of several lengths, all is told as at once, on ${engine}`, async () => {
      const [prefill, step] = [model.named("prefill"), model.named("step")];
      expect([...k.broken(prefill, { final: true }), ...k.broken(step, { final: true })]).toEqual([]);
      const want = told(model, texts, given);
      const capacity = 12;
      const zeros = Object.fromEntries(
        k
          .inputPorts(prefill)
          .filter((port) => port.role === "state")
          .map((port) => [port.name, new Float64Array(count(port.axes, { batch: 2, capacity }))]),
      );
      const fresh = Math.max(...given) + 1;
      const token = texts.flatMap((text, r) => Array.from({ length: fresh }, (_, i) => (i <= given[r]! ? text[i]! : 0)));
      const begun = { ...model.values, ...zeros, token, count: given.map((n) => n + 1) };
      let out: Values = await run(prefill, begun, { batch: 2, fresh, capacity });
      const compare = (at: number): void => {
        for (const [r, row] of want.entries()) {
          const id = texts[r]![given[r]! + 1 + at];
          if (id !== undefined) expect(out.next![r * vocab + id]).toBeCloseTo(row[at]!, digits);
        }
      };
      compare(0);
      for (let i = 0; i < 3; i++) {
        const at = given.map((n) => n + 1 + i);
        const held = Object.fromEntries(Object.entries(out).filter(([name]) => name !== "next"));
        const feeds = { ...model.values, ...held, token: at.map((place, r) => texts[r]![place] ?? 0), at };
        out = await run(step, feeds, { batch: 2, past: Math.max(...at), capacity });
        compare(i + 1);
      }
    });
