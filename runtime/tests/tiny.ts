/**
 * A model small enough to train within a test, made by hand as the compiler would make it: words in the source and words written so far
 * are averaged, and the next word is read off the same table. For tests only.
 */
import {
  add,
  cast,
  contract,
  cumsum,
  div,
  expand,
  gather,
  gradients,
  input,
  inputPorts,
  iota,
  logSoftmax,
  maximum,
  mean,
  minimum,
  mul,
  type Node,
  neg,
  output,
  outputPorts,
  type Program,
  pow,
  program,
  put,
  renderOnnx,
  sizeInput,
  slice,
  sqrt,
  sub,
  sum,
  tanh,
} from "../../kernels/index.ts";
import type { Feeds } from "../data/feeds.ts";
import type { ProgramSource } from "../device/device.ts";
import type { WeightSpec } from "../weights/initialise.ts";

/** How wide the tiny model is. */
export const width = 8;

/** A program as the interpreter and onnxruntime take it. */
export function sourceOf(made: Program): ProgramSource {
  const wgsl = (): never => {
    throw new Error("no test of this folder runs on a GPU");
  };
  return {
    name: made.name,
    inputs: inputPorts(made),
    outputs: outputPorts(made),
    ir: () => made,
    onnx: () => renderOnnx(made),
    wgsl,
  };
}

export const sourceFeeds: Feeds = {
  source: { kind: "source", given: ["prompt", "documents"], as: "ids" },
  "source.present": { kind: "source", given: ["prompt", "documents"], as: "present" },
};
export const targetFeeds: Feeds = {
  "target.input": { kind: "target", field: "answer", as: "input" },
  "target.ids": { kind: "target", field: "answer", as: "ids" },
  "target.present": { kind: "target", field: "answer", as: "present" },
};

export function tinyWeights(vocab: number): WeightSpec[] {
  return [
    {
      path: "table",
      axes: [
        { name: "vocab", size: vocab },
        { name: "d", size: width },
      ],
      init: { kind: "normal", mean: 0, std: 0.3 },
    },
    { path: "mix", axes: [{ name: "d", size: width }], init: { kind: "constant", value: 1 } },
  ];
}

const b = { name: "b", size: "b" };
const s = { name: "s", size: "s" };
const t = { name: "t", size: "t" };
const d = { name: "d", size: width };

function weightNodes(vocab: number): { table: Node; mix: Node } {
  return { table: input("table", "weight", "f32", [{ name: "vocab", size: vocab }, d]), mix: input("mix", "weight", "f32", [d]) };
}

/** What the source says: the mean of its words. */
function remember(table: Node): Node {
  const present = input("source.present", "data", "bool", [b, s]);
  return mean(gather(table, input("source", "data", "i32", [b, s]), "vocab"), ["s"], present);
}

/** Log-probabilities of the next word from the mean of the words so far and the memory. */
function guess(words: Node, memory: Node, table: Node, mix: Node): Node {
  return logSoftmax(contract(tanh(add(mul(words, mix), memory)), table, ["d"]), ["vocab"]);
}

/** The log-probability of each target word, and which are there. */
function targets(vocab: number): { nodes: ReturnType<typeof weightNodes>; logp: Node; present: Node } {
  const nodes = weightNodes(vocab);
  const written = gather(nodes.table, input("target.input", "data", "i32", [b, t]), "vocab");
  const count = add(cast(iota(t), "f32"), 1);
  const next = guess(div(cumsum(written, "t"), count), remember(nodes.table), nodes.table, nodes.mix);
  const present = input("target.present", "data", "f32", [b, t]);
  return { nodes, logp: gather(next, input("target.ids", "data", "i32", [b, t]), "vocab"), present };
}

export function tinyForward(vocab: number): Program {
  const { logp, present } = targets(vocab);
  return program("tiny.forward", [output("logp", "value", mul(logp, present), ["b", "t"])]);
}

