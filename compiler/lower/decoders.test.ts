// Decoders that write: whatever way tokens come (prompts of several lengths, one at a time, several, a tree), each is told as in the
// whole text, on the interpreter and on onnxruntime.
import { expect, test } from "vitest";
import * as k from "../../kernels/index.ts";
import { interpret } from "../../kernels/interp/interpret.ts";
import { runOnnx } from "../../kernels/render/onnx-session.ts";
import { modelPrograms } from "./model.ts";
import { modelOf, stdlib } from "./testing.ts";
import { resumingProgram, verifyingPrograms } from "./writing.ts";

type Values = Record<string, ArrayLike<number>>;
type Sizes = Record<string, number>;
type Run = (p: k.Program, feeds: Values, sizes: Sizes) => Promise<Values> | Values;

/** Numbers that look random and never change. */
const noise = (n: number, seed: number): number[] =>
  Array.from({ length: n }, (_, i) => 0.5 * Math.sin(12.9898 * (i + 1) + 78.233 * seed));
const count = (axes: readonly { size: k.Size }[], sizes: Sizes): number =>
  axes.reduce((n, a) => n * k.evaluate(a.size, sizes), 1);
const vocab = 13;
const capacity = 12;

/** A model, its programs, its weights, and what stands before the tokens of a text. */
function open(texts: readonly string[]) {
  const { context, instance } = modelOf([stdlib("models"), stdlib("decoders"), ...texts], "m", vocab);
  const { programs, weights } = modelPrograms(context, instance);
  const named = (what: string) => programs.find((p) => p.program.name === `m.${what}`)!.program;
  const values: Values = Object.fromEntries(weights.map((w, i) => [w.path, noise(count(w.axes, {}), i + 1)]));
  const tree = verifyingPrograms(context, instance, { tree: true });
  const chain = verifyingPrograms(context, instance);
  return { named, values, tree, chain, resume: resumingProgram(context, instance) };
}

const decoder = (fields = "") => `model m: Decoder { depth: 2 layers, width: 8, heads: 4, kv: 2, inner: 12, ${fields} }`;

const own = `
model Odd(text: [b, t] of Token) -> LanguageModel {
  weight table: [vocab, d = 8] = normal(0, 1)
  weight far: [] = 0.3
  u = twin(t)
  y = table[vocab: text] + 0.5 * previous(table[vocab: text] over t) + 0.1 * hard(cumsum(text == 4 over t) > 1)
  look = softmax(dot(y, rename(y over t -> u) over d) - far * outer(position(t) - position(u)) over u where MASK)
  softmax(dot(y + dot(look, rename(y over t -> u) over u), table over d) over vocab)
}
model m: Odd {}`;

const models: Record<string, string[]> = {
  "grouped queries": [decoder()],
  "heads of eight channels": [decoder("channels: 8")],
  "a sliding window": [decoder("reach: 3")],
  "biases, norms and a table of its own": [decoder("biases: true, norms: true, tied: false")],
  "the token before and a running count": [own.replace("MASK", "backward(t, u)")],
};

/** Rows of different lengths; the answers begin after `given` tokens. */
const rows = [
  [2, 4, 7, 3, 9, 4, 5, 11],
  [2, 8, 4, 4, 6, 10],
];
const given = [4, 2];

/** Log p of every next token at each place of a row, from the text read at once: every token of the vocabulary as an answer of one. */
function whole(model: ReturnType<typeof open>, row: readonly number[]): number[][] {
  const every = <T>(of: (id: number) => T): T[] => Array.from({ length: vocab }, (_, id) => of(id));
  return row.map((_, at) => {
    const text = row.slice(0, at + 1);
    const feeds = {
      ...model.values,
      "text.input": every(() => text).flat(),
      "text.present": every(() => text.map(() => 1)).flat(),
      "text.given": every(() => at),
      "answer.ids": every((id) => id),
      "answer.present": every(() => 1),
    };
    return [...interpret(model.named("forward"), feeds, { batch: vocab, text: at + 1, answer: 1 }).logp!];
  });
}

