import { expect, test } from "vitest";
import { gradients } from "../autodiff.ts";
import { interpret } from "../interp/interpret.ts";
import * as k from "../ir/elementwise.ts";
import { gather, scatterAdd } from "../ir/lookup.ts";
import { stop } from "../ir/mark.ts";
import { at, axis, type DType, make, type Node, namesOf } from "../ir/node.ts";
import { output, type Program, printProgram, program, topological } from "../ir/program.ts";
import { contract, sum } from "../ir/reduce.ts";
import { expand, pad, rename, slice, split } from "../ir/shape.ts";
import { constant, input } from "../ir/source.ts";
import { broken } from "../ir/spec.ts";
import { caseBinding, cases } from "../ops/cases.ts";
import { drawn } from "../ops/drawn.ts";
import { logSigmoid } from "../ops/logsigmoid.ts";
import { logSoftmax } from "../ops/logsoftmax.ts";
import { logSumExp } from "../ops/logsumexp.ts";
import { mean } from "../ops/mean.ts";
import { rmsNorm } from "../ops/rmsnorm.ts";
import { sigmoid } from "../ops/sigmoid.ts";
import { softmax } from "../ops/softmax.ts";
import { beforeGradients, formulas, optimized, passes, tables, targeted } from "./passes.ts";
import { recognised } from "./recognise.ts";
import { simplified } from "./rule.ts";

const sizes: Readonly<Record<string, number | string>> = { b: "b", s: "s", t: "t", d: 6, k: 3, v: 70, e: 5 };
const given = (name: string, axes: string, dtype: DType = "f32") =>
  input(
    name,
    "data",
    dtype,
    axes.split(" ").map((a) => axis(a, sizes[a]!)),
  );

const [x, y, z] = [given("x", "b s d"), given("y", "s d"), given("z", "b t d")];
const p = given("p", "b s", "bool");
const wide = given("wide", "b t v");
const [below70, at70] = [given("below70", "b t", "i32"), given("below70at", "b s", "i32")];
const positive = k.add(k.mul(x, x), 0.5);
const truth = (v: number) => constant(v, "bool");
const [q4, k4, v4] = [given("q", "b t d"), given("key", "b s d"), given("value", "b s d")];
const look = softmax(contract(q4, k4, ["d"]), ["s"]);

