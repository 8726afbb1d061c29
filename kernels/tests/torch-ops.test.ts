/** Values and gradients of every differentiable operation against PyTorch's (`torch-ops.py` wrote torch-ops.json). */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import * as k from "../index.ts";

interface Fixture {
  readonly pool: Readonly<Record<string, { axes: string; shape: number[]; dtype: k.DType; values: number[] }>>;
  readonly cases: readonly {
    name: string;
    inputs: string[];
    axes: string;
    value: number[];
    gradients: Readonly<Record<string, number[]>>;
  }[];
}
const fixture = JSON.parse(readFileSync(new URL("torch-ops.json", import.meta.url), "utf8")) as Fixture;

const names = (axes: string): string[] => (axes === "" ? [] : axes.split(" "));

const pool = Object.fromEntries(
  Object.entries(fixture.pool).map(([name, { axes, shape, dtype }]) => [
    name,
    k.input(
      name,
      "data",
      dtype,
      names(axes).map((a, i) => k.axis(a, shape[i]!)),
    ),
  ]),
);
const of = (name: string): k.Node => pool[name]!;
const axis = (node: string, name: string): k.Axis => k.axisOf(of(node), name)!;

const [x, y, near, few, scores] = ["x", "y", "near", "few", "scores"].map(of) as [k.Node, k.Node, k.Node, k.Node, k.Node];
const [q, keys, vals, present] = ["q", "k", "vals", "present"].map(of) as [k.Node, k.Node, k.Node, k.Node];
const scoring = { over: ["d"], along: "s", scale: 0.5 };
const [t, s] = [k.iota(axis("q", "t")), k.iota(axis("k", "s"))];
const past = k.le(s, t);
const logits = k.contract(x, of("weights"), ["d"]);
const table = of("table");

/** What each case is here. */
const built: Readonly<Record<string, () => k.Node>> = {
  ...Object.fromEntries(
    [k.neg, k.abs, k.exp, k.expm1, k.tanh, k.erf, k.sin, k.cos, k.sigmoid, k.logSigmoid, k.silu, k.gelu].map((f) => [
      f(x).op,
      () => f(x),
    ]),
  ),
  softplus: () => k.softplus(x),
  "square by pow": () => k.pow(x, 2),
  softcap: () => k.softcap(x, 1.5),
  ...Object.fromEntries([k.log, k.log1p, k.sqrt, k.rsqrt, k.safeLog].map((f) => [f(near).op, () => f(near)])),
  log1mExp: () => k.log1mExp(k.neg(near)),
  acos: () => k.acos(of("below")),
  ...Object.fromEntries([k.add, k.sub, k.mul, k.maximum, k.minimum, k.logAddExp].map((f) => [f(x, y).op, () => f(x, y)])),
  select: () => k.select(k.gt(x, 0), k.mul(x, 2), k.add(y, x)),
  div: () => k.div(x, near),
  pow: () => k.pow(near, y),
  mod: () => k.mod(x, near),
  sum: () => k.sum(x, ["s"]),
  mean: () => k.mean(x, ["b", "d"]),
  "mean of the counted": () => k.mean(x, ["s"], of("counted")),
  reduceMax: () => k.reduceMax(x, ["s"]),
  reduceMin: () => k.reduceMin(x, ["d"]),
  logSumExp: () => k.logSumExp(x, ["d"]),
  softmax: () => k.softmax(x, ["s"]),
  "softmax of the present": () => k.softmax(x, ["s"], present),
  "softmax of huge numbers": () => k.softmax(k.mul(x, 1e4), ["d"]),
  logSoftmax: () => k.logSoftmax(x, ["d"]),
  cumsum: () => k.cumsum(x, "s"),
  "cumsum from the end, without the own place": () => k.cumsum(x, "s", { reverse: true, exclusive: true }),
  cumprod: () => k.cumprod(x, "d"),
  "cumprod with zeros": () => k.cumprod(k.select(k.gt(x, 0.8), 0, x), "d"),
  rmsNorm: () => k.rmsNorm(x, ["d"]),
  "rmsNorm over two axes": () => k.rmsNorm(x, ["s", "d"]),
  layerNorm: () => k.layerNorm(x, ["d"]),
  contract: () => logits,
  "contract of two": () => k.contract(x, y, ["s", "d"]),
  "gather rows": () => k.gather(table, of("ids"), "v"),
  "gather in a row": () => k.gather(scores, of("labels"), "v"),
  scatterAdd: () => k.scatterAdd(few, of("ids"), ["t"], axis("table", "v")),
  topValues: () => k.topValues(x, "d", k.axis("c", 2)),
  concat: () => k.concat([x, near], "s"),
  "slice and pad": () => k.pad(k.slice(x, "s", 1, 2), "s", 2, 1, 3),
  "split and merge": () => k.merge(k.split(x, "d", [k.axis("m", 2), k.axis("n", 2)]), ["m", "s", "n"], "f"),
  "expand and pick": () => k.rename(k.expand(k.pick(x, "s", 2), [k.axis("c", 2), k.axis("e", 3)]), { e: "s" }),
  "cross entropy": () => k.neg(k.mean(k.gather(k.logSoftmax(logits, ["v"]), of("labels"), "v"), ["b", "s"])),
  "cross entropy of the counted": () =>
    k.neg(k.mean(k.gather(k.logSoftmax(scores, ["v"]), of("labels"), "v"), ["b", "s"], of("counted"))),
  rotary: () => k.rotary(x, of("place"), "d"),
  attention: () => k.attention(q, keys, vals, scoring),
  "attention with a bias, to the past": () => k.attention(q, keys, vals, { ...scoring, bias: of("bias"), present: past }),
  "attention to what is near": () =>
    k.attention(q, keys, vals, { over: ["d"], along: "s", present: k.and(past, k.lt(k.sub(t, s), 2)) }),
  "attention to the present, of which there may be none": () => k.attention(q, keys, vals, { ...scoring, present }),
  "attention within segments": () => k.attention(q, keys, vals, { ...scoring, present: of("segment") }),
  "attention of grouped queries, to the past": () => k.attention(of("qg"), of("kg"), of("kg"), { ...scoring, present: past }),
  scoreLogSumExp: () => k.scoreLogSumExp(x, table, { over: ["d"], along: "v", scale: 0.7 }),
  "cross entropy without its scores": () =>
    k.sub(k.scoreLogSumExp(x, table, { over: ["d"], along: "v" }), k.contract(x, k.gather(table, of("labels"), "v"), ["d"])),
  put: () => k.put(of("cache"), k.rename(x, { s: "v" }), of("at"), "v"),
  "put at each row's place": () => k.put(of("cache"), k.rename(x, { s: "v" }), of("each"), "v"),
  dequantize: () => k.dequantize(of("codes"), k.rename(of("scale"), { c: "e" }), "e"),
  hadamard: () => k.hadamard(x, "d"),
  decayed: () => k.decayed(x, 0.9, "s"),
  advantages: () => k.advantages(few, few, "t", { gamma: 0.99, lambda: 0.95 }),
  "a gated layer": () => {
    const half = k.contract(k.rmsNorm(x, ["d"]), of("weights"), ["d"]);
    return k.mul(k.gelu(half), logits);
  },
};