function zeros(p: k.Program, sizes: Sizes): Values {
  const ports = k.inputPorts(p).filter((port) => port.role === "state");
  return Object.fromEntries(ports.map((port) => [port.name, new Float64Array(count(port.axes, { ...sizes, capacity }))]));
}

const states = (out: Values): Values =>
  Object.fromEntries(Object.entries(out).filter(([name]) => /^(cache|shift|sum)\./.test(name)));

function same(got: ArrayLike<number>, from: number, want: readonly number[], digits: number): void {
  for (const [id, x] of want.entries()) expect(got[from * vocab + id]).toBeCloseTo(x, digits);
}

const engines: readonly (readonly [string, Run, number])[] = [
  ["the interpreter", interpret, 9],
  ["onnxruntime", runOnnx, 4],
];

for (const [title, texts] of Object.entries(models)) {
  const model = open(texts);
  const expected = rows.map((row) => whole(model, row));

  for (const [engine, run, digits] of engines) {
    test(`${title}: prompts of several lengths, then a token at a time, on ${engine}`, async () => {
      const [prefill, step] = [model.named("prefill"), model.named("step")];
      expect([...k.broken(prefill, { final: true }), ...k.broken(step, { final: true })]).toEqual([]);
      const fresh = Math.max(...given);
      const token = rows.flatMap((row, r) => Array.from({ length: fresh }, (_, i) => (i < given[r]! ? row[i]! : 0)));
      const begun = { ...model.values, ...zeros(prefill, { batch: 2 }), token, count: given };
      let out = await run(prefill, begun, { batch: 2, fresh, capacity });
      for (const [r, n] of given.entries()) same(out.next!, r, expected[r]![n - 1]!, digits);
      for (let i = 0; i < 4; i++) {
        const at = given.map((n) => n + i);
        const feeds = { ...model.values, ...states(out), token: rows.map((row, r) => row[at[r]!]!), at };
        out = await run(step, feeds, { batch: 2, past: Math.max(...at), capacity });
        for (const [r, place] of at.entries()) same(out.next!, r, expected[r]![place]!, digits);
      }
    });
  }

  for (const [engine, run, digits] of engines)
    test(`${title}: texts are read on from different places by different lengths, on ${engine}`, async () => {
      const { resume } = model;
      expect(k.broken(resume, { final: true })).toEqual([]);
      let held = zeros(resume, { batch: 2 });
      let at = [0, 0];
      for (const more of [
        [4, 1],
        [1, 3],
        [3, 2],
      ]) {
        const fresh = Math.max(...more);
        const token = rows.flatMap((row, r) => Array.from({ length: fresh }, (_, i) => (i < more[r]! ? row[at[r]! + i]! : 12)));
        const feeds = { ...model.values, ...held, token, at, count: more };
        const out = await run(resume, feeds, { batch: 2, fresh, past: Math.max(...at), capacity });
        at = at.map((n, r) => n + more[r]!);
        for (const [r, n] of at.entries()) same(out.next!, r, expected[r]![n - 1]!, digits);
        held = states(out);
      }
    });

  test(`${title}: drafted tokens are verified at once, and only those kept become the past`, () => {
    const { verify, commit } = model.chain;
    const step = model.named("step");
    expect([...k.broken(verify, { final: true }), ...(commit ? k.broken(commit, { final: true }) : [])]).toEqual([]);
    let held = zeros(verify, { batch: 2 });
    let at = [0, 0];
    // Each round drafts three tokens, of which the last or the last two are wrong.
    for (const kept of [
      [2, 1],
      [1, 3],
    ]) {
      const drafted = rows.map((row, r) => [0, 1, 2].map((i) => (i < kept[r]! ? row[at[r]! + i]! : 12)));
      const feeds = { ...model.values, ...held, token: drafted.flat(), at };
      const out = interpret(verify, feeds, { batch: 2, fresh: 3, past: Math.max(...at), capacity });
      for (const r of [0, 1]) for (let i = 0; i < kept[r]!; i++) same(out.next!, 3 * r + i, expected[r]![at[r]! + i]!, 9);
      const small = commit ? interpret(commit, { ...held, ...out, accepted: kept }, { batch: 2, fresh: 3 }) : {};
      held = { ...held, ...states(out), ...small };
      at = at.map((n, r) => n + kept[r]!);
    }
    const out = interpret(
      step,
      { ...model.values, ...held, token: rows.map((row, r) => row[at[r]!]!), at },
      { batch: 2, past: Math.max(...at), capacity },
    );
    for (const r of [0, 1]) same(out.next!, r, expected[r]![at[r]!]!, 9);
  });

  for (const [engine, run, digits] of engines) {
    test(`${title}: each branch of a tree is told as if it were alone, and the way taken becomes the past, on ${engine}`, async () => {
      const { verify, commit } = model.tree;
      const prefill = model.named("prefill");
      const begun = {
        ...model.values,
        ...zeros(prefill, { batch: 2 }),
        token: rows.flatMap((r) => r.slice(0, 2)),
        count: [2, 2],
      };
      let held = states(await run(prefill, begun, { batch: 2, fresh: 2, capacity }));
      // Six tokens: two branches from one token, the second of which forks again. Row 0 takes 0 > 2 > 4, row 1 takes 0 > 1.
      const parents = [-1, 0, 0, 1, 2, 2];
      const ways = parents.map((_, i) => {
        const way = [i];
        while (parents[way[0]!]! >= 0) way.unshift(parents[way[0]!]!);
        return way;
      });
      const taken = [ways[4]!, ways[1]!];
      const tokens = rows.map((row, r) =>
        parents.map((_, i) => (taken[r]!.includes(i) ? row[2 + taken[r]!.indexOf(i)]! : (3 * i + r) % 12)),
      );
      const tree = ways.flatMap((way) => parents.map((_, j) => (way.includes(j) ? 1 : 0)));
      const feeds = { ...model.values, ...held, token: tokens.flat(), at: [2, 2], tree: [...tree, ...tree] };
      const out = await run(verify, feeds, { batch: 2, fresh: 6, past: 2, capacity });
      for (const [r, row] of rows.entries())
        for (const [i, way] of ways.entries()) {
          const alone = [...row.slice(0, 2), ...way.map((j) => tokens[r]![j]!)];
          same(out.next!, 6 * r + i, whole(model, alone).at(-1)!, digits);
        }
      const path = taken.flatMap((way) => parents.map((_, i) => way[i] ?? 0));
      const at = taken.map((way) => 2 + way.length);
      held = { ...held, ...states(out) };
      const chosen = { ...held, ...out, ...held, at: [2, 2], path, accepted: taken.map((way) => way.length) };
      held = { ...held, ...states(await run(commit!, chosen, { batch: 2, fresh: 6, capacity })) };
      const next = await run(
        model.named("step"),
        { ...model.values, ...held, token: rows.map((row, r) => row[at[r]!]!), at },
        { batch: 2, past: Math.max(...at), capacity },
      );
      for (const r of [0, 1]) same(next.next!, r, expected[r]![at[r]!]!, digits);
    });
  }
}

test("a mask that looks ahead reads a prompt at once, and rows never see what another row left in the caches", () => {
  const model = open([own.replace("MASK", "prefix(t, u, 3)")]);
  const [prefill, step] = [model.named("prefill"), model.named("step")];
  const at = [5, 3];
  const token = rows.flatMap((row, r) => Array.from({ length: 5 }, (_, i) => (i < at[r]! ? row[i]! : 0)));
  const begun = { ...model.values, ...zeros(prefill, { batch: 2 }), token, count: at };
  const first = interpret(prefill, begun, { batch: 2, fresh: 5, capacity });
  const expected = rows.map((row) => whole(model, row));
  for (const r of [0, 1]) same(first.next!, r, expected[r]![at[r]! - 1]!, 9);
  const feeds = { ...model.values, ...states(first), token: rows.map((row, r) => row[at[r]!]!), at };
  const out = interpret(step, feeds, { batch: 2, past: 5, capacity });
  for (const r of [0, 1]) same(out.next!, r, expected[r]![at[r]!]!, 9);
});