/** For each rule, nodes where it applies. */
const triggers: Readonly<Record<string, readonly Node[]>> = {
  "an operation on constants -> its result": [k.add(x, k.mul(constant(2), constant(3)))],
  "x + 0 -> x": [k.add(x, 0), k.add(0, x)],
  "(x + c) + d -> x + (c + d)": [k.add(k.add(1, x), 2)],
  "pad(x) + pad(y) -> concat(x, y) where each fills what the other leaves": [
    k.add(pad(x, "s", 0, "t", 0), pad(rename(given("more", "b t d"), { t: "s" }), "s", "s", 0, 0)),
    k.add(pad(x, "d", 6, 0, 0), pad(x, "d", 0, 6, 0)),
  ],
  "x + -y z -> x - y z": [k.add(x, k.neg(y)), k.add(k.neg(y), x), k.add(x, k.mul(k.neg(y), x)), k.add(k.mul(x, k.neg(y)), x)],
  "x - 0 -> x": [k.sub(x, 0)],
  "0 - x -> -x": [k.sub(0, x)],
  "x - c -> x + -c": [k.sub(x, 3)],
  "x - -y z -> x + y z": [k.sub(x, k.neg(y)), k.sub(x, k.mul(k.neg(y), x))],
  "x * 1 -> x": [k.mul(x, 1)],
  "x * -1 -> -x": [k.mul(-1, x)],
  "(x * c) * d -> x * (c * d)": [k.mul(k.mul(x, 2), 3)],
  "-x * c -> x * -c": [k.mul(k.neg(x), 3)],
  "-x * -y -> x * y": [k.mul(k.neg(x), k.neg(y))],
  "x / c -> x * (1 / c)": [k.div(x, 4)],
  "x / sqrt(y) -> x * rsqrt(y)": [k.div(y, k.sqrt(positive))],
  "-(-x) -> x": [k.neg(k.neg(x))],
  "-(x - y) -> y - x": [k.neg(k.sub(x, y))],
  "-(x * c) -> x * -c": [k.neg(k.mul(x, 3))],
  "x ^ n -> products and roots": [1, 2, 3, -1, 0.5, -0.5].map((n) => k.pow(positive, n)),
  "abs(-x) -> abs(x)": [k.abs(k.neg(x))],
  "log(exp(x)) -> x": [k.log(k.exp(x))],
  "log(sigmoid(x)) -> logSigmoid(x)": [k.log(sigmoid(x))],
  "exp(logSoftmax(x)) -> softmax(x)": [k.exp(logSoftmax(x, ["s"], p))],
  "exp(x - logSumExp(x)) -> softmax(x)": [k.exp(k.sub(x, logSumExp(x, ["s"])))],
  "select(present, exp(x - logSumExp(x, present)), 0) -> softmax(x, present)": [
    k.select(p, k.exp(k.sub(x, logSumExp(x, ["s"], p))), 0),
  ],
  "exp(logSigmoid(x)) -> sigmoid(x)": [k.exp(logSigmoid(x))],
  "exp(x + log(y)) -> exp(x) * y": [k.exp(k.add(y, k.log(positive))), k.exp(k.sub(y, k.log(positive)))],
  "select(c, x, x) -> x": [k.select(p, x, x)],
  "select(constant, x, y) -> x or y": [k.select(truth(1), y, x), k.select(truth(0), y, x)],
  "select(not c, x, y) -> select(c, y, x)": [k.select(k.not(p), x, y)],
  "rename(rename(x)) -> rename(x)": [rename(rename(x, { s: "u", d: "e" }), { u: "w" })],
  "not not x -> x": [k.not(k.not(p))],
  "x and x -> x": [k.and(p, p)],
  "x and true -> x, x and false -> false": [k.and(p, truth(1)), k.and(truth(0), p)],
  "x or x -> x": [k.or(p, p)],
  "x or false -> x, x or true -> true": [k.or(p, truth(1)), k.or(truth(0), p)],
  "cast(constant) -> constant": [k.mul(x, k.cast(k.cast(constant(2.5), "i32"), "f32"))],
  "cast to what it is -> x": [make("cast", [x], { to: "f32" })],
  "cast(cast(truth)) -> cast(truth)": [k.cast(k.cast(p, "i32"), "f32")],
  "f(expand(x), y) -> f(x, y), expanded where still needed": [
    k.mul(expand(y, [axis("b", "b")]), x),
    k.add(k.exp(expand(y, [axis("b", "b")])), x),
  ],
  "expand(expand(x)) -> expand(x)": [k.add(expand(expand(given("r", "d"), [axis("s", "s")]), [axis("b", "b")]), x)],
  "sum(expand(x)) -> x * size": [
    k.add(sum(expand(y, [axis("b", "b")]), ["b", "s"]), x),
    k.add(sum(expand(y, [axis("e", 5)]), ["e"]), x),
  ],
  "contract(expand(x), y) -> contract(x, sum(y)), expanded where still needed": [
    contract(expand(given("r", "b d"), [axis("s", "s")]), x, ["s", "d"]),
    contract(x, expand(given("r", "b d"), [axis("s", "s")]), ["d"]),
    contract(x, expand(given("r", "d"), [axis("t", "t")]), ["d"]),
  ].map((n) => (n.axes.some((a) => a.name === "t") ? k.add(n, given("bt", "b t")) : n)),
  "rename(expand(x)) -> expand(rename(x))": [k.add(rename(expand(y, [axis("b", "b")]), { b: "c", s: "u" }), given("bb", "b"))],
  "sum(sum(x)) -> sum(x)": [sum(sum(x, ["d"]), ["s"])],
  "sum(x) over one place -> x": [sum(expand(x, [axis("one", 1)]), ["one"]), sum(slice(x, "s", 2, 1), ["s", "d"])],
  "sum(x * c) -> sum(x) * c where c lacks the axes": [sum(k.mul(k.mul(x, 3), given("r", "b d")), ["s"])],
  "sum(-x) -> -sum(x)": [sum(k.neg(x), ["s"])],
  "sum(a * b) -> contract(a, b) where either keeps axes of its own": [sum(k.mul(x, z), ["d"]), sum(k.mul(y, x), ["d"])],
  "sum(scatterAdd(v) over its new axis) -> sum(v)": [sum(scatterAdd(wide, below70, ["t"], axis("w", 70)), ["w", "v"])],
  "sum(softmax(x) * contract(a, v)) -> sum(a * contract(softmax(x), v))": [sum(k.mul(look, contract(z, v4, ["d"])), ["s"])],
  "contract over nothing -> product": [contract(x, y, [])],
  "contract(x * c, y) -> contract(x, y) * c where c lacks the axes": [
    contract(k.mul(x, 2), z, ["d"]),
    contract(given("w", "d k"), k.mul(x, given("rb", "b")), ["d"]),
  ],
  "contract(x * c, y) -> contract(x, y * c) where y is smaller and has the axes": [
    contract(k.mul(given("wide4", "b s d t"), given("rs", "b s")), x, ["s"]),
  ],
  "contract(-x, y) -> -contract(x, y)": [contract(k.neg(x), z, ["d"]), contract(z, k.neg(x), ["d"])],
  "gather(f(x, y)) -> f(gather(x), gather(y))": [gather(k.add(k.exp(wide), given("r", "b v")), below70, "v")],
  "gather(logSoftmax(x)) -> gather(x) - logSumExp(x)": [
    gather(logSoftmax(wide, ["v"]), below70, "v"),
    gather(logSoftmax(wide, ["v"], k.gt(wide, 0)), below70, "v"),
  ],
  "gather(softmax(x)) -> exp(gather(logSoftmax(x)))": [gather(softmax(wide, ["v"]), below70, "v")],
  "gather(scatterAdd(v at i), j) -> sum(v where i == j)": [gather(scatterAdd(look, at70, ["s"], axis("v", 70)), below70, "v")],
  "softmax(x, present) -> softmax(x + penalty) * some(present)": [
    softmax(x, ["s"], p),
    softmax(x, ["d"], p),
    softmax(x, ["s"], k.and(p, k.not(p))),
  ],
  "logSumExp(x, present) -> logSumExp(x + penalty)": [logSumExp(x, ["s"], p)],
  "logSumExp(x) -> max + log(sum(exp(x - max)))": [logSumExp(x, ["s"]), logSumExp(x, ["s"], p)],
  "logSoftmax(x, present) -> logSoftmax(x + penalty) where present": [k.maximum(logSoftmax(x, ["s"], p), -1000)],
  "rmsNorm(x - mean(x)) -> layerNorm(x)": [rmsNorm(k.sub(x, mean(x, ["d"])), ["d"])],
  "x * y * rsqrt(mean(x * x) + eps) -> rmsNorm(x) * y": [
    k.mul(k.mul(x, given("scale", "d")), k.rsqrt(k.add(mean(k.mul(x, x), ["d"]), 1e-6))),
  ],
};

