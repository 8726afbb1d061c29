/**
 * Uses of every operation, run by the interpreter against every renderer and differentiated against finite differences.
 * Inputs are drawn by the test: f32 in -2..2, `below7` as whole numbers 0..6, bool and u32 anything.
 */
import * as e from "../ir/elementwise.ts";
import { cumsum, gather, philox, scatterAdd, topIndices, topValues } from "../ir/lookup.ts";
import { cached, stop } from "../ir/mark.ts";
import { type Axis, axis, type DType, type Node } from "../ir/node.ts";
import { argmax, contract, reduceMax, reduceMin, sum } from "../ir/reduce.ts";
import { concat, expand, merge, pad, pick, rename, slice, split, stack } from "../ir/shape.ts";
import type { Size } from "../ir/size.ts";
import { constant, input, iota, sizeOf, tensor } from "../ir/source.ts";
import { attention } from "./attention.ts";
import { decayed } from "./decayed.ts";
import { gelu } from "./gelu.ts";
import { layerNorm } from "./layernorm.ts";
import { log1mExp } from "./log1mexp.ts";
import { logAddExp } from "./logaddexp.ts";
import { logSigmoid, softplus } from "./logsigmoid.ts";
import { logSoftmax } from "./logsoftmax.ts";
import { logSumExp } from "./logsumexp.ts";
import { mean } from "./mean.ts";
import { normal, uniform } from "./random.ts";
import { rmsNorm } from "./rmsnorm.ts";
import { safeLog } from "./safelog.ts";
import { scoreLogSumExp } from "./score-logsumexp.ts";
import { sigmoid } from "./sigmoid.ts";
import { silu } from "./silu.ts";
import { softmax } from "./softmax.ts";

/** One use: a title and the node it makes. */
export type Case = readonly [title: string, node: Node];

/** The numbers that stand for symbols while cases run. */
export const caseBinding = { b: 3, s: 5, t: 4 } as const;

const sizes: Readonly<Record<string, Size>> = { b: "b", s: "s", t: "t", h: 2, k: 3, d: 6, v: 7, u: "s" };
const axes = (names: string): Axis[] => (names === "" ? [] : names.split(" ").map((n) => axis(n, sizes[n]!)));
const given = (name: string, names: string, dtype: DType = "f32"): Node => input(name, "data", dtype, axes(names));

const x = given("x", "b s d");
const y = given("y", "s d");
const near = e.add(e.mul(x, x), 0.5);
const row = given("row", "b", "u32");
const [seed, step] = [input("seed", "scalar", "u32", []), input("step", "scalar", "u32", [])];
const [p, q] = [given("p", "b s", "bool"), given("q", "s", "bool")];
const below7 = given("below7", "b t", "i32");
const whole = given("below9", "b s", "i32");
const inside = e.mul(e.tanh(x), 0.9);

const elementwise: Case[] = [
  ...[e.neg, e.abs, e.sign, e.exp, e.expm1, e.tanh, e.erf, e.sin, e.cos, e.floor, e.ceil, e.round].map(
    (f): Case => [`${f(x).op} of a tensor`, f(x)],
  ),
  ...[e.log, e.log1p, e.sqrt, e.rsqrt].map((f): Case => [`${f(near).op} of positive numbers`, f(near)]),
  ["acos inside its domain", e.acos(inside)],
  ["halves round to even", e.round(e.div(e.cast(whole, "f32"), 2))],
  ["not", e.not(p)],
  ...[e.add, e.sub, e.mul, e.maximum, e.minimum].flatMap((f): Case[] => [
    [`${f(x, y).op} spreads by name`, f(x, y)],
    [`${f(x, y).op} of whole numbers`, f(whole, 3)],
  ]),
  ["two operands that lack each other's axes", e.mul(given("g", "b t"), given("z", "d t"))],
  ["axes in another order", e.add(given("a", "s b d"), x)],
  ["div", e.div(y, near)],
  ["pow of positive numbers", e.pow(near, y)],
  ["pow to a constant", e.pow(x, 2)],
  ["idiv rounds down", e.idiv(e.sub(whole, 4), 3)],
  ["mod has the divisor's sign", e.mod(e.sub(whole, 4), 3)],
  ["mod of floats", e.mod(x, 0.75)],
  ...[e.eq, e.ne, e.lt, e.le, e.gt, e.ge].flatMap((f): Case[] => [
    [`${f(x, y).op} of floats`, f(x, y)],
    [`${f(x, y).op} of whole numbers`, f(whole, 4)],
  ]),
  ["eq and ne of truth values", e.and(e.eq(p, q), e.ne(q, p))],
  ...[e.and, e.or, e.xor].map((f): Case => [f(p, q).op, f(p, q)]),
  ["select drops what is not taken", e.select(e.gt(x, 0), e.log(x), y)],
  ["casts between dtypes", e.cast(e.cast(e.cast(e.mul(x, 3), "i32"), "bool"), "f32")],
  ["cast of whole numbers", e.mul(e.cast(whole, "f32"), 0.5)],
];

