import { expect, test } from "vitest";
import { gradients } from "../autodiff.ts";
import { mul } from "../ir/elementwise.ts";
import { gather } from "../ir/lookup.ts";
import { at, axis, namesOf } from "../ir/node.ts";
import { output, printProgram, program } from "../ir/program.ts";
import { contract, sum } from "../ir/reduce.ts";
import { input } from "../ir/source.ts";
import { logSoftmax } from "../ops/logsoftmax.ts";
import { mean } from "../ops/mean.ts";
import { softmax } from "../ops/softmax.ts";
import { beforeGradients, optimized, targeted, through } from "./passes.ts";

const [b, t, s, d, v] = [axis("b", "b"), axis("t", "t"), axis("s", "s"), axis("d", 8), axis("v", 100)];

test("attention among the present, as it is rendered", () => {
  const [q, key, value] = [
    input("q", "data", "f32", [b, t, d]),
    input("k", "data", "f32", [b, s, d]),
    input("v", "data", "f32", [b, s, d]),
  ];
  const present = input("present", "data", "bool", [b, s]);
  const out = at(["std/models.neuro:48"], () => {
    const scores = mul(contract(q, key, ["d"]), 1 / Math.sqrt(8));
    return contract(softmax(scores, ["s"], present), value, ["s"]);
  });
  const p = program("attention", [output("out", "value", out, ["b", "t", "d"])]);
  expect(printProgram(p)).toMatchInlineSnapshot(`
    "program attention
      input q: f32[b, t, d=8] data
      input k: f32[b, s, d=8] data
      input present: bool[b, s] data
      input v: f32[b, s, d=8] data
      %1 = contract(q, k, over: [d]): f32[b, t, s]  // std/models.neuro:48
      %2 = mul(%1, 0.35355339059327373): f32[b, t, s]  // std/models.neuro:48
      %3 = softmax(%2, present, over: [s]): f32[b, t, s]  // std/models.neuro:48
      %4 = contract(%3, v, over: [s]): f32[b, t, d=8]  // std/models.neuro:48
      value out = %4: [b, t, d=8]
    "
  `);
  expect(printProgram(optimized(p))).toMatchInlineSnapshot(`
    "program attention
      input q: f32[b, t, d=8] data
      input k: f32[b, s, d=8] data
      input present: bool[b, s] data
      input v: f32[b, s, d=8] data
      %1 = attention(q, k, v, present, over: [d], along: s, scale: 0.35355339059327373, bias: false, present: true): f32[b, t, d=8]  // std/models.neuro:48
      value out = %1: [b, t, d=8]
    "
  `);
  expect(printProgram(targeted(optimized(p), "onnx"))).toMatchInlineSnapshot(`
    "program attention
      input q: f32[b, t, d=8] data
      input k: f32[b, s, d=8] data
      input present: bool[b, s] data
      input v: f32[b, s, d=8] data
      %1 = contract(q, k, over: [d]): f32[b, t, s]  // std/models.neuro:48
      %2 = mul(%1, 0.35355339059327373): f32[b, t, s]  // std/models.neuro:48
      %3 = select(present, 0, -1e+30): f32[b, s]  // std/models.neuro:48
      %4 = add(%2, %3): f32[b, t, s]  // std/models.neuro:48
      %5 = softmax(%4, over: [s]): f32[b, t, s]  // std/models.neuro:48
      %6 = contract(%5, v, over: [s]): f32[b, t, d=8]  // std/models.neuro:48
      %7 = cast(present, to: f32): f32[b, s]  // std/models.neuro:48
      %8 = reduceMax(%7, over: [s]): f32[b]  // std/models.neuro:48
      %9 = maximum(%8, 0): f32[b]  // std/models.neuro:48
      %10 = mul(%6, %9): f32[b, t, d=8]  // std/models.neuro:48
      value out = %10: [b, t, d=8]
    "
  `);
});

test("attention decomposed shares its softmax with its gradient, and nothing else is as large as the scores", () => {
  const [q, key, value] = [
    input("q", "data", "f32", [b, t, d]),
    input("k", "data", "f32", [b, s, d]),
    input("v", "data", "f32", [b, s, d]),
  ];
  const present = input("present", "data", "bool", [b, s]);
  const out = contract(softmax(contract(q, key, ["d"]), ["s"], present), value, ["s"]);
  const loss = through(program("loss", [output("loss", "loss", sum(mul(out, out), ["b", "t", "d"]))]), beforeGradients);
  const wanted = [q, key, value];
  const found = gradients(loss.outputs[0]!.node, wanted).map((g, i) => output(`g${i}`, "value", g!, namesOf(wanted[i]!.axes)));
  expect(printProgram(targeted(optimized(program("gradient", [...loss.outputs, ...found])), "onnx"))).toMatchInlineSnapshot(`
    "program gradient
      input q: f32[b, t, d=8] data
      input k: f32[b, s, d=8] data
      input v: f32[b, s, d=8] data
      input present: bool[b, s] data
      %1 = contract(q, k, over: [d]): f32[b, t, s]
      %2 = select(present, 0, -1e+30): f32[b, s]
      %3 = add(%1, %2): f32[b, t, s]
      %4 = softmax(%3, over: [s]): f32[b, t, s]
      %5 = contract(%4, v, over: [s]): f32[b, t, d=8]
      %6 = cast(present, to: f32): f32[b, s]
      %7 = reduceMax(%6, over: [s]): f32[b]
      %8 = maximum(%7, 0): f32[b]
      %9 = mul(%5, %8): f32[b, t, d=8]
      %10 = mul(%9, %9): f32[b, t, d=8]
      %11 = sum(%10, over: [b d t]): f32[]
      %12 = add(%9, %9): f32[b, t, d=8]
      %13 = contract(%12, v, over: [d]): f32[b, t, s]
      %14 = mul(%12, %5): f32[b, t, d=8]
      %15 = sum(%14, over: [d]): f32[b, t]
      %16 = mul(%15, %8): f32[b, t]
      %17 = sub(%13, %16): f32[b, t, s]
      %18 = mul(%4, %17): f32[b, t, s]
      %19 = contract(%18, k, over: [s]): f32[b, t, d=8]
      %20 = mul(%19, %8): f32[b, t, d=8]
      %21 = contract(q, %18, over: [t]): f32[b, d=8, s]
      %22 = mul(%21, %8): f32[b, d=8, s]
      %23 = contract(%4, %12, over: [t]): f32[b, s, d=8]
      %24 = mul(%23, %8): f32[b, s, d=8]
      loss loss = %11: []
      value g0 = %20: [b, t, d=8]
      value g1 = %22: [b, s, d=8]
      value g2 = %24: [b, s, d=8]
    "
  `);
});

