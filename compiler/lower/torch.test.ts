// std's EncoderDecoder against the same model written in PyTorch: probabilities, loss and every gradient of a tiny instance.
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { gradients } from "../../kernels/autodiff.ts";
import * as k from "../../kernels/index.ts";
import { type Feeds, interpret } from "../../kernels/interp/interpret.ts";
import { modelPrograms } from "./model.ts";
import { objectivePrograms } from "./objective.ts";
import { modelOf, stdlib } from "./testing.ts";

type Nested = number | Nested[];
interface Fixture {
  source: number[][];
  source_present: number[][];
  target: number[][];
  target_present: number[][];
  labels: number[][];
  logp: number[][];
  next: number[][][];
  loss: number;
  weights: Record<string, Nested>;
  gradients: Record<string, Nested>;
}
const fixture = JSON.parse(readFileSync(new URL("./fixtures/torch.json", import.meta.url), "utf8")) as Fixture;
const flat = (x: Nested): number[] => (Array.isArray(x) ? x.flatMap(flat) : [x]);
const column = (x: Nested, i: number): number[] => (x as number[][]).map((row) => row[i]!);

/** The paths of the PyTorch weights here. */
function named(of: Record<string, Nested>): Record<string, number[]> {
  const w: Record<string, number[]> = {
    table: flat(of.table!),
    place: flat(of.place!),
    "mixed.mix": flat(of.pm!),
    "mixed.2.mix": flat(of.pd!),
    "relative_bias.table": flat(of.rel!),
    "relative_bias.2.table": flat(of.dec!),
    "likeness.word": column(of.match!, 0),
    "likeness.pair": column(of.match!, 1),
    "likeness.near": column(of.match!, 2),
    "following.one": column(of.follow!, 0),
    "following.two": column(of.follow!, 1),
    "copying.one": [flat(of.copyf!)[0]!],
    "copying.two": [flat(of.copyf!)[1]!],
    "copying.linear.w": flat(of.gate!),
    "copying.linear.2.w": flat(of.cq!),
    "copying.linear.3.w": flat(of.ck!),
    "rms_norm.scale": flat(of["ng.4"]!),
    "rms_norm.2.scale": flat(of["ng.11"]!),
  };
  for (const i of [0, 1]) {
    const block = `block.${i + 1}`;
    const crossing = `crossing.${i + 1}`;
    for (const m of ["wq", "wk", "wv", "wo"]) {
      w[`${block}.attention.${m}`] = flat(of[`enc.${i}.a.${m}`]!);
      w[`${crossing}.attention.${m}`] = flat(of[`decs.${i}.a.${m}`]!);
      w[`${crossing}.attention.2.${m}`] = flat(of[`decs.${i}.x.${m}`]!);
    }
    for (const [ours, theirs] of [
      ["linear.w", "o"],
      ["linear.2.w", "a"],
      ["linear.3.w", "b"],
    ] as const) {
      w[`${block}.gated.${ours}`] = flat(of[`enc.${i}.f.${theirs}`]!);
      w[`${crossing}.gated.${ours}`] = flat(of[`decs.${i}.f.${theirs}`]!);
    }
    ["rms_norm.scale", "rms_norm.2.scale"].forEach((n, j) => {
      w[`${block}.${n}`] = flat(of[`ng.${2 * i + j}`]!);
    });
    ["rms_norm.scale", "rms_norm.2.scale", "rms_norm.3.scale"].forEach((n, j) => {
      w[`${crossing}.${n}`] = flat(of[`ng.${5 + 3 * i + j}`]!);
    });
  }
  return w;
}

const weights = named(fixture.weights);
const rows: Feeds = {
  "source.ids": flat(fixture.source),
  "source.present": flat(fixture.source_present),
  "answer.input": flat(fixture.target),
  "answer.ids": flat(fixture.labels),
  "answer.present": flat(fixture.target_present),
};
const sizes = { batch: 2, source: 13, answer: 5 };
const tiny = "model policy: EncoderDecoder { encoder: 2 layers, decoder: 2 layers, width: 8, heads: 2, inner: 16, copy: 4 }";
const { context, instance, objective } = modelOf([stdlib("models"), stdlib("objectives"), tiny], "policy", 24);
const close = (got: ArrayLike<number>, want: readonly number[], digits = 9) => {
  expect(got.length).toBe(want.length);
  for (const [i, x] of want.entries()) expect(got[i]).toBeCloseTo(x, digits);
};

test("the weights are those of the prototype, by path and number", () => {
  const declared = modelPrograms(context, instance).weights;
  expect(declared.map((w) => w.path).sort()).toEqual(Object.keys(weights).sort());
  for (const w of declared) expect([w.path, w.axes.reduce((n, a) => n * a.size, 1)]).toEqual([w.path, weights[w.path]!.length]);
});

test("log-probabilities of the labels equal PyTorch's", () => {
  const { program } = modelPrograms(context, instance).programs[0]!;
  const { logp } = interpret(program, { ...weights, ...rows }, sizes);
  const present = flat(fixture.target_present);
  close(
    logp!,
    flat(fixture.logp).map((x, i) => x * present[i]!),
  );
});

test("the loss and the gradient of every weight equal PyTorch's", () => {
  const { loss } = objectivePrograms(context, {
    decl: objective("cross_entropy"),
    models: new Map([["policy", instance]]),
    name: "policy.ce",
  })!;
  const inputs = loss.program.inputs.filter((n) => k.inputOf(n).role === "weight");
  const made = gradients(loss.program.outputs[0]!.node, inputs);
  const outputs = inputs.map((w, i) => k.output(k.inputOf(w).name, "value", made[i]!, k.namesOf(w.axes)));
  const out = interpret(k.program("gradients", [...loss.program.outputs, ...outputs]), { ...weights, ...rows }, sizes);
  expect(out.loss![0]).toBeCloseTo(fixture.loss, 9);
  const wanted = named(fixture.gradients);
  for (const name of Object.keys(wanted)) close(out[name]!, wanted[name]!, 8);
});

test("decoding step by step, from the source encoded once, equals the whole distribution", () => {
  const [, encode, step] = modelPrograms(context, instance).programs;
  const { "answer.input": _i, "answer.ids": _t, "answer.present": _p, ...source } = rows;
  const encoded = interpret(encode!.program, { ...weights, ...source }, { batch: 2, source: 13 });
  let states: Record<string, ArrayLike<number>> = {};
  for (const port of k.inputPorts(step!.program)) {
    if (port.role === "state")
      states[port.name] = new Float64Array(port.axes.reduce((n, a) => n * k.evaluate(a.size, { ...sizes, capacity: 8 }), 1));
  }
  for (let t = 0; t < 5; t++) {
    const token = fixture.target.map((row) => row[t]!);
    const out = interpret(
      step!.program,
      { ...weights, ...encoded, ...states, token },
      { batch: 2, source: 13, past: t, capacity: 8 },
    );
    close(
      Float64Array.from(out.next!, Math.exp),
      fixture.next.flatMap((row) => row[t]!),
      9,
    );
    states = Object.fromEntries(Object.keys(states).map((name) => [name, out[name]!]));
  }
});