/** Cross entropy, and how far `mix` is from that of another model. */
export function tinyAnchored(vocab: number): Program {
  return tinyStep(vocab, "tiny.anchored.step", (mix) => {
    const away = sub(mix, input("reference/mix", "weight", "f32", mix.axes));
    return sum(mul(away, away), ["d"]);
  });
}

/** AdamW with the gradient's global norm clipped, as the scalars say. */
export function tinyStep(vocab: number, name = "tiny.cross_entropy.step", more?: (mix: Node) => Node): Program {
  const { nodes, logp, present } = targets(vocab);
  const entropy = neg(div(sum(mul(logp, present), ["b", "t"]), maximum(sum(present, ["b", "t"]), 1)));
  const loss = more === undefined ? entropy : add(entropy, more(nodes.mix));
  const weights = Object.entries(nodes);
  const slopes = gradients(
    loss,
    weights.map(([, node]) => node),
  ) as Node[];
  const scalar = (name: string): Node => input(name, "scalar", "f32", []);
  const norm = sqrt(
    slopes
      .map((g) =>
        sum(
          mul(g, g),
          g.axes.map((axis) => axis.name),
        ),
      )
      .reduce((x, y) => add(x, y)),
  );
  const shrink = minimum(div(scalar("clip"), maximum(norm, 1e-12)), 1);
  const [rate, step, beta1, beta2, epsilon, decay] = ["rate", "step", "beta1", "beta2", "epsilon", "decay"].map(scalar) as [
    Node,
    Node,
    Node,
    Node,
    Node,
    Node,
  ];
  const outputs = weights.flatMap(([name, w], i) => {
    const g = mul(slopes[i]!, shrink);
    const m = add(mul(input(`m.${name}`, "state", "f32", w.axes), beta1), mul(g, sub(1, beta1)));
    const v = add(mul(input(`v.${name}`, "state", "f32", w.axes), beta2), mul(mul(g, g), sub(1, beta2)));
    const move = div(div(m, sub(1, pow(beta1, step))), add(sqrt(div(v, sub(1, pow(beta2, step)))), epsilon));
    const order = w.axes.map((axis) => axis.name);
    const next = sub(mul(w, sub(1, mul(rate, decay))), mul(move, rate));
    return [output(name, "weight", next, order), output(`m.${name}`, "state", m, order), output(`v.${name}`, "state", v, order)];
  });
  return program(name, [output("loss", "loss", loss), output("gradient_norm", "metric", norm), ...outputs]);
}

export function tinyEncode(vocab: number): Program {
  return program("tiny.encode", [output("memory", "state", remember(weightNodes(vocab).table), ["b", "d"])]);
}

/** One word more: `seen` is the cache, which has room for `capacity` words. */
export function tinyDecode(vocab: number): Program {
  const { table, mix } = weightNodes(vocab);
  const word = gather(table, input("token", "data", "i32", [b]), "vocab");
  const cache = input("seen", "state", "f32", [b, { name: "p", size: "capacity" }, d]);
  const seen = put(cache, expand(word, [{ name: "p", size: 1 }]), sizeInput("past"), "p");
  const so = slice(seen, "p", 0, "past+1");
  const next = guess(mean(so, ["p"]), input("memory", "state", "f32", [b, d]), table, mix);
  return program("tiny.step", [output("next", "value", next, ["b", "vocab"]), output("seen", "state", seen, ["b", "p", "d"])]);
}

/** `from` moved by a share towards the mean of two runs, tensor by tensor. */
export function tinyMerge(): Program {
  const places = [{ name: "n", size: "n" }];
  const [from, one, two] = ["from", "runs.1", "runs.2"].map((name) => input(name, "data", "f32", places)) as [Node, Node, Node];
  const share = input("share", "scalar", "f32", []);
  return program("merge.halfway.2", [output("value", "value", add(from, mul(share, sub(div(add(one, two), 2), from))))]);
}