const sources: Case[] = [
  ["constants", e.add(x, constant(2))],
  ["a table", e.mul(y, tensor([1, 2, 3, 4, 5, 6], axes("d")))],
  ["positions along an axis", e.mul(y, e.cast(iota(axis("s", "s")), "f32"))],
  ["a size as a number", e.div(x, sizeOf("2*s+b"))],
];

const wide = given("wide", "b s h k");
const moves: Case[] = [
  ["split in two", split(x, "d", axes("h k"))],
  ["merge neighbours", merge(wide, ["h", "k"], "d")],
  ["merge in another order", merge(wide, ["k", "h"], "d")],
  ["merge what is apart", merge(wide, ["h", "b"], "c")],
  ["rename", rename(x, { s: "t", d: "e" })],
  ["expand", e.add(expand(y, axes("b")), x)],
  ["slice with symbolic size", slice(x, "s", 1, "s-2")],
  ["pick one place", pick(x, "s", "s-1")],
  ["pad", pad(x, "s", 2, 1, -1)],
  ["concat along a symbolic axis", concat([x, given("more", "s b d")], "s")],
  ["stack", stack([y, e.mul(y, 2)], "c")],
  ["stop", stop(x)],
  ["cached", cached(x, "s", "u")],
];

const reductions: Case[] = [
  ...[sum, reduceMax, reduceMin].flatMap((f): Case[] => [
    [`${f(x, ["s"]).op} over an inner axis`, f(x, ["s"])],
    [`${f(x, ["s"]).op} over all`, f(x, ["b", "d", "s"])],
  ]),
  ["sum of whole numbers", sum(whole, ["s"])],
  ["argmax", argmax(x, "d")],
  ["argmax of an outer axis", argmax(x, "b")],
  ["mean over a symbolic axis", mean(x, ["s", "d"])],
  ["mean of the present, of none 0", mean(x, ["s"], e.and(p, e.gt(e.cast(row, "f32"), 2 ** 31)))],
  ["contract with a weight", contract(x, given("w", "d v"), ["d"])],
  ["contract with a weight kept the other way", contract(x, given("w", "v d"), ["d"])],
  ["contract with shared axes", contract(given("m", "b s h k"), given("n", "b t h k"), ["k"])],
  ["contract over two axes", contract(given("m", "b s h k"), given("o", "h k d"), ["h", "k"])],
  ["contract over two axes apart", contract(given("m", "h b k s"), given("o", "k d h"), ["h", "k"])],
  ["contract of attention with values", contract(given("l", "b h t s"), given("m", "b s h k"), ["s"])],
  ["contract to a number", contract(x, x, ["b", "s", "d"])],
  ["contract of matrix and vector", contract(x, given("r", "d"), ["d"])],
  ["contract with nothing to sum", contract(given("g", "b t"), given("f", "b d"), [])],
  ["contract a tensor with a mask, heads between", contract(given("m", "b h s k"), given("n", "b s k"), ["b", "k", "s"])],
  ["contract over the batch, as gradients do", contract(x, given("g", "b s v"), ["b", "s"])],
];