const bias = given("bias", "t s");
const scores = k.add(k.div(contract(q4, k4, ["d"]), Math.sqrt(6)), bias);
const words = axis("word", 16_384);
const [table, tilt] = [input("table", "weight", "f32", [words, axis("d", 6)]), input("tilt", "weight", "f32", [words])];
const logits = k.add(k.mul(contract(z, table, ["d"]), 0.1), tilt);
const looked = (node: Node) => gather(node, given("below16384", "b t", "i32"), "word");
const predicted = k.sub(looked(logits), logSumExp(logits, ["word"]));

/** For each formula, nodes that hold it. */
const written: Readonly<Record<string, readonly Node[]>> = {
  "contract(softmax(contract(q, k) * scale + bias), v) -> attention(q, k, v)": [
    contract(look, v4, ["s"]),
    contract(v4, softmax(scores, ["s"], p), ["s"]),
    contract(softmax(k.mul(k.sub(scores, bias), given("warm", "b t")), ["s"], k.and(p, k.not(p))), v4, ["s"]),
    contract(softmax(k.neg(k.add(bias, k.mul(0.5, contract(k4, q4, ["d"])))), ["s"]), v4, ["s"]),
  ],
  "logSumExp(contract(y, table)) -> scoreLogSumExp(y, table) over a large vocabulary": [logSumExp(logits, ["word"]), predicted],
  "gather(contract(y, table), label) -> contract(y, gather(table, label)) over a large vocabulary": [predicted],
};