test("the cross entropy of a large vocabulary and its gradient, before they are decomposed", () => {
  const words = axis("v", 32_768);
  const [y, table] = [input("y", "data", "f32", [b, t, d]), input("table", "weight", "f32", [words, d])];
  const label = input("label", "data", "i32", [b, t]);
  const loss = mul(mean(gather(logSoftmax(contract(y, table, ["d"]), ["v"]), label, "v"), ["b", "t"]), -1);
  const simple = through(program("loss", [output("loss", "loss", loss)]), beforeGradients).outputs[0]!.node;
  const [g] = gradients(simple, [table]);
  expect(printProgram(optimized(program("gradient", [output("g", "value", g!, namesOf(table.axes))])))).toMatchInlineSnapshot(`
    "program gradient
      input y: f32[b, t, d=8] data
      input table: f32[v=32768, d=8] weight
      input label: i32[b, t] data
      %1 = size(size: b*t, dtype: f32): f32[]
      %2 = maximum(%1, 1): f32[]
      %3 = div(-1, %2): f32[]
      %4 = mul(%3, y): f32[b, t, d=8]
      %5 = scatterAdd(%4, label, from: [b t], into: v=32768): f32[d=8, v=32768]
      %6 = contract(y, table, over: [d]): f32[b, t, v=32768]
      %7 = scoreLogSumExp(y, table, over: [d], along: v, scale: 1, bias: false, present: false): f32[b, t]
      %8 = sub(%6, %7): f32[b, t, v=32768]
      %9 = exp(%8): f32[b, t, v=32768]
      %10 = contract(y, %9, over: [b t]): f32[d=8, v=32768]
      %11 = mul(%10, %3): f32[d=8, v=32768]
      %12 = sub(%5, %11): f32[d=8, v=32768]
      value g = %12: [v=32768, d=8]
    "
  `);
});

test("the gradient of a cross entropy keeps one row of the vocabulary a position", () => {
  const [y, table, label] = [
    input("y", "data", "f32", [b, t, d]),
    input("table", "weight", "f32", [v, d]),
    input("label", "data", "i32", [b, t]),
  ];
  const loss = mul(mean(gather(logSoftmax(contract(y, table, ["d"]), ["v"]), label, "v"), ["b", "t"]), -1);
  const simple = through(program("loss", [output("loss", "loss", loss)]), beforeGradients).outputs[0]!.node;
  const [g] = gradients(simple, [table]);
  expect(printProgram(optimized(program("gradient", [output("g", "value", g!, namesOf(table.axes))])))).toMatchInlineSnapshot(`
    "program gradient
      input y: f32[b, t, d=8] data
      input table: f32[v=100, d=8] weight
      input label: i32[b, t] data
      %1 = contract(y, table, over: [d]): f32[b, t, v=100]
      %2 = reduceMax(%1, over: [v]): f32[b, t]
      %3 = sub(%1, %2): f32[b, t, v=100]
      %4 = exp(%3): f32[b, t, v=100]
      %5 = sum(%4, over: [v]): f32[b, t]
      %6 = ge(%5, 1e-30): bool[b, t]
      %7 = size(size: b*t, dtype: f32): f32[]
      %8 = maximum(%7, 1): f32[]
      %9 = div(-1, %8): f32[]
      %10 = neg(%9): f32[]
      %11 = maximum(%5, 1e-30): f32[b, t]
      %12 = div(1, %11): f32[b, t]
      %13 = mul(%10, %12): f32[b, t]
      %14 = select(%6, %13, 0): f32[b, t]
      %15 = mul(%14, %4): f32[b, t, v=100]
      %16 = expand(%9, axes: [b=b t=t]): f32[b, t]
      %17 = scatterAdd(%16, label, from: [], into: v=100): f32[b, t, v=100]
      %18 = add(%15, %17): f32[b, t, v=100]
      %19 = contract(%18, y, over: [b t]): f32[v=100, d=8]
      value g = %19: [v=100, d=8]
    "
  `);
});

test("what is only summed is not spread first", () => {
  const x = input("x", "data", "f32", [b, t, d]);
  const [g] = gradients(sum(x, ["b", "t", "d"]), [x]);
  expect(printProgram(optimized(program("ones", [output("g", "value", mul(g!, x))])))).toMatchInlineSnapshot(`
    "program ones
      input x: f32[b, t, d=8] data
      value g = x: [b, t, d=8]
    "
  `);
});