const lookups: Case[] = [
  ["gather rows of a table", gather(given("w", "v d"), below7, "v")],
  ["gather along an inner axis", gather(given("w", "d v"), below7, "v")],
  ["gather with shared axes", gather(given("lp", "b t v"), below7, "v")],
  ["gather with shared and new axes", gather(given("n", "b v d"), below7, "v")],
  ["scatter to a vocabulary", scatterAdd(given("l", "b t"), below7, ["t"], axis("v", 7))],
  ["scatter with more axes than the index", scatterAdd(given("l", "b s t"), below7, ["t"], axis("v", 7))],
  ["scatter rows into a table", scatterAdd(given("l", "b t d"), below7, ["b", "t"], axis("v", 7))],
  ["scatter one place a row", scatterAdd(given("l", "b t"), below7, [], axis("v", 7))],
  [
    "a scatter added to what has the same axes",
    e.add(given("lp", "b t v"), scatterAdd(given("l", "b t"), below7, [], axis("v", 7))),
  ],
  [
    "a scatter added to what has more axes",
    e.add(given("lp", "b t v"), scatterAdd(given("g", "t"), given("below7t", "t", "i32"), [], axis("v", 7))),
  ],
  ["cumsum", cumsum(x, "s")],
  ["cumsum reversed and exclusive", cumsum(x, "s", { reverse: true, exclusive: true })],
  ["topValues", topValues(x, "d", axis("c", 2))],
  ["topIndices", topIndices(given("lp", "b v d"), "v", axis("c", 3))],
  ["philox words", e.mul(e.cast(philox(axes("b s d"), seed, step, row, 7, 2), "f32"), x)],
  ["uniform numbers", e.add(uniform(axes("b s d"), { seed, step, row, place: 1 }), x)],
  ["normal numbers", normal(axes("b d"), { seed, step, row, place: 2 })],
];

const composed: Case[] = [
  ["sigmoid", sigmoid(e.mul(x, 5))],
  ["logSigmoid far out", logSigmoid(e.mul(x, 50))],
  ["softplus", softplus(x)],
  ["silu", silu(x)],
  ["gelu", gelu(x)],
  ["softmax", softmax(x, ["s"])],
  ["softmax over two axes", softmax(x, ["s", "d"])],
  ["softmax of the present", softmax(x, ["s"], p)],
  ["softmax where nothing is present", softmax(x, ["s"], e.and(p, e.not(p)))],
  ["softmax of huge numbers", softmax(e.mul(x, 1e4), ["d"])],
  ["logSumExp", logSumExp(x, ["d"])],
  ["logSumExp of the present", logSumExp(x, ["s"], p)],
  ["logSoftmax", logSoftmax(x, ["d"])],
  ["logSoftmax of the present", e.maximum(logSoftmax(x, ["s"], p), -100)],
  ["logAddExp", logAddExp(x, y)],
  ["log1mExp", log1mExp(e.neg(near))],
  ["safeLog", safeLog(e.maximum(x, 0))],
  ["rmsNorm", rmsNorm(x, ["d"])],
  ["rmsNorm over two axes", rmsNorm(x, ["d", "s"])],
  ["layerNorm", layerNorm(x, ["d"])],
  ["decayed sums", decayed(x, 0.9, "s")],
];

const [query, key, values] = [given("query", "b t h k"), given("key", "b s h k"), given("values", "b s h d")];
const scoring = { over: ["k"], along: "s" };
const causal = e.le(iota(axes("s")[0]!), iota(axes("t")[0]!));
const few = given("few", "b s k");
const attentions: Case[] = [
  ["attention", attention(query, key, values, { ...scoring, scale: 0.5 })],
  ["attention whose values are its keys", attention(query, key, key, scoring)],
  [
    "attention with a bias among the present",
    attention(query, key, values, { ...scoring, bias: given("bias", "h t s"), present: p }),
  ],
  ["attention to the past", attention(query, key, values, { ...scoring, present: causal })],
  ["attention where nothing is present", attention(query, key, values, { ...scoring, present: e.and(p, e.not(p)) })],
  ["attention of huge scores", attention(e.mul(query, 100), key, values, { ...scoring, scale: 10 })],
  ["attention of grouped queries", attention(query, few, few, scoring)],
  ["attention over two axes", attention(query, key, given("line", "s d"), { ...scoring, over: ["h", "k"] })],
  ["scoreLogSumExp over a vocabulary", scoreLogSumExp(x, given("w", "v d"), { over: ["d"], along: "v" })],
  [
    "scoreLogSumExp with a bias among the present",
    scoreLogSumExp(query, key, { ...scoring, bias: given("bias", "h t s"), present: p }),
  ],
  [
    "scoreLogSumExp where nothing is present",
    e.maximum(scoreLogSumExp(query, key, { ...scoring, present: e.and(p, e.not(p)) }), -100),
  ],
];

/** All cases; a test asks that every operation is among them. */
export const cases: readonly Case[] = [
  ...elementwise,
  ...sources,
  ...moves,
  ...reductions,
  ...lookups,
  ...composed,
  ...attentions,
];