function same(before: Program, after: Program, tolerance = 1e-9): void {
  expect(broken(after)).toEqual([]);
  const feeds = drawn(before, caseBinding);
  const [expected, found] = [interpret(before, feeds, caseBinding), interpret(after, feeds, caseBinding)];
  for (const o of before.outputs) {
    const scale = Math.max(1, ...expected[o.name]!.map(Math.abs));
    const worst = Math.max(0, ...found[o.name]!.map((v, i) => Math.abs(v - expected[o.name]![i]!)));
    expect(worst / scale).toBeLessThan(tolerance);
  }
}

const rules = tables.flatMap((t) =>
  Object.entries(t.rules).flatMap(([op, list]) => list.map((r) => ({ op, rule: r, name: r.name }))),
);

test("every formula is written down", () => {
  const names = formulas.flatMap((f) => Object.values(f.rules).flatMap((list) => list.map((r) => r.name)));
  expect(Object.keys(written).sort()).toEqual(names.sort());
});

test.each(Object.keys(written))("recognises and keeps the values: %s", (name) => {
  const alone = formulas.map((f) => ({
    name,
    rules: Object.fromEntries(Object.entries(f.rules).map(([op, list]) => [op, list.filter((r) => r.name === name)])),
  }));
  for (const node of written[name]!) {
    const before = program("p", [output("out", "value", node)]);
    const after = recognised(before, alone);
    expect(printProgram(after)).not.toBe(printProgram(before));
    same(before, after);
  }
});

const held = softmax(scores, ["s"], p);
const spread = softmax(logits, ["word"]);
const stays: Readonly<Record<string, readonly Node[]>> = {
  "the weights of attention are given": [contract(held, v4, ["s"]), held],
  "the scores of attention are given": [contract(held, v4, ["s"]), scores],
  "the product below the scores is given": [contract(held, v4, ["s"]), contract(q4, k4, ["d"])],
  "queries have the axis of keys too": [contract(softmax(contract(x, y, ["d"]), ["s"]), v4, ["s"])],
  "the softmax is over more than what the values have": [contract(softmax(scores, ["s", "t"], p), v4, ["s"])],
  "a factor has an axis named like the one that is summed": [
    contract(softmax(k.mul(contract(q4, k4, ["d"]), given("warm", "b d")), ["s"]), v4, ["s"]),
  ],
  "a bias has an axis named like the one that is summed": [
    contract(softmax(k.add(contract(q4, k4, ["d"]), given("warm", "b d")), ["s"]), v4, ["s"]),
  ],
  "a small vocabulary is predicted": [k.sub(gather(wide, below70, "v"), logSumExp(wide, ["v"]))],
  "the distribution over words is compared": [predicted, sum(k.mul(spread, logits), ["word"])],
};

test.each(Object.keys(stays))("nothing is recognised where %s", (why) => {
  const before = program(
    "p",
    stays[why]!.map((node, i) => output(`out${i}`, "value", node)),
  );
  expect(recognised(before, formulas)).toBe(before);
});

test("every rule has a trigger", () => {
  expect(Object.keys(triggers).sort()).toEqual([...new Set(rules.map((r) => r.name))].sort());
});

test.each(Object.keys(triggers))("fires and keeps the values: %s", (name) => {
  const alone = { name, rules: {} as Record<string, (typeof rules)[number]["rule"][]> };
  for (const r of rules) if (r.name === name) alone.rules[r.op] = [...(alone.rules[r.op] ?? []), r.rule];
  for (const node of triggers[name]!) {
    const before = program("p", [output("out", "value", node)]);
    const helped = simplified(before, [alone]);
    expect(printProgram(helped)).not.toBe(printProgram(before));
    same(before, helped);
  }
});