/** The largest difference, relative to the larger of 1 and the largest number expected. */
function difference(found: ArrayLike<number>, expected: readonly number[]): number {
  expect(found.length).toBe(expected.length);
  const scale = Math.max(1, ...expected.map(Math.abs));
  return expected.reduce((worst, v, i) => Math.max(worst, Math.abs(v - found[i]!) / scale), 0);
}

const lossOf = (node: k.Node, axes: readonly string[]): { loss: k.Node; weights: number[] } => {
  const order = axes.map((a) => k.axisOf(node, a)!);
  const count = order.reduce((n, a) => n * (a.size as number), 1);
  const weights = Array.from({ length: count }, (_, i) => (((7 * i) % 11) - 5) / 5);
  return { loss: k.sum(k.mul(node, k.input("by", "data", "f32", order)), axes), weights };
};

test.each(fixture.cases)("PyTorch has the same value and gradients: $name", ({ name, inputs, axes, value, gradients }) => {
  const node = built[name]!();
  const { loss, weights } = lossOf(node, names(axes));
  const wanted = Object.keys(gradients);
  const slopes = k.gradients(loss, wanted.map(of));
  const outputs = slopes.map((g, i) => k.output(wanted[i]!, "value", g!, k.namesOf(of(wanted[i]!).axes)));
  const p = k.program("p", [k.output("out", "value", node, names(axes)), ...outputs]);
  const feeds = { by: weights, ...Object.fromEntries(inputs.map((n) => [n, fixture.pool[n]!.values])) };
  const found = k.interpret(p, feeds, {});
  expect(difference(found.out!, value), "value").toBeLessThan(1e-8);
  for (const n of wanted) expect(difference(found[n]!, gradients[n]!), `gradient of ${n}`).toBeLessThan(1e-7);
});

// Markers compute nothing; PyTorch has no word for them.
const markers = ["cached", "after"];

test("every operation that has a gradient is among them", () => {
  const roots = fixture.cases.map(({ name }) => built[name]!());
  const used = new Set(k.topological(roots).map((n) => n.op));
  const missing = k.ops.filter((op) => op.gradient && !used.has(op.name) && !markers.includes(op.name));
  expect(missing.map((op) => op.name)).toEqual([]);
});