test.each(cases)("all passes keep the values and the law: %s", (_, node) => {
  let before = program("p", [output("out", "value", k.cast(node, "f32"))]);
  for (const pass of passes) {
    const after = pass.run(before);
    same(before, after, 1e-6);
    before = after;
  }
  expect(broken(before, { final: true }).filter((w) => !w.includes("cached"))).toEqual([]);
});

test.each(cases)("what is done for a target keeps the values and the law: %s", (_, node) => {
  const before = optimized(program("p", [output("out", "value", k.cast(node, "f32"))]));
  for (const target of ["onnx", "wgsl"] as const) same(before, targeted(before, target), 1e-6);
});

test("equal computations of two lines become one that names both", () => {
  const a = at(["a.neuro:1"], () => k.exp(x));
  const b = at(["a.neuro:2"], () => k.exp(x));
  const after = optimized(program("p", [output("out", "value", k.add(a, b))]));
  const exps = topological([after.outputs[0]!.node]).filter((n) => n.op === "exp");
  expect(exps.map((n) => n.origin)).toEqual([["a.neuro:1", "a.neuro:2"]]);
});

test("the loss of a head that copies never makes its distribution, forward or backward", () => {
  const made = scatterAdd(look, at70, ["s"], axis("v", 70));
  const gate = sigmoid(sum(z, ["d"]));
  const both = k.add(k.mul(k.sub(1, gate), softmax(wide, ["v"])), k.mul(gate, made));
  const loss = mean(k.neg(k.log(gather(both, below70, "v"))), ["b", "t"]);
  const before = program("p", [output("loss", "loss", loss)]);
  for (const pass of beforeGradients) same(before, pass.run(before), 1e-6);
  const simple = optimized(before).outputs[0]!.node;
  const wanted = topological([simple]).filter((n) => n.op === "input" && n.dtype === "f32");
  const all = optimized(
    program(
      "g",
      gradients(simple, wanted).map((g, i) => output(`g${i}`, "value", g!, namesOf(wanted[i]!.axes))),
    ),
  );
  const tall = topological(all.outputs.map((o) => o.node)).filter(
    (n) => n.op === "scatterAdd" && n.inputs[0]!.axes.some((a) => a.name === "s"),
  );
  expect(tall).toEqual([]);
});

test("what two sums add is added up once", () => {
  const [a, c] = [given("a", "s d"), given("c", "b")];
  const twice = k.mul(k.add(k.add(x, a), c), k.add(c, k.add(a, k.exp(x))));
  const before = program("p", [output("out", "value", twice)]);
  const after = optimized(before);
  same(before, after);
  expect(printProgram(after).match(/= add/g)).toHaveLength(3);
});

test("a bias shared by layers is added to the penalty once, whatever each layer calls its axes", () => {
  const bias = input("bias", "weight", "f32", [axis("h", 6), axis("s", "s")]);
  const layer = (g: string) => {
    const score = input(`score.${g}`, "data", "f32", [axis("b", "b"), axis("s", "s"), axis(g, 3), axis("r", 2)]);
    const look = k.add(k.add(score, split(bias, "h", [axis(g, 3), axis("r", 2)])), given("penalty", "b s"));
    return sum(k.tanh(look), [g, "r"]);
  };
  const before = program("p", [output("out", "value", k.add(layer("g1"), layer("g2")))]);
  const after = optimized(before);
  same(before, after);
  expect(printProgram(after).match(/= add/g)).toHaveLength(4);
});

test("layer norm as it is written in a layer is found", () => {
  const centred = k.sub(x, mean(x, ["d"]));
  const written = k.div(k.mul(centred, given("scale", "d")), k.sqrt(k.add(mean(k.pow(centred, 2), ["d"]), 1e-5)));
  const before = program("p", [output("out", "value", written)]);
  same(before, optimized(before));
  expect(printProgram(optimized(before))).toContain("layerNorm(x, over: [d]");
});

test("markers are gone from an optimized program", () => {
  const after = optimized(program("p", [output("out", "value", k.mul(stop(x), 2))]));
  expect(topological([after.outputs[0]!.node]).some((n) => n.op === "stop")).toBe(false);
});
